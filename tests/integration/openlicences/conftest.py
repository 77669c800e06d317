"""An alliance with an owner and its rival, and a declaration of the owner's patent."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from licensing.openlicences.models import OpenDeclaration, PriceScheme
from licensing.openlicences.services import NewDeclaration, draft_declaration, edit_declaration
from platform_core.access.actors import Actor
from platform_core.clock import FixedClock
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from tests.factories.core import actor_of_seat
from tests.factories.openlicences import WHOLE_PRICE
from tests.integration.direct.conftest import House, make_house


@dataclass
class OpenHouse:
    """Who takes part, and how they act on a day."""

    house: House

    def acting(
        self,
        organisation: Organisation,
        role: Role = Role.MEMBER_ADMIN,
        *,
        on: date = date(2026, 3, 2),
        signs: bool = True,
    ) -> Actor:
        noon = datetime.combine(on, time(12), tzinfo=ZoneInfo("Asia/Shanghai"))
        return actor_of_seat(self.house.seat(organisation, role, signs=signs), clock=FixedClock(noon))

    def draft(self, actor: Actor, **edits: Any) -> OpenDeclaration:
        wanted = NewDeclaration(
            alliance_id=self.house.alliance.pk, patent_id=self.house.patent.pk, scheme=PriceScheme.ENTRY_RUNNING
        )
        drafted = draft_declaration(actor=actor, declaration=wanted)
        return edit_declaration(actor=actor, declaration_id=drafted.pk, **{**WHOLE_PRICE, **edits})


def later(actor: Actor, days: int) -> Actor:
    """The same person some days later."""
    return replace(actor, clock=FixedClock(actor.clock.now() + timedelta(days=days)))


def make_open_house() -> OpenHouse:
    house = make_house()
    house.patent.right = "invention"
    house.patent.save(update_fields=["right"])
    return OpenHouse(house)


@pytest.fixture
def open_house(db: None) -> OpenHouse:
    return make_open_house()
