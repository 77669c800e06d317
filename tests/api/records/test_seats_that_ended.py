"""Whoever's chosen seat has ended acts in another one, and is the public where everybody may look."""

import pytest
from django.utils import timezone

from platform_core.identity.models import Seat
from tests.api.core.clients import client_of
from tests.factories.composition import make_pool
from tests.factories.core import make_alliance, make_seat, make_user

pytestmark = pytest.mark.django_db


def end(seat: Seat) -> None:
    Seat.objects.filter(pk=seat.pk).update(ended_at=timezone.now())


def test_a_session_goes_on_in_the_oldest_open_seat_when_its_own_has_ended() -> None:
    user = make_user()
    oldest, chosen = make_seat(user), make_seat(user)
    client = client_of(chosen)
    assert client.get("/api/v1/me").json()["seat"] == str(chosen.pk)
    end(chosen)

    assert client.get("/api/v1/me").json()["seat"] == str(oldest.pk)
    assert client.get("/api/v1/organisations").status_code == 200
    assert client.put("/api/v1/me/seat", {"seat": str(oldest.pk)}, content_type="application/json").status_code == 204
    # A seat that is asked for by name is never silently another one.
    assert client.get("/api/v1/organisations", headers={"X-Seat": str(chosen.pk)}).status_code == 403


def test_a_person_without_a_seat_sees_what_everybody_may_and_nothing_else() -> None:
    pool = make_pool(make_alliance(), "open")
    seat = make_seat()
    client = client_of(seat)
    end(seat)

    assert [row["id"] for row in client.get("/api/v1/pools").json()["items"]] == [str(pool.pk)]
    assert client.get("/api/v1/organisations").status_code == 403
    me = client.get("/api/v1/me").json()
    assert (me["seat"], me["seats"], me["roles"]) == (None, [], [])
