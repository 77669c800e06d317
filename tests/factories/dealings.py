"""Dealings with prospects, and offers made in them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from licensing.dealings.models import (
    ConductKind,
    ConductStep,
    Contract,
    ContractSignature,
    ContractTemplate,
    Dealing,
    Offer,
    Recordal,
    SealRequest,
    Side,
    SignatureForm,
    TaxBearer,
    TaxPath,
)
from licensing.terms.models import Programme
from platform_core.identity.models import Organisation, User
from platform_core.identity.roles import Role
from pools.composition.models import ListVersion
from tests.factories.composition import make_list_version
from tests.factories.core import NOON, make_user
from tests.factories.documents import make_document

if TYPE_CHECKING:
    from tests.factories.world import World


def make_dealing(programme: Programme, prospect: Organisation, by: User | None = None, **columns: Any) -> Dealing:
    """What somebody applied for, which nobody has looked at yet."""
    by = by or make_user()
    dealing = Dealing.objects.create(
        **{
            "programme": programme,
            "prospect": prospect,
            "products": "display modules",
            "contact": "Li, +86 27 1234",
            "applied_at": NOON,
            "applied_by": by,
            "moved_at": NOON,
            "turn": Side.OFFICE,
            "next_by": date(2026, 3, 17),
            **columns,
        }
    )
    ConductStep.objects.create(
        dealing=dealing,
        kind=ConductKind.APPLIED,
        side=Side.PROSPECT,
        happened_on=date(2026, 3, 2),
        recorded_at=NOON,
        recorded_by=by,
    )
    return dealing


def make_offer_row(dealing: Dealing, side: Side = Side.OFFICE, *, at: datetime = NOON, **columns: Any) -> Offer:
    """An offer that waits for an answer until the end of March 2026."""
    number = dealing.offers.count() + 1
    pool = dealing.programme.pool
    listed = ListVersion.objects.filter(pool=pool).order_by("-number").first() or make_list_version(pool)
    offer = Offer.objects.create(
        **{
            "dealing": dealing,
            "number": number,
            "side": side,
            "made_at": at,
            "made_by": make_user(),
            "list_version": listed,
            "terms_version": dealing.programme.terms_versions.get(number=1),
            "fee_basis": "0.20 a unit, as published",
            "starts_on": date(2026, 4, 1),
            "tax_path": TaxPath.DOMESTIC,
            "tax_bearer": TaxBearer.LICENSOR,
            "reply_by": date(2026, 3, 31),
            **columns,
        }
    )
    if "state" not in columns:
        Dealing.objects.filter(pk=dealing.pk).update(
            state="in_talks",
            acknowledged_at=at,
            turn=Side.PROSPECT if side == Side.OFFICE else Side.OFFICE,
            next_by=offer.reply_by,
        )
        dealing.refresh_from_db()
    return offer


def make_template(programme: Programme, by: User | None = None, **columns: Any) -> ContractTemplate:
    """A template of one clause, under the next number."""
    text = {"heading_zh": "许可", "text_zh": "{{licensee}}", "heading_en": "Licence", "text_en": "{{licensee}}"}
    return ContractTemplate.objects.create(
        **{
            "programme": programme,
            "number": programme.contract_templates.count() + 1,
            "title_zh": "合同",
            "title_en": "Contract",
            "clauses": [{"kind": "grant", **text}],
            "published_at": NOON,
            "published_by": by or make_user(),
            **columns,
        }
    )


def make_contract(dealing: Dealing, offer: Offer, template: ContractTemplate) -> Contract:
    """A contract that the licensee signed, whose seal is asked for, and that is to be recorded."""
    Offer.objects.filter(pk=offer.pk).update(state="accepted", answered_at=NOON)
    text = make_document(dealing, "contract")
    contract = Contract.objects.create(
        dealing=dealing,
        number=dealing.contracts.count() + 1,
        template=template,
        offer=offer,
        values={},
        text_zh=text,
        text_en=text,
        made_at=NOON,
        made_by=make_user(),
    )
    ContractSignature.objects.create(
        contract=contract,
        side=Side.PROSPECT,
        form=SignatureForm.SEALED_SCAN,
        document=make_document(dealing, "signed"),
        signed_on=date(2026, 3, 1),
        signatory="Li",
        recorded_at=NOON,
        recorded_by=make_user(),
    )
    SealRequest.objects.create(contract=contract, asked_at=NOON, asked_by=make_user())
    Recordal.objects.create(dealing=dealing, patents=1, due_on=date(2026, 7, 1), rule="by the measures")
    Dealing.objects.filter(pk=dealing.pk).update(state="signed", agreed_at=NOON, turn=Side.OFFICE)
    dealing.refresh_from_db()
    return contract


def populate(world: "World") -> None:
    for side, alliance in zip(("first", "second"), world.alliances, strict=True):
        for programme in Programme.objects.filter(alliance=alliance).order_by("code"):
            for role in (Role.PROSPECT, Role.LICENSEE):
                seat = world.seats[f"{side} {role}"]
                dealing = make_dealing(programme, seat.organisation, seat.user)
                if programme.code.startswith("open"):
                    make_offer_row(dealing)
            make_template(programme)
            rival = world.seats[f"{side} without role"]
            dealing = make_dealing(programme, rival.organisation, rival.user)
            make_contract(dealing, make_offer_row(dealing), programme.contract_templates.get())
