"""Finding declarations of open licences, licences taken under them, and what is due."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from licensing.dealings.models import RecordalResult
from licensing.direct.calculation import contents_hash
from licensing.direct.selectors import owners_on
from licensing.openlicences.calculation import Period, periods
from licensing.openlicences.lifecycle import DECLARATION_LIFECYCLE, OPEN_LICENCE_LIFECYCLE
from licensing.openlicences.models import (
    GIVEN_STATES,
    PUBLIC_STATES,
    RUNNING_SCHEMES,
    STANDING_STATES,
    DeclarationState,
    OpenConsent,
    OpenDeclaration,
    OpenLicence,
    OpenLicenceState,
    OpenPayment,
    OpenStatement,
)
from licensing.openlicences.policies import (
    ACKNOWLEDGE_OPEN_NOTICE,
    CONFIRM_OPEN_PAYMENT,
    CONTEST_OPEN_NOTICE,
    EDIT_OPEN_DECLARATION,
    END_OPEN_LICENCE,
    FILE_OPEN_DECLARATION,
    GIVE_OPEN_NOTICE,
    LAPSE_OPEN_NOTICE,
    PREPARE_OPEN_NOTICE,
    RECORD_OPEN_NOTICE,
    RECORD_OPEN_RECORDAL,
    SETTLE_OPEN_ENTRY,
    STATE_OPEN_ROYALTIES,
    TAKE_OPEN_LICENCE,
)
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.clock import today
from platform_core.identity.models import Organisation

STATEMENT_FIELDS = (
    "patent_id",
    "owner_id",
    "scheme",
    "currency",
    "sum_minor",
    "sum_within_days",
    "base",
    "rate_percent",
    "period_months",
    "pays_within_days",
    "ends_on",
    "basis",
    "contact",
    "guidance_reason",
)
"""What a declaration says, to which owners and pledgees consent and which stays as it was filed."""


def open_declarations(*, actor: Actor) -> VisibleQuerySet[OpenDeclaration]:
    """List the declarations that the actor may see: all that were announced, and the own organisation's drafts."""
    return OpenDeclaration.objects.visible_to(actor).select_related("owner", "patent", "alliance")


def get_open_declaration(declaration_id: UUID, *, actor: Actor, for_change: bool = False) -> OpenDeclaration:
    """Return one declaration that the actor may see, locked if it is to be changed."""
    return get_visible(
        OpenDeclaration, declaration_id, actor=actor, for_change=for_change, along=("owner", "patent", "alliance")
    )


def contents_of(declaration: OpenDeclaration) -> str:
    """Return by which hash what a declaration says is known: as it was filed, or as its draft is now."""
    if declaration.statement_sha256:
        # What was filed stays, though its owner may be merged into another.
        return declaration.statement_sha256
    said = {name: getattr(declaration, name) for name in STATEMENT_FIELDS}
    rate = declaration.rate_percent
    return contents_hash({**said, "rate_percent": None if rate is None else f"{rate:.4f}"})


def open_consents(declaration: OpenDeclaration, *, actor: Actor) -> list[OpenConsent]:
    """List the consents that are recorded for a declaration."""
    rows = OpenConsent.objects.visible_to(actor).filter(declaration=declaration)
    return list(rows.select_related("owner", "pledge", "document"))


def declared_owners(declaration: OpenDeclaration, day: date) -> list[Organisation]:
    """Return who owned the patent when it was declared, or owns it on a day while it is a draft; declarant first."""
    owners = owners_on([declaration.patent_id], declaration.filed_on or day)[declaration.patent_id]
    found = Organisation.objects.filter(pk__in=owners | {declaration.owner_id}).order_by("pk")
    return sorted(found, key=lambda owner: owner.pk != declaration.owner_id)


_DECLARATION_STEPS = {
    "file": FILE_OPEN_DECLARATION,
    "cancel": EDIT_OPEN_DECLARATION,
    "announce": EDIT_OPEN_DECLARATION,
    "refuse": EDIT_OPEN_DECLARATION,
    "withdraw": FILE_OPEN_DECLARATION,
    "announce withdrawal": EDIT_OPEN_DECLARATION,
}


def declaration_steps(declaration: OpenDeclaration, *, actor: Actor, own: OpenLicence | None) -> list[str]:
    """Return what the actor may do with a declaration as it stands, beside its own licence if it has one."""
    state = DeclarationState(declaration.state)
    found = []
    if state == DeclarationState.DRAFT and can(actor, EDIT_OPEN_DECLARATION, declaration):
        found.append("edit")
    is_leaving = declaration.withdrawal_filed_on is not None
    for step in DECLARATION_LIFECYCLE.allowed(state):
        if step in ("withdraw", "announce withdrawal") and is_leaving != (step == "announce withdrawal"):
            continue
        if can(actor, _DECLARATION_STEPS[step], declaration):
            found.append(step)
    if (
        can(actor, TAKE_OPEN_LICENCE, declaration)
        and own is None
        and actor.organisation_id not in _owners_today(declaration, actor)
    ):
        found.append("take")
    if state in PUBLIC_STATES and can(actor, RECORD_OPEN_NOTICE, declaration):
        found.append("record notice")
    return found


def _owners_today(declaration: OpenDeclaration, actor: Actor) -> set[UUID]:
    day = today(actor.clock, declaration.alliance.zone)
    return owners_on([declaration.patent_id], day)[declaration.patent_id]


def running_licences(day: date) -> QuerySet[OpenLicence]:
    """Return the licences that are noticed, or in force on a day: beside them its holder takes no other."""
    return OpenLicence.objects.filter(
        Q(state__in=(OpenLicenceState.NOTICED, OpenLicenceState.IN_FORCE))
        | Q(state=OpenLicenceState.ENDED, in_force_from__isnull=False, ends_on__gte=day)
    )


def own_licence(declaration: OpenDeclaration, *, actor: Actor) -> OpenLicence | None:
    """Return the licence that the actor's organisation prepares or holds under a declaration, if there is one."""
    if actor.organisation_id is None:
        return None
    running = running_licences(today(actor.clock, declaration.alliance.zone))
    rows = OpenLicence.objects.visible_to(actor).filter(
        Q(state=OpenLicenceState.PREPARED) | Q(pk__in=running.order_by().values("pk")),
        declaration=declaration,
        licensee=actor.organisation_id,
    )
    # What was given comes before what is prepared beside it.
    return rows.order_by(F("noticed_on").desc(nulls_last=True), "pk").first()


def open_licences(*, actor: Actor) -> VisibleQuerySet[OpenLicence]:
    """List the licences that the actor's organisation took, or gave by its declarations."""
    rows = OpenLicence.objects.visible_to(actor)
    return rows.select_related("licensee", "declaration__owner", "declaration__patent", "declaration__alliance")


def get_open_licence(licence_id: UUID, *, actor: Actor, for_change: bool = False) -> OpenLicence:
    """Return one licence that the actor is a side of, locked if it is to be changed."""
    return get_visible(
        OpenLicence,
        licence_id,
        actor=actor,
        for_change=for_change,
        along=("licensee", "declaration__owner", "declaration__patent", "declaration__alliance"),
    )


def is_over(licence: OpenLicence, day: date) -> bool:
    """Say whether a licence's last day has passed, or its patent is no longer in force."""
    last = last_day(licence)
    return last is not None and last < day


def owes(licence: OpenLicence) -> bool:
    """Say whether something may be owed: not where no licence came of the notice, nor while its entry is contested."""
    if licence.state == OpenLicenceState.ENDED:
        return licence.in_force_from is not None
    return licence.state in OWING_STATES


def undecided_payments(licence: OpenLicence | OuterRef) -> QuerySet[OpenPayment]:
    """Return the payments under a licence, or under each of a query, that its owner neither confirmed nor contested."""
    return OpenPayment.objects.filter(licence=licence, received_on=None, contested_on=None)


def has_acted_on(licence: OpenLicence) -> bool:
    """Say whether a licensee paid or stated something under a licence, or said that its notice is its own."""
    return licence.acknowledged_on is not None or licence.payments.exists() or licence.statements.exists()


def last_day(licence: OpenLicence) -> date | None:
    """Return the last day of a licence: its own, or the patent's where that comes first; None: open."""
    ended = licence.declaration.patent.ends_on
    days = [licence.ends_on, None if ended is None else ended - timedelta(days=1)]
    return min((day for day in days if day is not None), default=None)


@dataclass(frozen=True, slots=True)
class Due:
    """What a licensee owes by a day, what it advised and what the owner received, in minor units."""

    period: Period | None
    """The period it is for; None: the sum after the notice."""
    due_on: date
    amount_minor: int | None
    """None: not stated yet."""
    advised_minor: int
    received_minor: int
    statement: OpenStatement | None = None

    @property
    def standing(self) -> str:
        """Say how far it is settled: `to_state`, `open`, `advised` or `received`."""
        if self.amount_minor is None:
            return "to_state"
        if self.received_minor >= self.amount_minor:
            return "received"
        return "advised" if self.advised_minor >= self.amount_minor else "open"


def dues(licence: OpenLicence, *, actor: Actor) -> list[Due]:
    """Return what is due under a licence up to today: the sum after the notice, then each period that is over."""
    return dues_of([licence], actor=actor)[licence.pk]


def dues_of(licences: Collection[OpenLicence], *, actor: Actor) -> dict[UUID, list[Due]]:
    """Return what is due under each of some licences up to today, in two queries however many."""
    paid = _paid(licences)
    current = {(row.licence_id, row.period_from): row for row in _current_statements(licences)}
    return {
        licence.pk: _dues(licence, today(actor.clock, licence.declaration.alliance.zone), paid, current)
        for licence in licences
    }


def _dues(
    licence: OpenLicence,
    day: date,
    paid: Mapping[tuple[UUID, date | None], tuple[int, int]],
    current: Mapping[tuple[UUID, date], OpenStatement],
) -> list[Due]:
    found = []
    if licence.sum_minor is not None and licence.sum_due_on is not None and owes(licence):
        advised, received = paid.get((licence.pk, None), (0, 0))
        found.append(Due(None, licence.sum_due_on, licence.sum_minor, advised, received))
    within = licence.declaration.pays_within_days or 0
    for period in periods_over(licence, day):
        statement = current.get((licence.pk, period.first))
        advised, received = paid.get((licence.pk, period.first), (0, 0))
        found.append(
            Due(
                period,
                statement.due_on if statement else period.last + timedelta(days=within),
                statement.royalty_minor if statement else None,
                advised,
                received,
                statement,
            )
        )
    return found


COUNTED: Final = Q(contested_on=None) | Q(received_on__isnull=False)
"""Which payments count: what was contested and then received was received."""


def _paid(licences: Collection[OpenLicence]) -> dict[tuple[UUID, date | None], tuple[int, int]]:
    """Return what was advised and not contested, and what was received, by licence and period (None: the sum)."""
    rows = (
        OpenPayment.objects.filter(COUNTED, licence__in=[licence.pk for licence in licences])
        .order_by()
        .values("licence", "period_from")
        .annotate(advised=Sum("amount_minor"), received=Sum("amount_minor", filter=Q(received_on__isnull=False)))
    )
    return {(row["licence"], row["period_from"]): (row["advised"], row["received"] or 0) for row in rows}


def current_statements(licence: OpenLicence) -> Sequence[OpenStatement]:
    """Return the statements that no later one replaces."""
    return list(_current_statements([licence]))


def _current_statements(licences: Collection[OpenLicence]) -> QuerySet[OpenStatement]:
    replaced = OpenStatement.objects.filter(replaces=OuterRef("pk"))
    rows = OpenStatement.objects.filter(~Exists(replaced), licence__in=[licence.pk for licence in licences])
    return rows.order_by("licence", "period_from")


def periods_over(licence: OpenLicence, day: date) -> list[Period]:
    """Return the periods of a licence that are over before a day; none without a running rate, or before it begins."""
    months = licence.declaration.period_months
    if (
        licence.declaration.scheme not in RUNNING_SCHEMES
        or licence.in_force_from is None
        or months is None
        or licence.state not in (OpenLicenceState.IN_FORCE, OpenLicenceState.ENDED)
    ):
        return []
    last = last_day(licence)
    return [
        period
        for period in periods(months, licence.in_force_from, max(licence.in_force_from, last or day))
        if period.last < day
    ]


OWING_STATES = (OpenLicenceState.NOTICED, OpenLicenceState.IN_FORCE, OpenLicenceState.ENDED)
"""States in which a licensee may owe something: see `owes`."""
RECORDED_STATES = (OpenLicenceState.IN_FORCE, OpenLicenceState.ENDED)
"""States in which a recordal is filed; what is void has none."""
_LICENCE_STEPS = {
    "give": GIVE_OPEN_NOTICE,
    "cancel": PREPARE_OPEN_NOTICE,
    "end": END_OPEN_LICENCE,
    "lapse": LAPSE_OPEN_NOTICE,
    "contest entry": CONTEST_OPEN_NOTICE,
    "show evidence": SETTLE_OPEN_ENTRY,
    "withdraw entry": SETTLE_OPEN_ENTRY,
    "acknowledge": ACKNOWLEDGE_OPEN_NOTICE,
}


def licence_steps(licence: OpenLicence, *, actor: Actor) -> list[str]:
    """Return what the actor may do with a licence as it stands."""
    state = OpenLicenceState(licence.state)
    day = today(actor.clock, licence.declaration.alliance.zone)
    found = [
        step
        for step in OPEN_LICENCE_LIFECYCLE.allowed(state)
        if step in _LICENCE_STEPS and can(actor, _LICENCE_STEPS[step], licence) and _is_time(licence, step, day)
    ]
    if owes(licence) and can(actor, STATE_OPEN_ROYALTIES, licence):
        found += ["state"] if periods_over(licence, day) else []
        found.append("advise payment")
    if state in GIVEN_STATES and can(actor, CONFIRM_OPEN_PAYMENT, licence):
        found.append("confirm payment")
    if (
        state in RECORDED_STATES
        and licence.recordal_due_on is not None
        and licence.recordal_result != RecordalResult.RECORDED
        and can(actor, RECORD_OPEN_RECORDAL, licence)
    ):
        found.append("record recordal")
    return found


def _is_time(licence: OpenLicence, step: str, day: date) -> bool:
    """Say whether a step that the state of a licence allows is one of its day and of what became of it."""
    match step:
        case "end":
            return not is_over(licence, day)
        case "lapse":
            is_late = licence.sum_due_on is not None and licence.sum_due_on < day
            return is_late and not undecided_payments(licence).exists()
        case "contest entry":
            return licence.from_paper and not has_acted_on(licence)
        case _:
            return True


def openly_licensed_on(patent_ids: Collection[UUID], day: date, *, declared_by: UUID | None = None) -> dict[UUID, date]:
    """Return of which patents the office knows an open licence to be practised on a day, and since when.

    `declared_by` asks for one owner's declarations alone: when a licence was recorded is nobody else's business.
    It knows once the recordal is on record: a fee that is reduced before that would be short, and count as unpaid.
    """
    rows = OpenLicence.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day),
        declaration__patent__in=patent_ids,
        state__in=(OpenLicenceState.IN_FORCE, OpenLicenceState.ENDED),
        recordal_result=RecordalResult.RECORDED,
        recordal_result_on__lte=day,
    )
    if declared_by is not None:
        rows = rows.filter(declaration__owner=declared_by)
    days = rows.order_by("-recordal_result_on").values_list("declaration__patent", "recordal_result_on")
    # The first of those in force comes last, and stays.
    return {patent: since for patent, since in days if since is not None}


def patents_with_open_licence(patent_ids: Collection[UUID]) -> set[UUID]:
    """Return those patents of which a declaration is filed or announced."""
    rows = OpenDeclaration.objects.filter(patent__in=patent_ids, state__in=STANDING_STATES)
    return set(rows.values_list("patent", flat=True))
