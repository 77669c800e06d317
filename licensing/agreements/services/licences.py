"""Making licences, and changing what is not signed yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from licensing.agreements.calculation import is_own_enterprise
from licensing.agreements.events import licence_step_asked
from licensing.agreements.models import BINDING_STATES, Licence, LicenceState, Standing
from licensing.agreements.policies import DRAFT_LICENCE, EDIT_LICENCE
from licensing.agreements.selectors import names_group
from licensing.agreements.services.prices import require_price_that_can_be_kept, require_rise_within_ceiling
from licensing.terms.models import Programme, TermsState, TermsVersion
from licensing.terms.services import hold_prices
from platform_core.access.actors import Actor
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
    version = published_version(programme, terms_version_id)
    require_visible(actor, Organisation, {licence.licensee_id for licence in licences})
    wanted = []
    for licence in licences:
        if licence.signed_on is not None:
            require_signed_by_today(actor=actor, programme=programme, signed_on=licence.signed_on)
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
    licence = licence_to_change(actor=actor, licence_id=licence_id)
    if licence.state not in (LicenceState.DRAFT, LicenceState.SENT):
        raise WrongState(
            "A signed licence is not edited. Record a change from a month on instead.", current=licence.state
        )
    if "enterprise" in edits:
        edits["enterprise"] = _group(licence.programme_id, licence.licensee, edits["enterprise"])
    changes = apply_edits(licence, edits)
    checks = Checks()
    _check(checks, licence.code, licence.enterprise, licence.option, licence.starts_on, licence.ends_on)
    check_ceiling(checks, licence.renewal_ceiling_percent)
    checks.refuse()
    if changes:
        licence.save(update_fields=list(changes))
        record_event("licence.edited", actor=actor, subject=licence, changes=changes)
        announce(licence)
    return licence


def licence_to_change(*, actor: Actor, licence_id: UUID, course_id: UUID | None = None) -> Licence:
    """Fetch a licence for a step or an edit, once nobody stands in its way; `course_id` as of the steps."""
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme"])
    require(actor, EDIT_LICENCE, licence)
    licence_step_asked.tell(actor, licence, course_id)
    return licence


def published_version(programme: Programme, terms_version_id: UUID) -> TermsVersion:
    """Return a published version of a programme's terms, or raise NotFound."""
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
        check_ceiling(checks, licence.renewal_ceiling_percent)
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


def require_signed_by_today(*, actor: Actor, programme: Programme, signed_on: date) -> None:
    """Refuse a day of signature that is still to come."""
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


def check_ceiling(checks: Checks, percent: Decimal | None) -> None:
    """Note a ceiling that is no percentage."""
    if percent is not None and not 0 <= percent <= 100:
        checks.wrong("renewal_ceiling_percent", "no_percentage", "Give a percentage from 0 to 100, or leave it out.")


_PROBLEMS: dict[str, Problem] = {
    "licence_renewed_once": Conflict("This licence is renewed already. Cancel that renewal first."),
    "licence_code_once_in_programme": Conflict("Another licence of the programme has this code. Choose another."),
}
