"""Declaring ties, recording affiliations, and giving clean-team undertakings."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.access.registry import policies
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.conflicts.limits import lock_person, tell_person, tell_those_apart
from platform_core.conflicts.models import Affiliation, AffiliationKind, DeclaredTie, TieKind, Undertaking
from platform_core.conflicts.parties import ZONE
from platform_core.conflicts.policies import (
    CONFIRM_UNDERTAKING,
    DECLARE_TIE,
    END_AFFILIATION,
    END_DECLARED_TIE,
    END_UNDERTAKING,
    RECORD_AFFILIATION,
    RECORD_UNDERTAKING,
)
from platform_core.conflicts.selectors import get_undertaking
from platform_core.documents.models import Document
from platform_core.identity.models import Alliance, Organisation, Seat, User
from platform_core.problems import Conflict, NotAllowed, WrongState, invalid


@transaction.atomic
def record_affiliation(
    *, actor: Actor, first_id: UUID, second_id: UUID, kind: AffiliationKind, source: str, starts_on: date
) -> Affiliation:
    """Record that two organisations belong together; whoever is tied to the one is tied to the other from then on."""
    first = get_visible(Organisation, first_id, actor=actor)
    second = get_visible(Organisation, second_id, actor=actor)
    # Of both: whoever ties an organisation to others takes roles away from the people of each.
    require(actor, RECORD_AFFILIATION, first)
    require(actor, RECORD_AFFILIATION, second)
    checks = Checks()
    checks.text("source", source, longest=500)
    if first.pk == second.pk:
        checks.wrong("second_id", "same", "An organisation is not affiliated to itself.")
    checks.refuse()
    # In the order of their ids: whoever records the same pair the other way round waits, and finds it recorded.
    pair = Organisation.objects.select_for_update(no_key=True).filter(pk__in=[first.pk, second.pk])
    list(pair.order_by("pk").values_list("pk"))
    known = Conflict("This affiliation is recorded already.")
    if Affiliation.objects.filter(Q(ends_on=None) | Q(ends_on__gt=starts_on), first=second, second=first).exists():
        raise known
    with told_as({"affiliation_once_at_a_time": known}):
        affiliation = Affiliation.objects.create(
            first=first,
            second=second,
            kind=kind,
            source=source.strip(),
            starts_on=starts_on,
            recorded_at=actor.clock.now(),
            recorded_by_id=actor.user_id,
        )
    record_event(
        "affiliation.recorded", actor=actor, subject=affiliation, changes={"with": (first, second), "kind": ("", kind)}
    )
    tell_those_apart()
    return affiliation


@transaction.atomic
def end_affiliation(*, actor: Actor, affiliation_id: UUID) -> Affiliation:
    """Record that two organisations belong together no longer, from today."""
    affiliation = get_visible(Affiliation, affiliation_id, actor=actor, for_change=True)
    require(actor, END_AFFILIATION, affiliation)
    day = today(actor.clock, ZONE)
    if affiliation.ends_on is not None and affiliation.ends_on <= day:
        raise WrongState("This affiliation has ended already.")
    until, affiliation.ends_on = affiliation.ends_on, max(day, affiliation.starts_on)
    affiliation.save(update_fields=["ends_on"])
    record_event(
        "affiliation.ended", actor=actor, subject=affiliation, changes={"ends_on": (until, affiliation.ends_on)}
    )
    tell_those_apart()
    return affiliation


@transaction.atomic
def declare_personal_tie(
    *, actor: Actor, user_id: UUID, organisation_id: UUID, kind: TieKind, source: str, starts_on: date
) -> DeclaredTie:
    """Declare that a person is employed by, seconded from or otherwise tied to an organisation.

    From the day on it takes away, in every seat, the roles that nobody so tied holds without an undertaking.
    """
    person = get_visible(User, user_id, actor=actor)
    require(actor, DECLARE_TIE, person)
    organisation = get_visible(Organisation, organisation_id, actor=actor)
    checks = Checks()
    checks.text("source", source, longest=500)
    checks.refuse()
    lock_person(person.pk)
    tie = DeclaredTie.objects.create(
        user=person,
        organisation=organisation,
        kind=kind,
        source=source.strip(),
        starts_on=starts_on,
        declared_at=actor.clock.now(),
        declared_by_id=actor.user_id,
    )
    record_event(
        "declared_tie.declared",
        actor=actor,
        subject=tie,
        changes={"organisation": (None, organisation), "kind": ("", kind)},
    )
    tell_person(person.pk)
    return tie


@transaction.atomic
def end_personal_tie(*, actor: Actor, tie_id: UUID) -> DeclaredTie:
    """Record that a declared tie is over, from today; somebody else than the person does."""
    tie = get_visible(DeclaredTie, tie_id, actor=actor, for_change=True)
    require(actor, END_DECLARED_TIE, tie)
    day = today(actor.clock, ZONE)
    if tie.ends_on is not None and tie.ends_on <= day:
        raise WrongState("This tie has ended already.")
    until, tie.ends_on = tie.ends_on, max(day, tie.starts_on)
    tie.save(update_fields=["ends_on"])
    record_event("declared_tie.ended", actor=actor, subject=tie, changes={"ends_on": (until, tie.ends_on)})
    tell_person(tie.user_id)
    return tie


@transaction.atomic
def record_undertaking(
    *,
    actor: Actor,
    alliance_id: UUID,
    seat_id: UUID,
    text: str,
    starts_on: date,
    ends_on: date,
    hidden_organisations: Collection[UUID] = (),
    hidden_kinds: Collection[str] = (),
) -> Undertaking:
    """Record a clean-team undertaking of a person, naming what the person may not see; it holds once confirmed.

    The person is named by an open seat that the actor sees, and is bound in every other one too.
    """
    alliance = get_visible(Alliance, alliance_id, actor=actor)
    require(actor, RECORD_UNDERTAKING, alliance)
    seat = get_visible(Seat, seat_id, actor=actor)
    if seat.user_id == actor.user_id:
        raise NotAllowed("Nobody records an undertaking of their own: ask a colleague.")
    checks = Checks()
    if seat.ended_at is not None:
        checks.wrong("seat_id", "ended", "This seat has ended: choose an open one.")
    checks.text("text", text, longest=2000)
    checks.days("ends_on", starts_on, ends_on)
    known = {policy.model._meta.label_lower for policy in policies()}
    for kind in sorted(set(hidden_kinds) - known):
        checks.wrong("hidden_kinds", "unknown", f"“{kind}” is no kind of thing such as reports.salesreport.")
    wanted = set(hidden_organisations)
    if Organisation.objects.visible_to(actor).filter(pk__in=wanted).count() < len(wanted):
        checks.wrong(
            "hidden_organisations", "unknown", "One of these organisations does not exist or is not yours to see."
        )
    if not wanted and not hidden_kinds:
        checks.wrong("hidden_organisations", "required", "Name what the person may not see.")
    checks.refuse()
    undertaking = Undertaking.objects.create(
        user_id=seat.user_id,
        alliance=alliance,
        text=text.strip(),
        hidden_organisations=sorted(wanted),
        hidden_kinds=sorted(set(hidden_kinds)),
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_at=actor.clock.now(),
        recorded_by_id=actor.user_id,
    )
    record_event(
        "undertaking.recorded",
        actor=actor,
        subject=undertaking,
        changes={
            "hidden_organisations": (None, undertaking.hidden_organisations),
            "hidden_kinds": (None, undertaking.hidden_kinds),
            "ends_on": (None, ends_on),
        },
    )
    return undertaking


@transaction.atomic
def confirm_undertaking(*, actor: Actor, undertaking_id: UUID) -> Undertaking:
    """Confirm, as a second person, that the signed undertaking is on file; from now on it covers the conflict."""
    undertaking = get_undertaking(undertaking_id, actor=actor, for_change=True)
    require(actor, CONFIRM_UNDERTAKING, undertaking)
    if undertaking.confirmed_at is not None:
        raise WrongState("This undertaking is confirmed already.")
    papers = Document.objects.filter(subject_type=Undertaking._meta.label_lower, subject_id=undertaking.pk)
    if not papers.exists():
        raise WrongState("Attach the signed undertaking first.")
    undertaking.confirmed_at = actor.clock.now()
    undertaking.confirmed_by_id = actor.person_id
    undertaking.save(update_fields=["confirmed_at", "confirmed_by"])
    record_event("undertaking.confirmed", actor=actor, subject=undertaking)
    tell_person(undertaking.user_id)
    return undertaking


@transaction.atomic
def end_undertaking(*, actor: Actor, undertaking_id: UUID) -> Undertaking:
    """End an undertaking today; where the conflict goes on, the role stops at once."""
    undertaking = get_undertaking(undertaking_id, actor=actor, for_change=True)
    require(actor, END_UNDERTAKING, undertaking)
    day = today(actor.clock, ZONE)
    if undertaking.ends_on <= day:
        raise WrongState("This undertaking has ended already.")
    if undertaking.user_id == actor.user_id:
        raise invalid("", "own", "Nobody ends an undertaking of their own: ask a colleague.")
    until, undertaking.ends_on = undertaking.ends_on, max(day, undertaking.starts_on)
    undertaking.save(update_fields=["ends_on"])
    record_event(
        "undertaking.ended", actor=actor, subject=undertaking, changes={"ends_on": (until, undertaking.ends_on)}
    )
    tell_person(undertaking.user_id)
    return undertaking
