"""Clients of the API that are signed in, in a seat."""

from typing import Any

from django.test import Client

from platform_core.identity.models import Seat
from tests.factories.core import make_seat


def client_of(seat: Seat | None = None, **options: Any) -> Client:
    """A browser whose session belongs to the seat's user and acts in that seat."""
    seat = seat or make_seat()
    client = Client(**options)
    client.force_login(seat.user)
    session = client.session
    session["seat"] = str(seat.pk)
    session.save()
    return client
