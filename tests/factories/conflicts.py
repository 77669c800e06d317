"""Ties of people and organisations, and undertakings."""

from datetime import date
from typing import TYPE_CHECKING

from platform_core.conflicts.models import Affiliation, DeclaredTie, Undertaking
from platform_core.identity.models import Alliance, Organisation, User
from tests.factories.core import NOON, make_organisation, make_user

if TYPE_CHECKING:
    from tests.factories.world import World


def make_affiliation(first: Organisation, second: Organisation, **columns: object) -> Affiliation:
    return Affiliation.objects.create(
        **{
            "first": first,
            "second": second,
            "kind": "control",
            "source": "company register",
            "starts_on": date(2025, 1, 1),
            "recorded_at": NOON,
            **columns,
        }
    )


def make_declared_tie(user: User, organisation: Organisation, **columns: object) -> DeclaredTie:
    return DeclaredTie.objects.create(
        **{
            "user": user,
            "organisation": organisation,
            "kind": "secondment",
            "source": "said so",
            "starts_on": date(2025, 1, 1),
            "declared_at": NOON,
            **columns,
        }
    )


def make_undertaking(user: User, alliance: Alliance, *, confirmed: bool = True, **columns: object) -> Undertaking:
    done = {"confirmed_at": NOON, "confirmed_by": make_user()} if confirmed else {}
    return Undertaking.objects.create(
        **{
            "user": user,
            "alliance": alliance,
            "text": "I do not look at reports.",
            "hidden_kinds": ["reports.salesreport"],
            "starts_on": date(2025, 1, 1),
            "ends_on": date(2027, 1, 1),
            "recorded_at": NOON,
            **done,
            **columns,
        }
    )


def populate(world: "World") -> None:
    for side, alliance, first in zip(("first", "second"), world.alliances, world.organisations[::2], strict=True):
        make_affiliation(first, make_organisation(f"{side} subsidiary"))
        person = world.seats[f"{side} legal"].user
        make_declared_tie(person, make_organisation(f"{side} employer"))
        make_undertaking(person, alliance, hidden_organisations=[first.pk])
