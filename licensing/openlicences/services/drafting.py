"""Drafting declarations of open licences, and recording who consents to them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from licensing.direct.selectors import owners_on
from licensing.openlicences.calculation import PERIOD_MONTHS
from licensing.openlicences.guidance import CURRENCY
from licensing.openlicences.models import (
    RUNNING_SCHEMES,
    SUM_SCHEMES,
    DeclarationState,
    OpenConsent,
    OpenDeclaration,
    PriceScheme,
    ReportFinding,
    RoyaltyBase,
)
from licensing.openlicences.policies import DECLARE_OPEN_LICENCE, EDIT_OPEN_DECLARATION
from licensing.openlicences.selectors import contents_of, get_open_declaration
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.clock import today
from platform_core.documents.selectors import paper_on
from platform_core.identity.models import Alliance
from platform_core.problems import Conflict, NotAllowed, NotFound, Problem, WrongState, invalid
from platform_core.realtime.services import announce
from pools.patents.models import Encumbrance, EncumbranceKind, Patent

_LARGEST: Final = 10**15
_LONGEST_DAYS: Final = 366


class DeclarationEdits(TypedDict, total=False):
    """What may be changed of a draft; what is left out stays."""

    scheme: PriceScheme
    sum_minor: int | None
    sum_within_days: int | None
    base: RoyaltyBase | str
    rate_percent: Decimal | None
    period_months: int | None
    pays_within_days: int | None
    ends_on: date | None
    basis: str
    contact: str
    guidance_reason: str
    report_id: UUID | None
    report_on: date | None
    report_finding: ReportFinding | str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeclaration:
    """A declaration to draft: of which patent, and how a licensee is to pay; the rest is filled in as a draft."""

    alliance_id: UUID
    patent_id: UUID
    scheme: PriceScheme


@transaction.atomic
def draft_declaration(*, actor: Actor, declaration: NewDeclaration) -> OpenDeclaration:
    """Draft a declaration that anybody may take a licence of a patent of one's own."""
    alliance = get_visible(Alliance, declaration.alliance_id, actor=actor)
    require(actor, DECLARE_OPEN_LICENCE, alliance)
    if actor.organisation_id is None:
        raise NotAllowed("Only an owner declares an open licence.")
    patent = Patent.objects.visible_to(actor).filter(pk=declaration.patent_id, alliance=alliance).first()
    if patent is None:
        raise NotFound("There is no such patent in this alliance.")
    if actor.organisation_id not in owners_on([patent.pk], today(actor.clock, alliance.zone))[patent.pk]:
        raise Conflict(f"{patent.publication}: your organisation does not own it today, and so declares nothing of it.")
    drafted = OpenDeclaration.objects.create(
        alliance=alliance,
        owner_id=actor.organisation_id,
        patent=patent,
        scheme=declaration.scheme,
        currency=CURRENCY,
        drafted_at=actor.clock.now(),
        drafted_by_id=actor.user_id,
    )
    record_event(
        "open_declaration.drafted",
        actor=actor,
        subject=drafted,
        changes={"patent": (None, patent.publication), "scheme": (None, drafted.scheme)},
    )
    return get_open_declaration(drafted.pk, actor=actor)


@transaction.atomic
def edit_declaration(*, actor: Actor, declaration_id: UUID, **edits: Unpack[DeclarationEdits]) -> OpenDeclaration:
    """Change a draft; what was filed stays as it is, and another price is another declaration."""
    declaration = _draft(actor, declaration_id)
    given: dict[str, object] = dict(edits)
    for name in ("basis", "contact", "guidance_reason"):
        if name in given:
            given[name] = str(given[name]).strip()
    if (report_id := edits.get("report_id")) is not None:
        given["report_id"] = paper_on(declaration, report_id, actor=actor, field="report_id").pk
    given |= _without_place(PriceScheme(edits.get("scheme", declaration.scheme)))
    changes = apply_edits(declaration, given)
    _check(declaration, today(actor.clock, declaration.alliance.zone))
    if changes:
        declaration.save(update_fields=[name.removesuffix("_id") for name in changes])
        record_event("open_declaration.edited", actor=actor, subject=declaration, changes=changes)
        announce(declaration, to=EDIT_OPEN_DECLARATION)
    return declaration


@transaction.atomic
def record_open_consent(
    *,
    actor: Actor,
    declaration_id: UUID,
    given_on: date,
    document_id: UUID,
    owner_id: UUID | None = None,
    pledge_id: UUID | None = None,
) -> OpenConsent:
    """Record that a co-owner, or a pledgee, consents to a draft as it is now, by the paper that shows it."""
    declaration = _draft(actor, declaration_id)
    day = today(actor.clock, declaration.alliance.zone)
    if given_on > day:
        raise invalid("/given_on", "in_the_future", "Nobody consents on a day that is still to come.")
    if (owner_id is None) == (pledge_id is None):
        raise invalid("/owner_id", "one_of_two", "Name a co-owner or a pledge, whose holder consents.")
    if owner_id is not None and (
        owner_id == declaration.owner_id
        or owner_id not in owners_on([declaration.patent_id], day)[declaration.patent_id]
    ):
        raise NotFound("There is no such co-owner of the patent.")
    pledges = Encumbrance.objects.visible_to(actor).filter(patent=declaration.patent_id, kind=EncumbranceKind.PLEDGE)
    if pledge_id is not None and not pledges.filter(pk=pledge_id).exists():
        raise NotFound("There is no such pledge of the patent.")
    paper = paper_on(declaration, document_id, actor=actor)
    with told_as(_PROBLEMS):
        recorded = OpenConsent.objects.create(
            declaration=declaration,
            owner_id=owner_id,
            pledge_id=pledge_id,
            given_on=given_on,
            contents_sha256=contents_of(declaration),
            document=paper,
            recorded_at=actor.clock.now(),
            recorded_by_id=actor.user_id,
        )
    record_event(
        "open_consent.recorded",
        actor=actor,
        subject=recorded,
        changes={
            "consents": (None, str(recorded.owner or (recorded.pledge.holder if recorded.pledge else ""))),
            "given_on": (None, given_on),
        },
    )
    announce(declaration, part=recorded)
    return recorded


def _draft(actor: Actor, declaration_id: UUID) -> OpenDeclaration:
    declaration = get_open_declaration(declaration_id, actor=actor, for_change=True)
    require(actor, EDIT_OPEN_DECLARATION, declaration)
    if declaration.state != DeclarationState.DRAFT:
        raise WrongState(
            "What was filed stays as it is. To ask another price, withdraw it and declare anew.",
            current=declaration.state,
        )
    return declaration


def _without_place(scheme: PriceScheme) -> dict[str, object]:
    """Empty the columns of a price that a scheme has no place for, so that nothing of another one is left over."""
    emptied: dict[str, object] = {}
    if scheme not in SUM_SCHEMES:
        emptied |= {"sum_minor": None, "sum_within_days": None}
    if scheme not in RUNNING_SCHEMES:
        emptied |= {"base": "", "rate_percent": None, "period_months": None, "pays_within_days": None}
    return emptied


def _check(declaration: OpenDeclaration, day: date) -> None:
    """Refuse what no declaration says, whatever stands against filing it."""
    checks = Checks()
    checks.text("basis", declaration.basis, needed=False, longest=2000)
    checks.text("contact", declaration.contact, needed=False, longest=500)
    checks.text("guidance_reason", declaration.guidance_reason, needed=False, longest=500)
    if declaration.sum_minor is not None and not 0 < declaration.sum_minor <= _LARGEST:
        checks.wrong("sum_minor", "out_of_range", "A sum is above zero, or left out.")
    rate = declaration.rate_percent
    if rate is not None and not 0 < rate <= 100:
        checks.wrong("rate_percent", "out_of_range", "A rate is above 0 and at most 100 percent, or left out.")
    for name in ("sum_within_days", "pays_within_days"):
        days = getattr(declaration, name)
        if days is not None and not 0 <= days <= _LONGEST_DAYS:
            checks.wrong(name, "out_of_range", f"Give 0 to {_LONGEST_DAYS} days, or leave it out.")
    if declaration.period_months is not None and declaration.period_months not in PERIOD_MONTHS:
        checks.wrong("period_months", "out_of_range", "A statement covers 1, 3, 6 or 12 months.")
    if declaration.report_on is not None and declaration.report_on > day:
        checks.wrong("report_on", "in_the_future", "No report is of a day that is still to come.")
    checks.refuse()


_PROBLEMS: Final[dict[str, Problem]] = {
    "openconsent_once": Conflict("This consent is recorded already."),
}
