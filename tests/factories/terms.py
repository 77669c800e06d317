"""Programmes and their terms."""

import tomllib
from datetime import date, datetime
from typing import TYPE_CHECKING

from licensing.terms.models import Programme, ProgrammeState, TermsState, TermsVersion
from platform_core.identity.models import OperatingEntity
from pools.composition.models import Pool, PoolState
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World

TERMS = """
[programme]
admin_fee_percent = "10"
[[rates]]
id = "device"
per_unit = "0.20"
[allocation]
by = "equal"
"""


def make_programme(
    pool: Pool, entity: OperatingEntity, code: str, state: ProgrammeState = ProgrammeState.LAUNCHED, **columns: object
) -> Programme:
    return Programme.objects.create(
        **{
            "alliance": pool.alliance,
            "pool": pool,
            "operating_entity": entity,
            "code": code,
            "name": f"Programme {code}",
            "currency": "CNY",
            "state": state,
            **columns,
        }
    )


def make_terms(
    programme: Programme,
    number: int,
    *,
    in_force_from: date = date(2025, 1, 1),
    document: str = TERMS,
    published_at: datetime | None = NOON,
) -> TermsVersion:
    """A version of terms, published unless no instant is given."""
    return TermsVersion.objects.create(
        programme=programme,
        number=number,
        in_force_from=in_force_from,
        document=document,
        content=tomllib.loads(document),
        state=TermsState.PUBLISHED if published_at else TermsState.DRAFT,
        published_at=published_at,
    )


def populate(world: "World") -> None:
    for alliance, entity in zip(world.alliances, world.entities, strict=True):
        for pool in Pool.objects.filter(alliance=alliance).order_by("code"):
            state = ProgrammeState.LAUNCHED if pool.state == PoolState.LAUNCHED else ProgrammeState.DRAFT
            programme = make_programme(pool, entity, f"{pool.code}-tv", state)
            make_terms(programme, 1)
            make_terms(programme, 2, in_force_from=date(2026, 1, 1), published_at=None)
