"""Finding dealings, what was offered in them, and how both sides conducted them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from licensing.dealings.calculation import Difference, differences
from licensing.dealings.lifecycle import DEALING_LIFECYCLE, DealingState, OfferState, SealState
from licensing.dealings.models import (
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
)
from licensing.dealings.policies import ANSWER_IN_DEALING, APPROVE_SEAL, WORK_ON_DEALING
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.problems import NotFound
from pools.composition.models import ListLine, ListVersion

OFFERED = (
    "list_version",
    "terms_version",
    "option",
    "standing",
    "fee_basis",
    "starts_on",
    "ends_on",
    "prices_include_tax",
    "tax_path",
    "tax_bearer",
    "cure_days",
    "run_off_days",
    "conditions",
    "reply_by",
)
"""What an offer says, in the order in which it is told."""


def dealings(*, actor: Actor) -> VisibleQuerySet[Dealing]:
    """List the dealings the actor takes part in."""
    return Dealing.objects.visible_to(actor).select_related("programme", "prospect", "licence", "applied_by")


def get_dealing(dealing_id: UUID, *, actor: Actor, for_change: bool = False) -> Dealing:
    """Return one dealing the actor takes part in, locked if it is to be changed."""
    return get_visible(
        Dealing, dealing_id, actor=actor, for_change=for_change, along=["programme__alliance", "prospect"]
    )


def offers_in(dealing: Dealing, *, actor: Actor) -> list[Offer]:
    """Return the offers of a dealing in the order they were made."""
    rows = Offer.objects.visible_to(actor).filter(dealing=dealing).order_by("number")
    return list(rows.select_related("list_version", "terms_version", "made_by", "answered_by"))


def conduct_in(dealing: Dealing, *, actor: Actor) -> list[ConductStep]:
    """Return what both sides did in a dealing, by the day it was done."""
    rows = ConductStep.objects.visible_to(actor).filter(dealing=dealing).order_by("happened_on", "pk")
    return list(rows.select_related("recorded_by", "document"))


def side_of(dealing: Dealing, *, actor: Actor) -> Side | None:
    """Return on which side of a dealing the actor stands."""
    if can(actor, WORK_ON_DEALING, dealing):
        return Side.OFFICE
    return Side.PROSPECT if can(actor, ANSWER_IN_DEALING, dealing) else None


def differences_between(earlier: Offer, later: Offer) -> list[Difference]:
    """Return in what two offers differ, column by column, each with what it was and is as text."""
    return differences([(name, told(earlier, name), told(later, name)) for name in OFFERED])


def told(offer: Offer, name: str) -> str:
    """Return what an offer says in a column, as text."""
    value = getattr(offer, name)
    match name:
        case "list_version" | "terms_version":
            return str(value.number)
        case "prices_include_tax":
            return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str("" if value is None else value)


def missing_for_countersignature(contract: Contract) -> list[str]:
    """Return what is still missing before a contract can be countersigned."""
    missing = []
    signature = ContractSignature.objects.filter(contract=contract, side=Side.PROSPECT).first()
    if signature is None:
        missing.append("signature")
    elif signature.form == SignatureForm.SEALED_SCAN and signature.original_on is None:
        missing.append("original")
    if not SealRequest.objects.filter(contract=contract, state=SealState.APPROVED).exists():
        missing.append("seal")
    return missing


def contract_templates(*, actor: Actor) -> VisibleQuerySet[ContractTemplate]:
    """List the templates of contracts the actor may read."""
    return ContractTemplate.objects.visible_to(actor).select_related("programme", "published_by")


def contracts_in(dealing: Dealing, *, actor: Actor) -> list[Contract]:
    """Return the contract texts of a dealing in the order they were drawn up."""
    rows = Contract.objects.visible_to(actor).filter(dealing=dealing).order_by("number")
    return list(rows.select_related("template", "text_zh", "text_en", "made_by"))


def present_contract(dealing: Dealing) -> Contract | None:
    """Return the present version of a dealing's contract with its offer and texts, if one was drawn up."""
    rows = Contract.objects.filter(dealing=dealing).select_related("offer__list_version", "text_zh", "text_en")
    return rows.order_by("-number").first()


def e_signed_on(contract: Contract) -> list[ContractSignature]:
    """Return the signatures on a contract that were given electronically, with their files."""
    rows = ContractSignature.objects.filter(contract=contract, form=SignatureForm.E_SIGNED)
    return list(rows.select_related("document").order_by("pk"))


def signatures_on(contracts: Sequence[Contract], *, actor: Actor) -> list[ContractSignature]:
    """Return who signed contracts of a dealing, by their days."""
    rows = ContractSignature.objects.visible_to(actor).filter(contract__in=[contract.pk for contract in contracts])
    return list(rows.select_related("document", "recorded_by").order_by("signed_on", "pk"))


def seals_on(contracts: Sequence[Contract], *, actor: Actor) -> list[SealRequest]:
    """Return how it stands with the seal on contracts of a dealing, for the office that keeps it."""
    rows = SealRequest.objects.visible_to(actor).filter(contract__in=[contract.pk for contract in contracts])
    return list(rows.select_related("asked_by", "decided_by").order_by("pk"))


def recordal_of(dealing: Dealing, *, actor: Actor) -> Recordal | None:
    """Return how it stands with the recordal of the licence; None: it needs none, or is not in force yet."""
    return Recordal.objects.visible_to(actor).filter(dealing=dealing).first()


def recordal_data(dealing: Dealing, *, actor: Actor) -> tuple[Recordal, Offer, list[ContractSignature], list[ListLine]]:
    """Return what the form of a recordal asks for: the recordal, the agreed offer, signatures, and Chinese patents."""
    recordal = recordal_of(dealing, actor=actor)
    if recordal is None:
        raise NotFound("There is no recordal of a licence in this dealing.")
    contract = contracts_in(dealing, actor=actor)[-1]
    offer = Offer.objects.select_related("list_version").get(pk=contract.offer_id)
    lines = chinese_patents(offer.list_version).select_related("entry")
    seen: dict[str, ListLine] = {line.publication: line for line in lines.order_by("publication", "pk")}
    return recordal, offer, signatures_on([contract], actor=actor), list(seen.values())


def chinese_patents(version: ListVersion) -> QuerySet[ListLine]:
    """Return the lines of a list that are patents granted in China: licences of these are recorded."""
    return ListLine.objects.filter(version=version, country="CN", granted_on__isnull=False)


def allowed_steps(dealing: Dealing, offers: Sequence[Offer], *, actor: Actor) -> list[str]:
    """Return the steps that lead on from where a dealing is, and that the actor's side may take."""
    side = side_of(dealing, actor=actor)
    if side is None:
        return []
    waiting = next((offer for offer in offers if offer.state == OfferState.OPEN), None)
    contract = present_contract(dealing)
    steps = []
    for step in DEALING_LIFECYCLE.allowed(DealingState(dealing.state)):
        match step:
            case "acknowledgement":
                is_theirs = side is Side.OFFICE
            case "acceptance" | "turning-down":
                is_theirs = waiting is not None and waiting.side != side
            case "offers":
                is_theirs = side is Side.OFFICE or bool(offers)
            case "ending":
                is_theirs = dealing.licence_id is None or side is Side.OFFICE
            case _:
                is_theirs = side is Side.OFFICE and _lacks(step, dealing, contract, actor)
        if is_theirs:
            steps.append(step)
    if side is Side.OFFICE and contract is not None and e_signed_on(contract):
        steps.append("signature-check")
    if dealing.state not in (DealingState.CLOSED, DealingState.CONCLUDED):
        steps.append("conduct")
    return steps


def _lacks(step: str, dealing: Dealing, contract: Contract | None, actor: Actor) -> bool:
    """Say whether a step on the way from an agreed offer to a recorded licence is still to be taken."""
    if step in ("contract", "signature"):
        return True
    if step == "recordal":
        return Recordal.objects.filter(dealing=dealing, result="").exists()
    if contract is None:
        return False
    missing = missing_for_countersignature(contract)
    asked = SealRequest.objects.filter(contract=contract, state=SealState.ASKED).first()
    match step:
        case "original":
            return "original" in missing
        case "seal-request":
            return "seal" in missing and asked is None
        case "seal-decision":
            return asked is not None and can(actor, APPROVE_SEAL, asked)
    return not missing
