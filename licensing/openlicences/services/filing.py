"""The course of a declaration at the office: filed, announced or not, its withdrawal filed, and announced."""

from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.openlicences.checking import OpenFinding, blocking, findings
from licensing.openlicences.lifecycle import DECLARATION_LIFECYCLE
from licensing.openlicences.models import DeclarationState, OpenDeclaration
from licensing.openlicences.policies import EDIT_OPEN_DECLARATION, FILE_OPEN_DECLARATION
from licensing.openlicences.selectors import contents_of, get_open_declaration
from licensing.openlicences.services.voiding import void_late_licences
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.access.registry import Permission
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, checked_text, told_as
from platform_core.clock import today
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce
from pools.patents.models import Patent


@transaction.atomic
def file_declaration(*, actor: Actor, declaration_id: UUID, filed_on: date) -> OpenDeclaration:
    """Note that the declaration was filed with the office; from then on nobody is licensed alone.

    What stands against it is asked again under the patent's lock, on which a signature of a licence to one alone
    waits as well: of the two one comes first, and the other is refused.
    """
    declaration, after = _step(actor, declaration_id, "file", FILE_OPEN_DECLARATION)
    _on_a_day("filed_on", filed_on, first=None, last=_day(actor, declaration))
    Patent.objects.select_for_update(no_key=True).get(pk=declaration.patent_id)
    for finding in blocking(findings(declaration, actor=actor)):
        raise _refusal(finding, declaration)
    return _moved(
        actor,
        declaration,
        "open_declaration.filed",
        state=after,
        filed_on=filed_on,
        filed_by_id=actor.user_id,
        statement_sha256=contents_of(declaration),
    )


@transaction.atomic
def announce_declaration(
    *, actor: Actor, declaration_id: UUID, announced_on: date, announcement_number: str
) -> OpenDeclaration:
    """Note that the office announced the declaration: from that day on anybody may take a licence."""
    declaration, after = _step(actor, declaration_id, "announce", EDIT_OPEN_DECLARATION)
    _on_a_day("announced_on", announced_on, first=declaration.filed_on, last=_day(actor, declaration))
    number = checked_text("announcement_number", announcement_number, longest=60)
    return _moved(
        actor,
        declaration,
        "open_declaration.announced",
        state=after,
        announced_on=announced_on,
        announcement_number=number,
    )


@transaction.atomic
def refuse_declaration(*, actor: Actor, declaration_id: UUID, refused_on: date, reason: str) -> OpenDeclaration:
    """Note that the office does not announce the declaration, and why."""
    declaration, after = _step(actor, declaration_id, "refuse", EDIT_OPEN_DECLARATION)
    _on_a_day("refused_on", refused_on, first=declaration.filed_on, last=_day(actor, declaration))
    return _moved(
        actor,
        declaration,
        "open_declaration.refused",
        state=after,
        refused_on=refused_on,
        refusal_reason=checked_text("reason", reason, longest=500),
    )


@transaction.atomic
def cancel_declaration(*, actor: Actor, declaration_id: UUID) -> OpenDeclaration:
    """Give up a draft, or a declaration that was taken back at the office before it was announced."""
    declaration, after = _step(actor, declaration_id, "cancel", EDIT_OPEN_DECLARATION)
    return _moved(actor, declaration, "open_declaration.cancelled", state=after)


@transaction.atomic
def file_withdrawal(*, actor: Actor, declaration_id: UUID, filed_on: date, reason: str) -> OpenDeclaration:
    """Note that the withdrawal was filed; until the office announces it, licences may still be taken."""
    declaration, _ = _step(actor, declaration_id, "withdraw", FILE_OPEN_DECLARATION)
    if declaration.withdrawal_filed_on is not None:
        raise WrongState("The withdrawal was filed already.", current=declaration.state)
    _on_a_day("filed_on", filed_on, first=declaration.announced_on, last=_day(actor, declaration))
    return _moved(
        actor,
        declaration,
        "open_declaration.withdrawal_filed",
        withdrawal_filed_on=filed_on,
        withdrawal_reason=checked_text("reason", reason, longest=500),
    )


@transaction.atomic
def announce_withdrawal(
    *, actor: Actor, declaration_id: UUID, withdrawn_on: date, withdrawal_number: str
) -> OpenDeclaration:
    """Note that the office announced the withdrawal: licences taken up to that day stay, later notices were too late.

    A notice takes the declaration's row as this does, so that each is before or after the other.
    """
    declaration, after = _step(actor, declaration_id, "announce withdrawal", EDIT_OPEN_DECLARATION)
    if declaration.withdrawal_filed_on is None:
        raise WrongState("File the withdrawal with the office first.", current=declaration.state)
    _on_a_day("withdrawn_on", withdrawn_on, first=declaration.withdrawal_filed_on, last=_day(actor, declaration))
    number = checked_text("withdrawal_number", withdrawal_number, longest=60)
    void_late_licences(actor=actor, declaration=declaration, withdrawn_on=withdrawn_on)
    return _moved(
        actor,
        declaration,
        "open_declaration.withdrawn",
        state=after,
        withdrawn_on=withdrawn_on,
        withdrawal_number=number,
    )


def _step(
    actor: Actor, declaration_id: UUID, step: str, permission: Permission
) -> tuple[OpenDeclaration, DeclarationState]:
    declaration = get_open_declaration(declaration_id, actor=actor, for_change=True)
    require(actor, permission, declaration)
    return declaration, DECLARATION_LIFECYCLE.after(step, current=DeclarationState(declaration.state))


def _day(actor: Actor, declaration: OpenDeclaration) -> date:
    return today(actor.clock, declaration.alliance.zone)


def _on_a_day(field: str, day: date, *, first: date | None, last: date) -> None:
    """Refuse a day that is still to come, or before what has to come first."""
    checks = Checks()
    if day > last:
        checks.wrong(field, "in_the_future", "Note what has happened, on its day.")
    elif first is not None and day < first:
        checks.wrong(field, "too_early", f"This must be on or after {first}.")
    checks.refuse()


def _moved(actor: Actor, declaration: OpenDeclaration, event: str, **given: object) -> OpenDeclaration:
    changes = apply_edits(declaration, given)
    with told_as(_PROBLEMS):
        declaration.save(update_fields=[name.removesuffix("_id") for name in changes])
    shown = {name: change for name, change in changes.items() if not name.endswith("by_id")}
    record_event(event, actor=actor, subject=declaration, changes=shown)
    # That a withdrawal was filed is not public before the office announces it.
    announce(declaration, to=None if "state" in changes else EDIT_OPEN_DECLARATION)
    return declaration


def _refusal(finding: OpenFinding, declaration: OpenDeclaration) -> Conflict:
    """Say in a sentence why a declaration is not filed, and what to do about it."""
    patent, detail = declaration.patent.publication, finding.detail
    match finding.code:
        case "not_chinese":
            return Conflict(f"{patent}: open licences are declared of Chinese patents, and this one is of {detail}.")
        case "not_granted":
            return Conflict(f"{patent}: it is not granted. Declare it once its grant is announced and on record.")
        case "not_alive":
            return Conflict(f"{patent}: it has not been in force since {detail}.")
        case "longer_than_patent":
            return Conflict(f"{patent}: it ends on {detail}. Have the licences end before that day.")
        case "term_over":
            return Conflict("The last day of the licences has passed. Choose a later one.")
        case "fees_unpaid":
            return Conflict(f"{patent}: the annuity of year {detail} is not paid. Pay it and record the payment.")
        case "not_owner":
            return Conflict(f"{patent}: your organisation does not own it today, and so declares nothing of it.")
        case "no_consent":
            return Conflict(f"{patent}: {detail} owns a part and has not consented to what is declared. Record it.")
        case "pledged" | "register_alone" | "preserved" | "disputed" if not detail:
            return Conflict(f"{patent}: something rests on it of which you may not read more. Ask who keeps it.")
        case "pledged":
            return Conflict(f"{patent}: it is pledged to {detail}. Record the pledgee's consent to what is declared.")
        case "register_alone":
            return Conflict(f"{patent}: an exclusive or sole licence is recorded ({detail}). Have it ended first.")
        case "preserved":
            return Conflict(f"{patent}: it is under preservation ({detail}). Wait until that is lifted.")
        case "disputed":
            return Conflict(f"{patent}: a suit about it is on record ({detail}). Wait until it is over.")
        case "licensed_alone" if finding.licence is not None:
            return Conflict(f"{patent}: the licence {detail} is sole or exclusive. Have it end first.")
        case "licensed_alone":
            return Conflict(f"{patent}: a sole or exclusive licence that you may not see is on it. Ask its owners.")
        case "declared_already":
            return Conflict(f"{patent}: another declaration of it stands. Withdraw that one first.")
        case "right_unknown":
            return Conflict(f"{patent}: say on its record whether it is an invention, a utility model or a design.")
        case "no_report":
            return Conflict(f"{patent}: a utility model or design needs its evaluation report, with day and finding.")
        case "report_against":
            return Conflict(f"{patent}: its evaluation report finds that it is not patentable.")
        case "price_missing":
            return Conflict("The price is not whole: give sum or rate, with what it is of and when it is paid.")
        case "above_guidance":
            return Conflict("The price lies above the office's guidance, which is no law. Say why.")
        case _:
            return Conflict("The office's form asks how the price was worked out, and how to reach you. Fill it in.")


_PROBLEMS: Final[dict[str, Problem]] = {
    "opendeclaration_one_stands_of_a_patent": Conflict(
        "Another declaration of the patent was filed in the meantime. Withdraw that one first."
    ),
    "opendeclaration_beside_licence_alone": Conflict(
        "A sole or exclusive licence of the patent was signed in the meantime. Look at what stands against it."
    ),
}
