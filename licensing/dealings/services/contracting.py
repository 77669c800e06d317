"""From an agreed offer to a licence in force: the contract's text, signatures with their evidence, and the seal."""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from licensing.agreements.models import Standing
from licensing.agreements.services import (
    NewLicence,
    countersign_licence,
    draft_licence,
    send_licence,
    sign_licence,
)
from licensing.dealings.calculation import GO_ON_WITHIN
from licensing.dealings.clauses import missing_from
from licensing.dealings.kinds import AGREED
from licensing.dealings.lifecycle import DEALING_LIFECYCLE, DealingState, OfferState, SealState
from licensing.dealings.models import (
    ConductKind,
    Contract,
    ContractSignature,
    ContractTemplate,
    Dealing,
    Offer,
    SealRequest,
    Side,
    SignatureForm,
)
from licensing.dealings.moving import (
    MOVED,
    day_of,
    dealing_of_office,
    keep_conduct,
    open_recordal,
    person,
    tell_other_side,
    turn_to,
    turn_to_nobody,
)
from licensing.dealings.papers.contract import contract_pdf, contract_values
from licensing.dealings.policies import APPROVE_SEAL, SEAL_DECISION
from licensing.dealings.services.signing import NewSignature, contract_of, keep_signature, refuse_incomplete
from licensing.papers.paper import Language
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.documents.models import Document
from platform_core.documents.services import NewFile, add_document
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.problems import Conflict, NotFound, Problem
from platform_core.realtime.services import announce
from platform_core.signatures.services import Verified, told_in_record


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """What a contract says of its parties that the platform does not know by itself."""

    licensor_address: str
    licensor_representative: str
    licensee_address: str
    licensee_representative: str


@transaction.atomic
def draw_up_contract(
    *, actor: Actor, dealing_id: UUID, template_id: UUID, licence_code: str, parties: Parties
) -> Contract:
    """Merge the contract from a template and the accepted offer into PDFs, and send the licence for signature.

    What the template names and nobody gave is refused by name. Drawn up again, it is another version of the text.
    """
    dealing = dealing_of_office(actor, dealing_id)
    before = DealingState(dealing.state)
    after = DEALING_LIFECYCLE.after("contract", current=before)
    template = ContractTemplate.objects.filter(pk=template_id, programme=dealing.programme_id).first()
    if template is None:
        raise NotFound("There is no such published template of the programme's contracts.")
    offer = Offer.objects.select_related("list_version", "terms_version").get(
        dealing=dealing, state=OfferState.ACCEPTED
    )
    licence = dealing.licence
    values = {
        language: contract_values(
            dealing, offer, licence.code if licence else licence_code, vars_of(parties), Language(language)
        )
        for language in Language
    }
    checks = Checks()
    for name in missing_from(template.clauses, values[Language.ZH]):
        checks.wrong(name, "missing", f"The template needs “{name}”, which is not given.")
    checks.refuse()
    if licence is None:
        drafted = draft_licence(
            actor=actor,
            programme_id=dealing.programme_id,
            licence=NewLicence(
                code=licence_code,
                licensee_id=dealing.prospect_id,
                starts_on=offer.starts_on,
                ends_on=offer.ends_on,
                standing=Standing(offer.standing),
                option=offer.option,
            ),
        )
        dealing.licence = send_licence(actor=actor, licence_id=drafted.pk)
        dealing.save(update_fields=["licence"])
    number = (Contract.objects.filter(dealing=dealing).aggregate(Max("number"))["number__max"] or 0) + 1
    texts = {language: _kept(actor, dealing, template, values[language], language, number) for language in Language}
    contract = Contract.objects.create(
        dealing=dealing,
        number=number,
        template=template,
        offer=offer,
        values={language.value: values[language] for language in Language},
        text_zh=texts[Language.ZH],
        text_en=texts[Language.EN],
        made_at=actor.clock.now(),
        made_by_id=person(actor),
    )
    _go_on(actor, dealing, after, Side.PROSPECT)
    keep_conduct(actor, dealing, Side.OFFICE, ConductKind.DRAWN_UP, document=texts[Language.ZH])
    _record(actor, dealing, "dealing.contract_drawn_up", before, number)
    tell_other_side(actor, dealing, Side.OFFICE, "dealing.contract_drawn_up")
    return contract


@transaction.atomic
def record_signature(
    *, actor: Actor, dealing_id: UUID, signature: NewSignature, verified: Verified | None = None
) -> ContractSignature:
    """Record that the licensee signed the contract, with the file that proves it; its terms are those agreed.

    A file signed electronically was verified before (`verified_before`): one that is broken, or another document, is
    refused.
    """
    dealing = dealing_of_office(actor, dealing_id)
    before = DealingState(dealing.state)
    after = DEALING_LIFECYCLE.after("signature", current=before)
    contract = contract_of(dealing)
    signed = keep_signature(
        actor=actor, dealing=dealing, contract=contract, side=Side.PROSPECT, signature=signature, verified=verified
    )
    sign_licence(
        actor=actor,
        licence_id=_licence_id(dealing),
        signed_on=signature.signed_on,
        terms_version_id=contract.offer.terms_version_id,
        course_id=dealing.pk,
    )
    _go_on(actor, dealing, after, Side.OFFICE)
    keep_conduct(
        actor,
        dealing,
        Side.PROSPECT,
        ConductKind.SIGNED,
        happened_on=signature.signed_on,
        text=signature.signatory,
        document=signed.document,
    )
    _record(actor, dealing, "dealing.signed", before, contract.number, verified)
    return signed


@transaction.atomic
def note_original(*, actor: Actor, dealing_id: UUID, received_on: date) -> ContractSignature:
    """Note the day on which the licensee's sealed original came in."""
    dealing = dealing_of_office(actor, dealing_id)
    before = DealingState(dealing.state)
    DEALING_LIFECYCLE.after("original", current=before)
    contract = contract_of(dealing)
    signature = ContractSignature.objects.select_for_update(no_key=True).get(contract=contract, side=Side.PROSPECT)
    checks = Checks()
    if signature.form != SignatureForm.SEALED_SCAN:
        checks.wrong("received_on", "no_paper", "This was signed electronically: there is no paper original.")
    elif not signature.signed_on <= received_on <= day_of(actor, dealing):
        checks.wrong("received_on", "out_of_range", f"Name a day from {signature.signed_on} to today.")
    checks.refuse()
    signature.original_on = received_on
    signature.save(update_fields=["original_on"])
    _record(actor, dealing, "dealing.original_received", before, contract.number)
    return signature


@transaction.atomic
def request_seal(*, actor: Actor, dealing_id: UUID) -> SealRequest:
    """Ask that the operating entity's seal be put on the contract (用印); another person decides."""
    dealing = dealing_of_office(actor, dealing_id)
    before = DealingState(dealing.state)
    DEALING_LIFECYCLE.after("seal-request", current=before)
    require_two_people(SEAL_DECISION, _place_of(dealing), clock=actor.clock)
    contract = contract_of(dealing)
    with told_as(_PROBLEMS):
        asked = SealRequest.objects.create(contract=contract, asked_at=actor.clock.now(), asked_by_id=person(actor))
    _record(actor, dealing, "dealing.seal_asked", before, contract.number)
    return asked


@transaction.atomic
def decide_seal(*, actor: Actor, dealing_id: UUID, is_approved: bool, reason: str = "") -> SealRequest:
    """Approve that a contract is sealed, or turn it down with a reason: by somebody independent of whoever asked."""
    dealing = dealing_of_office(actor, dealing_id)
    before = DealingState(dealing.state)
    DEALING_LIFECYCLE.after("seal-decision", current=before)
    contract = contract_of(dealing)
    asked = SealRequest.objects.filter(contract=contract, state=SealState.ASKED).first()
    if asked is None:
        raise Conflict("Nobody asks for the seal on this contract.")
    require(actor, APPROVE_SEAL, asked)
    place = _place_of(dealing)
    require_second_person(SEAL_DECISION, actor=actor, beside=[asked.asked_by_id], place=place)
    checks = Checks()
    checks.text("reason", reason, needed=not is_approved, longest=500)
    checks.refuse()
    asked.state = SealState.APPROVED if is_approved else SealState.TURNED_DOWN
    asked.decided_at, asked.decided_by_id, asked.reason = actor.clock.now(), person(actor), reason.strip()
    asked.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    _record(actor, dealing, "dealing.seal_decided", before, contract.number)
    return asked


@transaction.atomic
def countersign(
    *, actor: Actor, dealing_id: UUID, signature: NewSignature, verified: Verified | None = None
) -> Dealing:
    """Record the operating entity's signature, which puts the licence in force; refused while something is missing.

    A file signed electronically was verified before, as the licensee's is.
    """
    dealing = dealing_of_office(actor, dealing_id)
    before = DealingState(dealing.state)
    after = DEALING_LIFECYCLE.after("countersignature", current=before)
    contract = contract_of(dealing)
    refuse_incomplete(contract)
    signed = keep_signature(
        actor=actor, dealing=dealing, contract=contract, side=Side.OFFICE, signature=signature, verified=verified
    )
    licence = countersign_licence(actor=actor, licence_id=_licence_id(dealing), course_id=dealing.pk)
    dealing.state = after
    turn_to_nobody(actor, dealing)
    open_recordal(actor, dealing, contract.offer, in_force_on=_in_force_on(contract))
    dealing.save(update_fields=MOVED)
    keep_conduct(
        actor,
        dealing,
        Side.OFFICE,
        ConductKind.COUNTERSIGNED,
        happened_on=signature.signed_on,
        text=signature.signatory,
        document=signed.document,
    )
    _record(actor, dealing, "dealing.concluded", before, contract.number, verified)
    tell_other_side(actor, dealing, Side.OFFICE, "dealing.concluded")
    announce(licence)
    return dealing


def vars_of(parties: Parties) -> dict[str, str]:
    """Return what is given of the parties, by the names of the template's fields."""
    return {
        "licensor_address": parties.licensor_address,
        "licensor_representative": parties.licensor_representative,
        "licensee_address": parties.licensee_address,
        "licensee_representative": parties.licensee_representative,
    }


def _kept(
    actor: Actor, dealing: Dealing, template: ContractTemplate, values: dict[str, str], language: Language, number: int
) -> Document:
    pdf = contract_pdf(template, values, language)
    name = f"{values['licence_code']}-{number}-{language.value}.pdf".replace("/", "-")
    title = template.title_zh if language is Language.ZH else template.title_en
    return add_document(
        actor=actor,
        subject_type=Dealing._meta.label_lower,
        subject_id=dealing.pk,
        title=title,
        file=NewFile(name, io.BytesIO(pdf)),
    )


def _in_force_on(contract: Contract) -> date:
    """Return from when a countersigned licence is in force: once both sides signed, and not before its first day."""
    signed = ContractSignature.objects.filter(contract=contract).values_list("signed_on", flat=True)
    return max(*signed, contract.offer.starts_on)


def _place_of(dealing: Dealing) -> Place:
    return Place(dealing.programme.alliance_id)


def _licence_id(dealing: Dealing) -> UUID:
    if dealing.licence_id is None:
        raise Conflict("No licence was drafted in this dealing yet.")
    return dealing.licence_id


def _go_on(actor: Actor, dealing: Dealing, after: DealingState, side: Side) -> None:
    dealing.state = after
    turn_to(actor, dealing, side, AGREED, day_of(actor, dealing) + timedelta(days=GO_ON_WITHIN))
    dealing.save(update_fields=MOVED)


def _record(
    actor: Actor, dealing: Dealing, event: str, before: DealingState, number: int, verified: Verified | None = None
) -> None:
    changes: dict[str, tuple[object, object]] = {"number": (None, number)}
    if verified is not None:
        changes |= told_in_record(verified)
    if dealing.state != before:
        changes["state"] = (before, dealing.state)
    record_event(event, actor=actor, subject=dealing, changes=changes)
    announce(dealing)


_PROBLEMS: dict[str, Problem] = {
    "sealrequest_one_at_a_time": Conflict("The seal on this contract was asked for already."),
}
