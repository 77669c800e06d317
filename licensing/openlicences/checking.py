"""What stands against a declaration, by what is on record now: shown while it is drafted, refused when it is filed.

Once it is filed the same is asked whenever its page is looked at, for what happens later may matter to its owner.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Q

from licensing.direct.models import ALONE_KINDS, BOUND_STATES, DirectLicence, LicensedPatent
from licensing.direct.selectors import owners_on, seen_among
from licensing.openlicences.calculation import exceeds
from licensing.openlicences.guidance import PriceGuidance, guidance_on
from licensing.openlicences.models import (
    RUNNING_SCHEMES,
    STANDING_STATES,
    SUM_SCHEMES,
    DeclarationState,
    OpenDeclaration,
    ReportFinding,
    RoyaltyBase,
)
from licensing.openlicences.policies import READ_OPEN_WORKINGS
from licensing.openlicences.selectors import contents_of
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.clock import today
from platform_core.deadlines.lifecycle import DeadlineState
from platform_core.deadlines.models import Deadline
from pools.patents.models import Encumbrance, EncumbranceKind, Patent, RightKind
from pools.upkeep.kinds import ANNUITY, CONFIRMATION

_ON_REGISTER: Final = {
    EncumbranceKind.LICENCE_EXCLUSIVE: "register_alone",
    EncumbranceKind.LICENCE_SOLE: "register_alone",
    EncumbranceKind.PRESERVATION: "preserved",
    EncumbranceKind.SUIT: "disputed",
    EncumbranceKind.PLEDGE: "pledged",
}


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """Something that stands against a declaration, or that people have to look at."""

    code: str
    blocks: bool = True
    """Whether it is not filed before this is settled."""
    detail: str = ""
    """Whose consent is missing, under which number something is registered, or which other licence it is."""
    licence: DirectLicence | None = None
    """The licence in the way, where whoever asks may see it."""


def findings(declaration: OpenDeclaration, *, actor: Actor) -> list[OpenFinding]:
    """Return what stands against a declaration today, or has to be looked at.

    Whoever owns the patent no longer is told that alone: all else is its new owners' business.
    """
    day = today(actor.clock, declaration.alliance.zone)
    owners = owners_on([declaration.patent_id], day)[declaration.patent_id]
    if declaration.owner_id not in owners:
        return [OpenFinding("not_owner")]
    found = [
        *_of_right(declaration, day),
        *_of_owners(declaration, owners),
        *_on_registers(declaration, day, actor),
    ]
    found += [*_of_licences(declaration, day, actor), *_of_report(declaration)]
    if declaration.state == DeclarationState.DRAFT:
        found += [*_of_price(declaration, day), *_of_statement(declaration)]
    return found


def findings_shown(declaration: OpenDeclaration, *, actor: Actor) -> list[OpenFinding]:
    """Return what stands against a declaration, for its owner; nothing is told of one that is over."""
    require(actor, READ_OPEN_WORKINGS, declaration)
    if declaration.state not in (DeclarationState.DRAFT, *STANDING_STATES):
        return []
    return findings(declaration, actor=actor)


def is_ready(declaration: OpenDeclaration, found: Iterable[OpenFinding]) -> bool:
    """Say whether a declaration may be had on paper: it was filed, or nothing found stands against filing its draft."""
    return declaration.filed_on is not None or (declaration.state == DeclarationState.DRAFT and not blocking(found))


def blocking(found: Iterable[OpenFinding]) -> list[OpenFinding]:
    """Return those that stand against filing."""
    return [finding for finding in found if finding.blocks]


def price_guidance(declaration: OpenDeclaration, day: date) -> tuple[PriceGuidance | None, bool]:
    """Return what guidance holds on a day, and whether the price lies above it."""
    rule = guidance_on(day)
    if rule is None:
        return None, False
    limit = rule.profit_percent if declaration.base == RoyaltyBase.PROFIT else rule.net_sales_percent
    above = exceeds(
        lump_minor=declaration.sum_minor if declaration.scheme in SUM_SCHEMES else None,
        rate_percent=declaration.rate_percent if declaration.scheme in RUNNING_SCHEMES else None,
        lump_limit_minor=rule.lump_minor,
        rate_limit_percent=limit,
    )
    return rule, above


def _of_right(declaration: OpenDeclaration, day: date) -> Iterator[OpenFinding]:
    """Whether the patent is Chinese, granted, alive, and its fees are paid."""
    patent = declaration.patent
    if patent.country != "CN":
        yield OpenFinding("not_chinese", detail=patent.country)
    if patent.granted_on is None or patent.granted_on > day:
        yield OpenFinding("not_granted")
    if patent.ends_on is not None and patent.ends_on <= day:
        yield OpenFinding("not_alive", detail=patent.ends_on.isoformat())
    elif patent.ends_on is not None and declaration.ends_on is not None and declaration.ends_on >= patent.ends_on:
        yield OpenFinding("longer_than_patent", detail=patent.ends_on.isoformat())
    if declaration.ends_on is not None and declaration.ends_on <= day:
        yield OpenFinding("term_over", blocks=declaration.state == DeclarationState.DRAFT)
    open_fees = Deadline.objects.filter(
        subject_type=Patent._meta.label_lower, subject_id=patent.pk, kind__in=(ANNUITY.name, CONFIRMATION.name)
    )
    late = open_fees.filter(
        Q(state=DeadlineState.MISSED) | Q(state=DeadlineState.OPEN, due_on__lt=day), kind=ANNUITY.name
    )
    for year in sorted(set(late.values_list("part", flat=True)), key=int):
        yield OpenFinding("fees_unpaid", detail=year)
    for year in sorted(
        set(open_fees.filter(state=DeadlineState.OPEN, kind=CONFIRMATION.name).values_list("part", flat=True)), key=int
    ):
        yield OpenFinding("fees_unconfirmed", blocks=False, detail=year)


def _of_owners(declaration: OpenDeclaration, owners: set[UUID]) -> Iterator[OpenFinding]:
    """Whether every other owner consents to what the declaration says."""
    consented = declaration.consents.filter(contents_sha256=contents_of(declaration)).values("owner")
    others = type(declaration.owner)._default_manager.filter(pk__in=owners - {declaration.owner_id})
    for other in others.exclude(pk__in=consented.filter(owner__isnull=False)).order_by("pk"):
        yield OpenFinding("no_consent", detail=str(other))


def _on_registers(declaration: OpenDeclaration, day: date, actor: Actor) -> Iterator[OpenFinding]:
    """What registers and the owner's own record say rests on the patent; of what is hidden, its kind alone."""
    resting = Encumbrance.objects.filter(Q(to_on=None) | Q(to_on__gt=day), patent=declaration.patent_id)
    consented = set(
        declaration.consents.filter(contents_sha256=contents_of(declaration), pledge__isnull=False).values_list(
            "pledge", flat=True
        )
    )
    seen = set(Encumbrance.objects.visible_to(actor).filter(patent=declaration.patent_id).values_list("pk", flat=True))
    hidden: set[str] = set()
    for one in resting.order_by("kind", "pk"):
        code = _ON_REGISTER.get(EncumbranceKind(one.kind))
        if code is None or one.pk in consented:
            continue
        if one.pk in seen:
            yield OpenFinding(code, detail=" · ".join(filter(None, (one.holder, one.register_number))))
        elif code not in hidden:
            hidden.add(code)
            yield OpenFinding(code)


def _of_licences(declaration: OpenDeclaration, day: date, actor: Actor) -> Iterator[OpenFinding]:
    """Licences by which one alone may use the patent, and another declaration that stands."""
    rows = LicensedPatent.objects.filter(
        Q(licence__ends_on=None) | Q(licence__ends_on__gte=day),
        patent=declaration.patent_id,
        licence__state__in=BOUND_STATES,
        licence__kind__in=ALONE_KINDS,
    )
    alone = [row.licence for row in rows.select_related("licence").order_by("licence")]
    seen = seen_among(alone, actor=actor)
    for licence in alone:
        if licence.pk in seen:
            yield OpenFinding("licensed_alone", detail=licence.code, licence=licence)
    if any(licence.pk not in seen for licence in alone):
        yield OpenFinding("licensed_alone")
    others = OpenDeclaration.objects.filter(patent=declaration.patent_id, state__in=STANDING_STATES)
    if declaration.state == DeclarationState.DRAFT and others.exists():
        yield OpenFinding("declared_already")


def _of_report(declaration: OpenDeclaration) -> Iterator[OpenFinding]:
    """Whether an evaluation report is there where the law asks for one, and speaks for the right."""
    right = declaration.patent.right
    if not right:
        yield OpenFinding("right_unknown")
    if right not in (RightKind.UTILITY_MODEL, RightKind.DESIGN):
        return
    if declaration.report_id is None or declaration.report_on is None or not declaration.report_finding:
        yield OpenFinding("no_report")
    elif declaration.report_finding == ReportFinding.NOT_PATENTABLE:
        yield OpenFinding("report_against")


def _of_price(declaration: OpenDeclaration, day: date) -> Iterator[OpenFinding]:
    """Whether the price is whole, and why it lies above guidance where it does."""
    needs_sum, needs_rate = declaration.scheme in SUM_SCHEMES, declaration.scheme in RUNNING_SCHEMES
    lacks_sum = needs_sum and (declaration.sum_minor is None or declaration.sum_within_days is None)
    running = (declaration.rate_percent, declaration.period_months, declaration.pays_within_days)
    if lacks_sum or (needs_rate and (None in running or not declaration.base)):
        yield OpenFinding("price_missing")
    rule, above = price_guidance(declaration, day)
    if rule is not None and above:
        yield OpenFinding("above_guidance", blocks=not declaration.guidance_reason, detail=rule.source)


def _of_statement(declaration: OpenDeclaration) -> Iterator[OpenFinding]:
    """Whether the fields of the office's form are filled in."""
    if not declaration.basis or not declaration.contact:
        yield OpenFinding("statement_incomplete")
