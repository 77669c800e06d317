"""Opening programmes, and drafting and publishing their terms."""

from datetime import date
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from licensing.engine.model import Terms
from licensing.engine.terms import TermsError, load_document, validate_terms
from licensing.terms.calculation import as_kept, for_period, unkept_places
from licensing.terms.events import terms_to_publish
from licensing.terms.lifecycle import PROGRAMME_LIFECYCLE, TERMS_LIFECYCLE
from licensing.terms.models import Programme, ProgrammeState, TermsState, TermsVersion
from licensing.terms.policies import DRAFT_TERMS, EDIT_PROGRAMME, EDIT_TERMS, OPEN_PROGRAMME, PUBLISH_TERMS, READ_TERMS
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.identity.models import OperatingEntity
from platform_core.identity.role_plan import Place, require_whole_plan
from platform_core.problems import Conflict, FieldError, InvalidInput, Problem, invalid
from platform_core.realtime.services import announce
from pools.composition.models import Pool
from pools.composition.policies import PUBLIC_STATES

_EVENTS = {
    "launch": "programme.launched",
    "begin closing": "programme.closing_started",
    "close": "programme.closed",
}


MOST_REPORT_DAYS: Final = 180
"""So many days after a quarter its sales are to be reported at the latest."""


MOST_CHARACTERS: Final = 400_000
"""So long a document of terms is at most; those that are in use have some thousand characters."""


class ProgrammeEdits(TypedDict, total=False):
    """What may be changed of a programme."""

    name: str
    report_days: int


class TermsEdits(TypedDict, total=False):
    """What may be changed of a draft of terms."""

    in_force_from: date
    document: str


@transaction.atomic
def open_programme(
    *, actor: Actor, pool_id: UUID, operating_entity_id: UUID, code: str, name: str, currency: str
) -> Programme:
    """Open a programme that offers a pool's patents, contracted and billed by one operating entity."""
    programme = _create(actor, pool_id, operating_entity_id, code, name, currency, ProgrammeState.DRAFT)
    record_event(
        "programme.opened",
        actor=actor,
        subject=programme,
        changes={"code": (None, code), "currency": (None, currency), "operating_entity": (None, operating_entity_id)},
    )
    return programme


@transaction.atomic
def take_over_programme(
    *, actor: Actor, pool_id: UUID, operating_entity_id: UUID, code: str, name: str, currency: str
) -> Programme:
    """Put a programme on record that was launched elsewhere and already runs.

    That is a fact, so nothing is asked of the people who are here: they come once it is on record.
    """
    programme = _create(actor, pool_id, operating_entity_id, code, name, currency, ProgrammeState.LAUNCHED)
    record_event(
        "programme.taken_over",
        actor=actor,
        subject=programme,
        changes={"code": (None, code), "currency": (None, currency), "operating_entity": (None, operating_entity_id)},
    )
    return programme


@transaction.atomic
def edit_programme(*, actor: Actor, programme_id: UUID, **edits: Unpack[ProgrammeEdits]) -> Programme:
    """Change a programme's name, or until how many days after a quarter its sales are to be reported."""
    programme = get_visible(Programme, programme_id, actor=actor, for_change=True)
    require(actor, EDIT_PROGRAMME, programme)
    checks = Checks()
    if "name" in edits:
        checks.text("name", edits["name"], longest=500)
    if not 1 <= edits.get("report_days", 1) <= MOST_REPORT_DAYS:
        checks.wrong("report_days", "out_of_range", f"Name 1 to {MOST_REPORT_DAYS} days.")
    checks.refuse()
    changes = apply_edits(programme, edits)
    if changes:
        programme.save(update_fields=list(changes))
        record_event("programme.edited", actor=actor, subject=programme, changes=changes)
        announce(programme)
    return programme


@transaction.atomic
def take_programme_step(*, actor: Actor, programme_id: UUID, step: str) -> Programme:
    """Take a programme's next step; it launches only with published terms and a launched pool.

    Where its operating entity has not two independent people for each decision that takes two, it does not launch:
    licensees would report what nobody may close.
    """
    programme = get_visible(Programme, programme_id, actor=actor, for_change=True)
    require(actor, EDIT_PROGRAMME, programme)
    if step not in PROGRAMME_LIFECYCLE.steps:
        raise invalid("/step", "unknown_step", f"A programme has these steps: {', '.join(PROGRAMME_LIFECYCLE)}.")
    after = PROGRAMME_LIFECYCLE.after(step, current=ProgrammeState(programme.state))
    if step == "launch":
        if programme.pool.state not in PUBLIC_STATES:
            raise Conflict("The programme's pool has not been launched. Launch the pool first.")
        if not TermsVersion.objects.filter(programme=programme, state=TermsState.PUBLISHED).exists():
            raise Conflict("The programme has no published terms. Publish a version first.")
        require_whole_plan(Place(programme.alliance_id, programme.operating_entity), clock=actor.clock)
    before, programme.state = programme.state, after
    programme.save(update_fields=["state"])
    record_event(_EVENTS[step], actor=actor, subject=programme, changes={"state": (before, after)})
    announce(programme)
    return programme


@transaction.atomic
def draft_terms(*, actor: Actor, programme_id: UUID, in_force_from: date, document: str) -> TermsVersion:
    """Draft the next version of a programme's terms from a TOML document, checked by the engine's own rules."""
    programme = get_visible(Programme, programme_id, actor=actor, for_change=True)
    require(actor, DRAFT_TERMS, programme)
    content = read_terms(programme, document, in_force_from)
    highest = TermsVersion.objects.filter(programme=programme).aggregate(highest=Max("number"))["highest"] or 0
    version = TermsVersion.objects.create(
        programme=programme,
        number=highest + 1,
        in_force_from=in_force_from,
        document=document,
        content=content,
    )
    record_event(
        "terms_version.drafted",
        actor=actor,
        subject=version,
        changes={"number": (None, version.number), "in_force_from": (None, in_force_from)},
    )
    return version


@transaction.atomic
def edit_terms(*, actor: Actor, terms_version_id: UUID, **edits: Unpack[TermsEdits]) -> TermsVersion:
    """Change a draft of terms: its document, or the day from which it is to be in force."""
    version = get_visible(TermsVersion, terms_version_id, actor=actor, for_change=True)
    require(actor, EDIT_TERMS, version)
    # Whatever may still be published may still be changed.
    TERMS_LIFECYCLE.after("publish", current=TermsState(version.state))
    changes = apply_edits(version, edits)
    if changes:
        version.content = read_terms(version.programme, version.document, version.in_force_from)
        version.save(update_fields=[*changes, "content"])
        record_event("terms_version.edited", actor=actor, subject=version, changes=changes)
        announce(version)
    return version


@transaction.atomic
def publish_terms(*, actor: Actor, terms_version_id: UUID) -> TermsVersion:
    """Publish a draft of terms; from then on nobody changes it. Upper rooms refuse what breaks a promise of theirs."""
    hold_prices(get_visible(TermsVersion, terms_version_id, actor=actor).programme_id)
    version = get_visible(TermsVersion, terms_version_id, actor=actor, for_change=True)
    require(actor, PUBLISH_TERMS, version)
    before, version.state = version.state, TERMS_LIFECYCLE.after("publish", current=TermsState(version.state))
    version.published_at = actor.clock.now()
    terms_to_publish.tell(actor, version)
    with told_as(_PROBLEMS):
        version.save(update_fields=["state", "published_at"])
    record_event("terms_version.published", actor=actor, subject=version, changes={"state": (before, version.state)})
    announce(version, to=READ_TERMS)
    announce(version.programme, part=version, to=READ_TERMS)
    return version


@transaction.atomic
def withdraw_terms(*, actor: Actor, terms_version_id: UUID) -> TermsVersion:
    """Withdraw a draft of terms that is not to be published."""
    version = get_visible(TermsVersion, terms_version_id, actor=actor, for_change=True)
    require(actor, EDIT_TERMS, version)
    before, version.state = version.state, TERMS_LIFECYCLE.after("withdraw", current=TermsState(version.state))
    version.save(update_fields=["state"])
    record_event("terms_version.withdrawn", actor=actor, subject=version, changes={"state": (before, version.state)})
    announce(version)
    return version


def hold_prices(programme_id: UUID) -> None:
    """Hold what decides prices in a programme until the transaction ends: publications, and signatures of licences."""
    Programme.objects.select_for_update(no_key=True).get(pk=programme_id)


def read_terms(programme: Programme, document: str, in_force_from: date) -> dict[str, Any]:
    """Read a document of terms as plain tables, or refuse it with every mistake by its path.

    It may leave out the programme's id, currency and period, which a close fills in; another currency is refused.
    """
    try:
        content, _typed = checked_terms(programme, document, in_force_from)
    except TermsError as error:
        raise InvalidInput(
            "The terms have mistakes.",
            errors=[FieldError("/document", problem.code, str(problem)) for problem in error.problems],
        ) from error
    kept: dict[str, Any] = as_kept(content)
    return kept


def checked_terms(programme: Programme, document: str, in_force_from: date) -> tuple[dict[str, Any], Terms]:
    """Return a document as plain tables and as the engine reads it. Raises TermsError with every mistake."""
    if len(document) > MOST_CHARACTERS:
        raise invalid("/document", "too_long", f"Terms have {MOST_CHARACTERS} characters at most.")
    content = load_document(document)
    if unkept := unkept_places(content):
        raise invalid("/document", "unkept_character", f"{unkept[0]}: must not have a character of number 0")
    head = content.get("programme", {})
    if not isinstance(head, dict):
        return content, validate_terms(content)
    currency = head.get("currency", programme.currency)
    if currency != programme.currency:
        raise invalid(
            "/document",
            "other_currency",
            f"programme.currency: the programme is settled in {programme.currency}, not in {currency}.",
        )
    some_period = head.get("period", f"{in_force_from.year:04d}")
    some_id = head.get("id", programme.code)
    return content, validate_terms(for_period(content, programme=some_id, currency=currency, period=some_period))


def _create(
    actor: Actor,
    pool_id: UUID,
    operating_entity_id: UUID,
    code: str,
    name: str,
    currency: str,
    state: ProgrammeState,
) -> Programme:
    pool = get_visible(Pool, pool_id, actor=actor)
    require(actor, OPEN_PROGRAMME, pool)
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    checks = Checks()
    checks.text("code", code)
    checks.text("name", name, longest=500)
    checks.currency("currency", currency)
    if entity.alliance_id != pool.alliance_id:
        checks.wrong("operating_entity", "other_alliance", "Choose an operating entity of the pool's own alliance.")
    checks.refuse()
    with told_as(_PROBLEMS):
        return Programme.objects.create(
            alliance_id=pool.alliance_id,
            pool=pool,
            operating_entity=entity,
            code=code,
            name=name,
            currency=currency,
            state=state,
        )


_PROBLEMS: dict[str, Problem] = {
    "programme_code_once_in_alliance": Conflict("Another programme of the alliance has this code. Choose another."),
    "terms_one_published_from_a_day": Conflict(
        "Another version is published as in force from that day. Choose a later day."
    ),
}
