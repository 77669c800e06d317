"""The small world with two firms that have no licence yet, an office of two, and a published list of patents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from licensing.dealings.models import Dealing, Offer, TaxBearer, TaxPath
from licensing.dealings.services import Application, NewOffer, apply_for_licence, make_offer
from platform_core.access.actors import Actor
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from pools.composition.models import ListVersion
from tests.factories.composition import make_list_version
from tests.factories.royalties import SmallWorld, make_person, make_small_world


@dataclass
class Talks:
    """Who deals with whom: `office` and `colleague` at the office, `prospect` and `rival` at two firms."""

    world: SmallWorld
    listed: ListVersion

    def acting(self, who: str) -> Actor:
        return self.world.acting(who)

    def firm(self, who: str) -> Organisation:
        return self.world.seats[who].organisation

    def applied(self, who: str = "prospect") -> Dealing:
        return apply_for_licence(
            actor=self.acting(who),
            programme_id=self.world.programme.pk,
            application=Application(
                products="display modules", volumes="200,000 in 2026", contact="Li Na, +86 27 1234"
            ),
        )

    def terms_of_offer(self, **changes: Any) -> NewOffer:
        given: Mapping[str, Any] = {
            "list_version_id": self.listed.pk,
            "terms_version_id": self.world.terms.pk,
            "fee_basis": "0.20 a unit above 1,000, 0.10 above 50,000, by the published tariff",
            "starts_on": date(2026, 3, 1),
            "reply_by": date(2026, 3, 4),
            "tax_path": TaxPath.DOMESTIC,
            "tax_bearer": TaxBearer.LICENSOR,
            "cure_days": 30,
        }
        return NewOffer(**{**given, **changes})

    def offered(self, dealing: Dealing, who: str = "secretariat", **changes: Any) -> Offer:
        return make_offer(actor=self.acting(who), dealing_id=dealing.pk, offer=self.terms_of_offer(**changes))


@pytest.fixture(autouse=True)
def _files_of_their_own(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def make_talks() -> Talks:
    world = make_small_world()
    for who in ("prospect", "rival"):
        firm = Organisation.objects.create(name_en=f"{who} displays", name_zh=f"{who} 显示")
        world.seats[who] = make_person(firm, who, Role.PROSPECT)
    office = world.seats["secretariat"].organisation
    world.seats["colleague"] = make_person(office, "colleague", Role.SECRETARIAT, alliance=world.alliance)
    return Talks(world, make_list_version(world.pool, effective_on=date(2026, 1, 1)))


@pytest.fixture
def talks(db: None) -> Talks:
    return make_talks()
