"""Lists of people and organisations, narrowed by what the screens ask for."""

import pytest

from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.factories.core import give_role, make_alliance, make_entity, make_organisation, make_seat

pytestmark = pytest.mark.django_db


def test_lists_are_narrowed_and_show_nothing_more_than_before() -> None:
    alliance, seat = make_alliance(), make_seat()
    office = give_role(seat, Role.SITE_ADMIN)
    bank = make_organisation("银行", kind="bank", country="DE")
    entity, other = make_entity(alliance, organisation=bank), make_entity()
    clerk = make_seat(organisation=bank)
    client = client_of(seat)

    def ids(address: str) -> set[str]:
        answer = client.get(f"/api/v1/{address}")
        assert answer.status_code == 200, answer.content
        return {row["id"] for row in answer.json()["items"]}

    assert ids("organisations?kind=bank") == ids("organisations?country=DE") == {str(bank.pk)}
    assert ids("organisations?kind=bank&country=CN") == set()
    assert {str(entity.pk), str(other.pk)} <= ids("operating-entities")
    assert ids(f"operating-entities?alliance={alliance.pk}") == {str(entity.pk)}
    assert ids(f"operating-entities?organisation={bank.pk}") == {str(entity.pk)}
    assert ids(f"seats?organisation={bank.pk}") == ids(f"seats?user={clerk.user_id}") == {str(clerk.pk)}
    assert ids(f"role-assignments?seat={seat.pk}") == ids("role-assignments?role=site_admin") == {str(office.pk)}
    assert client.get("/api/v1/seats?organisation=nonsense").status_code == 422

    # Whoever may not see a seat does not find it by its organisation either.
    stranger = client_of(make_seat())
    assert stranger.get(f"/api/v1/seats?organisation={bank.pk}").json()["items"] == []
