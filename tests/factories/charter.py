"""What members agree to, and who signed it."""

from datetime import date
from typing import TYPE_CHECKING

from members.charter.models import (
    BindingAct,
    Charter,
    CharterSignature,
    CharterVersion,
    SeatAuthority,
    SignatureReminder,
    SigningWay,
    VersionState,
)
from members.memberships.models import Membership
from platform_core.identity.models import Alliance, Seat
from tests.factories.core import NOON
from tests.factories.documents import make_document

if TYPE_CHECKING:
    from tests.factories.world import World


def make_charter(alliance: Alliance, title: str = "章程") -> Charter:
    return Charter.objects.create(alliance=alliance, kind="charter", title_zh=title)


def make_version(charter: Charter, number: int = 1, *, published: bool = True, **columns: object) -> CharterVersion:
    fixed = {
        "state": VersionState.PUBLISHED,
        "effective_on": date(2025, number, 1),
        "sign_by_on": date(2025, number, 1),
        "published_at": NOON,
        "content_sha256": f"{number}" * 64,
    }
    return CharterVersion.objects.create(
        **{
            "charter": charter,
            "number": number,
            "text_zh": "第一条",
            "created_at": NOON,
            **(fixed if published else {}),
            **columns,
        }
    )


def make_authority(seat: Seat, membership: Membership, **columns: object) -> SeatAuthority:
    return SeatAuthority.objects.create(
        **{
            "seat": seat,
            "membership": membership,
            "acts": [BindingAct.CHARTER.value],
            "title": "总经理",
            "letter": make_document(membership, "letter of authority", uploaded_from=seat),
            "starts_on": date(2025, 1, 1),
            "recorded_at": NOON,
            **columns,
        }
    )


def make_signature(version: CharterVersion, membership: Membership, authority: SeatAuthority) -> CharterSignature:
    return CharterSignature.objects.create(
        version=version,
        membership=membership,
        way=SigningWay.SEAT,
        signatory_name="王总",
        signatory_title=authority.title,
        signed_on=date(2025, 2, 1),
        seat=authority.seat,
        authority=authority,
        letter=authority.letter,
        recorded_at=NOON,
    )


def make_signature_reminder(version: CharterVersion, membership: Membership, **columns: object) -> SignatureReminder:
    return SignatureReminder.objects.create(
        **{"version": version, "membership": membership, "sent_at": NOON, "people": 1, **columns}
    )


def populate(world: "World") -> None:
    for side, alliance in zip(("first", "second"), world.alliances, strict=True):
        charter = make_charter(alliance)
        version = make_version(charter)
        make_version(charter, 2, published=False)
        member = Membership.objects.get(alliance=alliance, code="UP")
        authority = make_authority(world.seats[f"{side} member_admin"], member)
        make_signature(version, member, authority)
        make_signature_reminder(version, Membership.objects.get(alliance=alliance, code="DOWN"))
