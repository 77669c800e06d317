"""Making a licence and taking it from draft to force to its end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from licensing.agreements.calculation import is_own_enterprise
from licensing.agreements.events import licence_step_asked
from licensing.agreements.lifecycle import LICENCE_LIFECYCLE
from licensing.agreements.models import BINDING_STATES, KEPT_STATES, PARTY_STATES, Licence, LicenceState, Standing
from licensing.agreements.policies import DRAFT_LICENCE, EDIT_LICENCE, GIVE_UP_PRICE, READ_LICENCE, READ_LICENCE_DATES
from licensing.agreements.selectors import names_group
from licensing.agreements.services.prices import require_price_that_can_be_kept, require_rise_within_ceiling
from licensing.terms.models import Programme, TermsState, TermsVersion
from licensing.terms.selectors import terms_in_force
from licensing.terms.services import hold_prices
from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.access.kernel import get_visible, require, require_visible
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.clock import today
from platform_core.conflicts.limits import tell_those_apart
from platform_core.identity.models import Organisation
from platform_core.problems import Conflict, NotFound, Problem, WrongState, invalid
from platform_core.realtime.services import announce

_BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLicence:
    """A licence to make; `ends_on` is its last day, a blank enterprise means the licensee by itself."""

    code: str
    licensee_id: UUID
    enterprise: str = ""
    signed_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    standing: Standing = Standing.STANDARD
    option: str = ""
    price_locked: bool = False
    renewal_ceiling_percent: Decimal | None = None
    renews_id: UUID | None = None


class LicenceEdits(TypedDict, total=False):
    """What may be changed of a licence before it is signed."""

    enterprise: str
    starts_on: date | None
    ends_on: date | None
    standing: Standing
    option: str
    price_locked: bool
    renewal_ceiling_percent: Decimal | None


@transaction.atomic
def draft_licence(*, actor: Actor, programme_id: UUID, licence: NewLicence) -> Licence:
    """Draft a licence for a licensee; a date of signature is recorded when it is signed."""
    programme = get_visible(Programme, programme_id, actor=actor, for_change=True)
    require(actor, DRAFT_LICENCE, programme)
    licensee = get_visible(Organisation, licence.licensee_id, actor=actor)
    if licence.signed_on is not None:
        raise invalid("/signed_on", "not_signed_yet", "Leave the date of signature out until the licence is signed.")
    if licence.renews_id is not None:
        licence = _with_ceiling_of(licence, _renewable(actor, programme, licence.renews_id, licensee.pk))
    group = _group(programme.pk, licensee, licence.enterprise)
    [drafted] = _create(programme, [replace(licence, enterprise=group)], state=LicenceState.DRAFT, terms_version=None)
    record_event(
        "licence.drafted",
        actor=actor,
        subject=drafted,
        changes={
            "code": (None, licence.code),
            "licensee": (None, licence.licensee_id),
            **({"price_locked": (None, True)} if drafted.price_locked else {}),
            **({"renews": (None, drafted.renews)} if drafted.renews else {}),
        },
    )
    return drafted


@transaction.atomic
def take_over_licences(
    *, actor: Actor, programme_id: UUID, terms_version_id: UUID, licences: Sequence[NewLicence]
) -> list[Licence]:
    """Put many licences on record that were signed elsewhere and already run, all or none."""
    hold_prices(get_visible(Programme, programme_id, actor=actor).pk)
    programme = get_visible(Programme, programme_id, actor=actor, for_change=True)
    require(actor, DRAFT_LICENCE, programme)
    version = _published(programme, terms_version_id)
    require_visible(actor, Organisation, {licence.licensee_id for licence in licences})
    wanted = []
    for licence in licences:
        if licence.signed_on is not None:
            _require_signed_by_today(actor, programme, licence.signed_on)
        if licence.renews_id is not None:
            earlier = _renewable(actor, programme, licence.renews_id, licence.licensee_id)
            licence = _with_ceiling_of(licence, earlier)
        wanted.append(licence)
    taken = _create(programme, wanted, state=LicenceState.IN_FORCE, terms_version=version)
    for one in taken:
        require_price_that_can_be_kept(one, version)
        require_rise_within_ceiling(one, version, one.signed_on)
    record_event(
        "programme.licences_taken_over",
        actor=actor,
        subject=programme,
        changes={"licences": (None, [licence.code for licence in licences])},
    )
    tell_those_apart(programme.alliance_id)
    return taken


@transaction.atomic
def edit_licence(*, actor: Actor, licence_id: UUID, **edits: Unpack[LicenceEdits]) -> Licence:
    """Change a licence that is not signed yet; later changes are recorded with the month they hold from."""
    licence = _licence(actor, licence_id)
    if licence.state not in (LicenceState.DRAFT, LicenceState.SENT):
        raise WrongState(
            "A signed licence is not edited. Record a change from a month on instead.", current=licence.state
        )
    if "enterprise" in edits:
        edits["enterprise"] = _group(licence.programme_id, licence.licensee, edits["enterprise"])
    changes = apply_edits(licence, edits)
    checks = Checks()
    _check(checks, licence.code, licence.enterprise, licence.option, licence.starts_on, licence.ends_on)
    _check_ceiling(checks, licence.renewal_ceiling_percent)
    checks.refuse()
    if changes:
        licence.save(update_fields=list(changes))
        record_event("licence.edited", actor=actor, subject=licence, changes=changes)
        announce(licence)
    return licence


@transaction.atomic
def send_licence(*, actor: Actor, licence_id: UUID) -> Licence:
    """Send a drafted licence to the licensee for signature."""
    return _step(actor, _licence(actor, licence_id), "send", "licence.sent")


@transaction.atomic
def sign_licence(
    *,
    actor: Actor,
    licence_id: UUID,
    signed_on: date,
    terms_version_id: UUID | None = None,
    course_id: UUID | None = None,
) -> Licence:
    """Record the licensee's signature and the terms signed: those in force that day, unless others are named.

    `course_id` is the record in whose course it is signed, where only that may.
    """
    hold_prices(get_visible(Licence, licence_id, actor=actor).programme_id)
    licence = _licence(actor, licence_id, course_id)
    _require_signed_by_today(actor, licence.programme, signed_on)
    version = (
        terms_in_force(licence.programme_id, signed_on)
        if terms_version_id is None
        else _published(licence.programme, terms_version_id)
    )
    if version is None:
        raise Conflict(f"No terms of the programme were in force on {signed_on}. Publish them, or name a version.")
    signed = _step(actor, licence, "sign", "licence.signed", signed_on=signed_on, terms_version_id=version.pk)
    require_price_that_can_be_kept(signed, version)
    require_rise_within_ceiling(signed, version, signed_on)
    return signed


@transaction.atomic
def agree_on_price(
    *, actor: Actor, licence_id: UUID, price_locked: bool, renewal_ceiling_percent: Decimal | None = None
) -> Licence:
    """Record what is agreed about the price of a licence that is signed: whether it is kept, and how far it may rise.

    A price is kept only where no version that is published bills the licence otherwise. What a licensee was promised
    only the licensee gives up: whoever publishes terms could else take the promise away first.
    """
    hold_prices(get_visible(Licence, licence_id, actor=actor).programme_id)
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme"])
    # Which of the permissions is lacking tells what was agreed, so that it is said to its readers alone.
    require(actor, READ_LICENCE, licence)
    given_up = (licence.price_locked and not price_locked) or _is_above(
        renewal_ceiling_percent, licence.renewal_ceiling_percent
    )
    promised = (price_locked and not licence.price_locked) or _is_above(
        licence.renewal_ceiling_percent, renewal_ceiling_percent
    )
    if given_up:
        require(actor, GIVE_UP_PRICE, licence)
    if promised or not given_up:
        require(actor, EDIT_LICENCE, licence)
    if licence.state not in KEPT_STATES or licence.terms_version is None:
        raise WrongState("The licence is not signed yet. Edit it instead.", current=licence.state)
    checks = Checks()
    _check_ceiling(checks, renewal_ceiling_percent)
    checks.refuse()
    changes = apply_edits(licence, {"price_locked": price_locked, "renewal_ceiling_percent": renewal_ceiling_percent})
    require_price_that_can_be_kept(licence, licence.terms_version)
    if changes:
        licence.save(update_fields=list(changes))
        record_event("licence.price_agreed", actor=actor, subject=licence, changes=changes)
        announce(licence)
    return licence


@transaction.atomic
def countersign_licence(
    *, actor: Actor, licence_id: UUID, starts_on: date | None = None, course_id: UUID | None = None
) -> Licence:
    """Countersign a signed licence, which puts it in force from its first day."""
    # The first day decides by which rates a ceiling is measured: no terms are published meanwhile.
    hold_prices(get_visible(Licence, licence_id, actor=actor).programme_id)
    licence = _licence(actor, licence_id, course_id)
    if starts_on is None:
        return _step(actor, licence, "countersign", "licence.countersigned")
    done = _step(actor, licence, "countersign", "licence.countersigned", starts_on=starts_on)
    # From another day on other rates may hold than those the ceiling was checked with when it was signed.
    if done.terms_version is not None and done.signed_on is not None:
        require_rise_within_ceiling(done, done.terms_version, done.signed_on)
    return done


@transaction.atomic
def suspend_licence(*, actor: Actor, licence_id: UUID, course_id: UUID | None = None) -> Licence:
    """Suspend a licence; reports and royalties go on.

    `course_id` is the breach it is suspended for, whose notice was given and whose days are over: nobody suspends a
    licence for no reason that is on record. Lifting a suspension takes one person.
    """
    if course_id is None and actor.work != COMMAND_LINE:
        raise Conflict("A licence is suspended for a breach: give notice of one first.")
    return _step(actor, _licence(actor, licence_id, course_id), "suspend", "licence.suspended")


@transaction.atomic
def resume_licence(*, actor: Actor, licence_id: UUID, course_id: UUID | None = None) -> Licence:
    """Put a suspended licence in force again."""
    return _step(actor, _licence(actor, licence_id, course_id), "resume", "licence.resumed")


@transaction.atomic
def expire_licence(*, actor: Actor, licence_id: UUID) -> Licence:
    """Record that a licence's last day has passed."""
    licence = _licence(actor, licence_id)
    if licence.ends_on is None or licence.ends_on >= today(actor.clock, licence.programme.alliance.zone):
        raise Conflict("The licence's last day has not passed. Terminate it to end it earlier.")
    return _step(actor, licence, "expire", "licence.expired")


@transaction.atomic
def plan_end_of_licence(
    *, actor: Actor, licence_id: UUID, last_day: date, ends_on: date, course_id: UUID | None = None
) -> Licence:
    """Record with which day a licence is ended before its time, and until when stock is sold off, reported and paid.

    `course_id` is the decision of two people that says so: nobody ends a licence alone.
    """
    licence = _licence(actor, licence_id, _by_two(actor, course_id))
    if licence.state not in (LicenceState.IN_FORCE, LicenceState.SUSPENDED):
        raise WrongState("Only a licence in force, or a suspended one, is ended.", current=licence.state)
    was_party = _is_party(actor, licence)
    changes = apply_edits(licence, {"terminated_on": last_day, "ends_on": ends_on})
    checks = Checks()
    checks.days("ends_on", licence.starts_on, licence.terminated_on, same_allowed=True)
    checks.refuse()
    licence.save(update_fields=list(changes))
    record_event("licence.end_planned", actor=actor, subject=licence, changes=changes)
    announce(licence)
    announce(licence, to=READ_LICENCE_DATES)
    if was_party != _is_party(actor, licence):
        tell_those_apart(licence.programme.alliance_id)
    return licence


@transaction.atomic
def terminate_licence(
    *, actor: Actor, licence_id: UUID, ends_on: date | None = None, course_id: UUID | None = None
) -> Licence:
    """End a licence with the day that was planned, or with `ends_on`; past sums stay due.

    `course_id` is the decision of two people that says so: nobody ends a licence alone.
    """
    licence = _licence(actor, licence_id, _by_two(actor, course_id))
    if ends_on is None:
        return _step(actor, licence, "terminate", "licence.terminated")
    if licence.ends_on is not None and licence.ends_on < ends_on:
        raise invalid("/ends_on", "too_late", f"The licence ends on {licence.ends_on} already.")
    return _step(actor, licence, "terminate", "licence.terminated", ends_on=ends_on)


def _by_two(actor: Actor, course_id: UUID | None) -> UUID | None:
    if course_id is None and actor.work != COMMAND_LINE:
        raise Conflict("A licence is ended by two people: propose its end.")
    return course_id


@transaction.atomic
def cancel_licence(*, actor: Actor, licence_id: UUID, course_id: UUID | None = None) -> Licence:
    """Give up a licence that never came into force."""
    return _step(actor, _licence(actor, licence_id, course_id), "cancel", "licence.cancelled")


def _licence(actor: Actor, licence_id: UUID, course_id: UUID | None = None) -> Licence:
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme"])
    require(actor, EDIT_LICENCE, licence)
    licence_step_asked.tell(actor, licence, course_id)
    return licence


def _step(actor: Actor, licence: Licence, step: str, event: str, **given: object) -> Licence:
    before, was_party = LicenceState(licence.state), _is_party(actor, licence)
    after = LICENCE_LIFECYCLE.after(step, current=before)
    changes = apply_edits(licence, {"state": after, **given})
    checks = Checks()
    checks.days("ends_on", licence.starts_on, licence.ends_on, same_allowed=True)
    checks.refuse()
    licence.save(update_fields=[column.removesuffix("_id") for column in changes])
    record_event(event, actor=actor, subject=licence, changes=changes)
    announce(licence)
    if {"starts_on", "ends_on"} & set(changes):
        announce(licence, to=READ_LICENCE_DATES)
    # From whom the office stands apart changes only where the licensee becomes a party, or is one no longer.
    if was_party != _is_party(actor, licence):
        tell_those_apart(licence.programme.alliance_id)
    return licence


def _is_party(actor: Actor, licence: Licence) -> bool:
    """Say whether the office stands apart from its licensee today."""
    ends_on = licence.ends_on
    return licence.state in PARTY_STATES and (
        ends_on is None or ends_on >= today(actor.clock, licence.programme.alliance.zone)
    )


def _published(programme: Programme, terms_version_id: UUID) -> TermsVersion:
    version = TermsVersion.objects.filter(pk=terms_version_id, programme=programme, state=TermsState.PUBLISHED).first()
    if version is None:
        raise NotFound("There is no such published version of this programme's terms.")
    return version


def _create(
    programme: Programme, licences: Sequence[NewLicence], *, state: LicenceState, terms_version: TermsVersion | None
) -> list[Licence]:
    checks = Checks()
    for licence in licences:
        _check(checks, licence.code, licence.enterprise, licence.option, licence.starts_on, licence.ends_on)
        _check_ceiling(checks, licence.renewal_ceiling_percent)
    checks.refuse()
    _refuse_namesakes(programme, licences)
    with told_as(_PROBLEMS):
        return Licence.objects.bulk_create(
            (
                Licence(
                    programme=programme,
                    terms_version=terms_version,
                    licensee_id=licence.licensee_id,
                    code=licence.code,
                    enterprise=licence.enterprise,
                    signed_on=licence.signed_on,
                    starts_on=licence.starts_on,
                    ends_on=licence.ends_on,
                    standing=licence.standing,
                    option=licence.option,
                    state=state,
                    price_locked=licence.price_locked,
                    renewal_ceiling_percent=licence.renewal_ceiling_percent,
                    renews_id=licence.renews_id,
                )
                for licence in licences
            ),
            batch_size=_BATCH,
        )


def _require_signed_by_today(actor: Actor, programme: Programme, signed_on: date) -> None:
    if signed_on > today(actor.clock, programme.alliance.zone):
        raise invalid("/signed_on", "in_the_future", "A licence is not signed on a day that is still to come.")


def _renewable(actor: Actor, programme: Programme, renews_id: UUID, licensee_id: UUID) -> Licence:
    earlier = get_visible(Licence, renews_id, actor=actor)
    require(actor, EDIT_LICENCE, earlier)
    is_theirs = (earlier.programme_id, earlier.licensee_id) == (programme.pk, licensee_id)
    if not is_theirs or earlier.state not in BINDING_STATES:
        raise invalid(
            "/renews_id",
            "not_renewable",
            "Name a licence of the same licensee and programme that is or was in force.",
        )
    return earlier


def _with_ceiling_of(licence: NewLicence, earlier: Licence) -> NewLicence:
    # A ceiling that held for one renewal only would be none after the second.
    if licence.renewal_ceiling_percent is not None:
        return licence
    return replace(licence, renewal_ceiling_percent=earlier.renewal_ceiling_percent)


def _group(programme_id: UUID, licensee: Organisation, enterprise: str) -> str:
    """Return the group that was meant: a licensee's own name stands for itself, unless others are in such a group."""
    if enterprise == str(licensee) and not names_group(programme_id, enterprise, besides=licensee.pk):
        return ""
    return enterprise


def _refuse_namesakes(programme: Programme, licences: Sequence[NewLicence]) -> None:
    # Bundles and invoices name a licensee by its name alone, so a new one shall be told apart from those present.
    wanted = Organisation.objects.filter(pk__in={licence.licensee_id for licence in licences})
    present = Organisation.objects.filter(licences__programme=programme).distinct()
    named: dict[str, set[UUID]] = {}
    for organisation in [*present, *wanted]:
        named.setdefault(str(organisation), set()).add(organisation.pk)
    for organisation in wanted:
        if len(named[str(organisation)]) > 1:
            raise Conflict(
                f"Two licensees of the programme would have the name “{organisation}”. Give one of them another name."
            )


def _check(
    checks: Checks, code: str, enterprise: str, option: str, starts_on: date | None, ends_on: date | None
) -> None:
    checks.text("code", code)
    checks.text("enterprise", enterprise, needed=False)
    if is_own_enterprise(enterprise):
        checks.wrong("enterprise", "no_group_name", "Leave the group blank for a licensee by itself.")
    checks.text("option", option, needed=False)
    checks.days("ends_on", starts_on, ends_on, same_allowed=True)


def _is_above(one: Decimal | None, other: Decimal | None) -> bool:
    """Whether one ceiling leaves more room than another; none leaves all."""
    return other is not None and (one is None or one > other)


def _check_ceiling(checks: Checks, percent: Decimal | None) -> None:
    if percent is not None and not 0 <= percent <= 100:
        checks.wrong("renewal_ceiling_percent", "no_percentage", "Give a percentage from 0 to 100, or leave it out.")


_PROBLEMS: dict[str, Problem] = {
    "licence_renewed_once": Conflict("This licence is renewed already. Cancel that renewal first."),
    "licence_code_once_in_programme": Conflict("Another licence of the programme has this code. Choose another."),
}
