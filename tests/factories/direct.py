"""Licences outside a programme."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from licensing.direct.models import DirectKind, DirectLicence, DirectState, LicensedPatent, OwnerConsent
from platform_core.identity.models import Organisation
from pools.patents.models import Patent
from tests.factories.core import NOON, make_organisation
from tests.factories.documents import make_document

if TYPE_CHECKING:
    from tests.factories.world import World


def make_direct_licence(
    licensor: Organisation,
    licensee: Organisation,
    patents: Sequence[Patent],
    state: DirectState = DirectState.IN_FORCE,
    *,
    theirs: Sequence[Patent] = (),
    **columns: object,
) -> DirectLicence:
    """An ordinary licence from March 2026 on, in force, on some patents of one alliance."""
    signed = state in (DirectState.SIGNED, DirectState.IN_FORCE, DirectState.TERMINATED)
    count = DirectLicence.objects.filter(licensor=licensor).count()
    licence = DirectLicence.objects.create(
        **{
            "alliance": patents[0].alliance,
            "licensor": licensor,
            "licensee": licensee,
            "kind": DirectKind.ORDINARY,
            "code": f"D{count + 1}",
            "starts_on": date(2026, 3, 1),
            "drafted_at": NOON - timedelta(days=9),
            **columns,
        }
    )
    LicensedPatent.objects.bulk_create(
        LicensedPatent(licence=licence, patent=patent, from_licensee=patent in theirs) for patent in (*patents, *theirs)
    )
    if state != DirectState.DRAFT:
        licence.sent_at = NOON - timedelta(days=8)
        licence.state = state
        licence.signed_on = date(2026, 2, 25) if signed else None
        licence.countersigned_at = NOON - timedelta(days=4) if signed and state != DirectState.SIGNED else None
        licence.save()
    return licence


def make_owner_consent(licence: DirectLicence, owner: Organisation) -> OwnerConsent:
    """Let a co-owner consent, by a letter that is on record."""
    return OwnerConsent.objects.create(
        licence=licence,
        owner=owner,
        given_on=date(2026, 1, 1),
        contents_sha256="0" * 64,
        document=make_document(licence, "consent"),
        recorded_at=NOON,
    )


def populate(world: "World") -> None:
    for side, alliance in enumerate(world.alliances):
        upstream, downstream = world.organisations[2 * side : 2 * side + 2]
        outsider = make_organisation(f"{alliance.code} taker")
        for owner, licensee in ((upstream, downstream), (downstream, outsider)):
            patent = Patent.objects.filter(alliance=alliance, ownerships__owner=owner).order_by("-pk")[0]
            licence = make_direct_licence(owner, licensee, [patent])
            make_direct_licence(owner, licensee, [patent], DirectState.SENT)
            make_direct_licence(owner, licensee, [patent], DirectState.DRAFT)
            make_owner_consent(licence, outsider)
