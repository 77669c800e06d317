"""Patents and their owners."""

from datetime import date
from typing import TYPE_CHECKING

from members.memberships.models import Membership
from platform_core.identity.models import Alliance, Organisation
from pools.patents.models import (
    Bibliography,
    Difference,
    Encumbrance,
    EncumbranceKind,
    LegalEvent,
    OutsideRecord,
    Ownership,
    Patent,
    PatentFamily,
    Publication,
    Source,
)
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World


def make_patent(
    alliance: Alliance,
    publication: str,
    *owners: Organisation,
    country: str = "CN",
    family: str = "",
    **columns: object,
) -> Patent:
    """A patent in force since 2020, owned by these organisations jointly."""
    of_family, _ = PatentFamily.objects.get_or_create(alliance=alliance, code=family or publication)
    patent = Patent.objects.create(
        **{
            "alliance": alliance,
            "family": of_family,
            "publication": publication,
            "country": country,
            "granted_on": date(2020, 1, 1),
            **columns,
        }
    )
    for owner in owners:
        Ownership.objects.create(patent=patent, alliance=patent.alliance, owner=owner)
    return patent


def make_source(alliance: Alliance, organisation: Organisation, **columns: object) -> Source:
    """A list that an organisation brought in on the first day of 2026."""
    return Source.objects.create(
        **{
            "alliance": alliance,
            "organisation": organisation,
            "kind": Source.Kind.OWN,
            "name": "list.xlsx",
            "read_at": NOON,
            **columns,
        }
    )


def make_legal_event(patent: Patent, source: Source, code: str = "TR01", **columns: object) -> LegalEvent:
    """A transfer that the Chinese gazette announced."""
    return LegalEvent.objects.create(
        **{
            "patent": patent,
            "source": source,
            "office": "CN",
            "code": code,
            "announced_on": date(2024, 5, 7),
            "text": "transfer",
            **columns,
        }
    )


def make_difference(patent: Patent, source: Source, **columns: object) -> Difference:
    """A title that an office has otherwise."""
    return Difference.objects.create(
        **{
            "patent": patent,
            "field": "title",
            "own": [patent.title],
            "office": ["another title"],
            "office_source": source,
            "risk": 10,
            "noted_at": NOON,
            **columns,
        }
    )


def make_encumbrance(patent: Patent, **columns: object) -> Encumbrance:
    """A licence by contract that no register tells of."""
    return Encumbrance.objects.create(
        **{
            "patent": patent,
            "kind": EncumbranceKind.LICENCE_ORDINARY,
            "holder": "Licensee",
            "from_on": date(2024, 1, 1),
            "recorded_at": NOON,
            **columns,
        }
    )


def make_record(patent: Patent, source: Source) -> Bibliography:
    """What a list says of a patent, the document it names, what was announced, and where an office says otherwise."""
    key = patent.publication[:-1]
    Publication.objects.create(patent=patent, number=patent.publication, key=key)
    make_legal_event(patent, source)
    OutsideRecord.objects.create(patent=patent, source=source, values={"title": ["another title"]})
    make_difference(patent, source)
    make_encumbrance(patent)
    return Bibliography.objects.create(patent=patent, abstract="…", sources={"abstract": str(source.pk)})


def populate(world: "World") -> None:
    for alliance in world.alliances:
        for membership in Membership.objects.filter(alliance=alliance, code__in=["DOWN", "UP"]).order_by("code"):
            source = make_source(alliance, membership.organisation)
            for number in (1, 2):
                owner = membership.organisation
                patent = make_patent(alliance, f"CN{membership.code}{number}B", owner, family=membership.code)
                make_record(patent, source)
