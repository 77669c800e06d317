"""Registering patents and who owns which part of them when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypedDict, Unpack
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from platform_core.access.actors import Actor
from platform_core.access.grants.services import withdraw_grants
from platform_core.access.kernel import get_visible, require, require_each, require_visible
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.identity.models import Alliance, Organisation
from platform_core.problems import Conflict, Problem, invalid
from platform_core.realtime.services import announce
from pools.patents.differences.comparing import compare_patents
from pools.patents.events import ownership_ended, patent_ended, patents_changed
from pools.patents.keys import numbers_of
from pools.patents.models import Bibliography, Ownership, Patent, PatentFamily
from pools.patents.policies import EDIT_PATENT, RECORD_OWNERSHIP, REGISTER_PATENT

_BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An owner's part of a patent: the agreed part (None: joint, not agreed), first day, first day no longer."""

    owner_id: UUID
    share: Decimal | None = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatent:
    """A patent to register; a blank family means the publication by itself."""

    publication: str
    country: str
    family: str = ""
    application: str = ""
    filed_on: date | None = None
    title: str = ""
    granted_on: date | None = None
    ends_on: date | None = None
    owners: tuple[Owner, ...] = ()


class PatentEdits(TypedDict, total=False):
    """What may be changed of a patent."""

    application: str
    filed_on: date | None
    title: str
    granted_on: date | None
    ends_on: date | None


@transaction.atomic
def register_patent(*, actor: Actor, alliance_id: UUID, patent: NewPatent) -> Patent:
    """Put a patent with its owners on an alliance's register."""
    alliance = get_visible(Alliance, alliance_id, actor=actor)
    require(actor, REGISTER_PATENT, alliance)
    for owner in patent.owners:
        get_visible(Organisation, owner.owner_id, actor=actor)
    [registered] = _create(alliance, [patent])
    record_event(
        "patent.registered",
        actor=actor,
        subject=registered,
        changes={
            "publication": (None, patent.publication),
            "country": (None, patent.country),
            "owners": (None, [owner.owner_id for owner in patent.owners]),
        },
    )
    patents_changed.tell(actor, alliance_id, [registered.pk])
    return registered


@transaction.atomic
def register_patents(*, actor: Actor, alliance_id: UUID, patents: Sequence[NewPatent]) -> list[Patent]:
    """Put many patents with their owners on an alliance's register at once, all or none."""
    alliance = get_visible(Alliance, alliance_id, actor=actor)
    require(actor, REGISTER_PATENT, alliance)
    require_visible(actor, Organisation, {owner.owner_id for patent in patents for owner in patent.owners})
    registered = _create(alliance, patents)
    record_event(
        "alliance.patents_registered", actor=actor, subject=alliance, changes={"patents": (None, len(registered))}
    )
    patents_changed.tell(actor, alliance_id, None)
    return registered


@transaction.atomic
def edit_patent(*, actor: Actor, patent_id: UUID, **edits: Unpack[PatentEdits]) -> Patent:
    """Change a patent's title or the days it is in force; its first day no longer in force ends what it earns."""
    patent = get_visible(Patent, patent_id, actor=actor, for_change=True)
    require(actor, EDIT_PATENT, patent)
    until = patent.ends_on
    changes = apply_edits(patent, edits)
    checks = Checks()
    _check_filing(checks, patent)
    checks.text("title", patent.title, needed=False, longest=1000)
    checks.days("ends_on", patent.granted_on, patent.ends_on, same_allowed=True)
    checks.refuse()
    if changes:
        # What follows from a number is no change of its own, and so not in the record of changes.
        is_renumbered = "application" in changes
        derived = dict(numbers_of(patent.publication, patent.application)) if is_renumbered else {}
        for name, value in derived.items():
            setattr(patent, name, value)
        with told_as(_PROBLEMS):
            patent.save(update_fields=[*changes, *derived])
        _note_own_word(patent, changes)
        record_event("patent.edited", actor=actor, subject=patent, changes=changes)
        announce(patent)
        compare_patents([patent.pk], clock=actor.clock)
        patents_changed.tell(actor, patent.alliance_id, [patent.pk])
        if "ends_on" in changes:
            patent_ended.tell(actor, patent, until)
    return patent


@transaction.atomic
def record_owner(*, actor: Actor, patent_id: UUID, owner: Owner) -> Ownership:
    """Record an owner of a patent; agreed parts never exceed the whole on any day."""
    patent = get_visible(Patent, patent_id, actor=actor, for_change=True)
    require(actor, RECORD_OWNERSHIP, patent)
    get_visible(Organisation, owner.owner_id, actor=actor)
    checks = Checks()
    _check_owner(checks, owner)
    checks.refuse()
    with told_as(_PROBLEMS):
        ownership = Ownership.objects.create(
            patent=patent,
            alliance_id=patent.alliance_id,
            owner_id=owner.owner_id,
            share=owner.share,
            from_on=owner.from_on,
            to_on=owner.to_on,
        )
    record_event(
        "ownership.recorded",
        actor=actor,
        subject=ownership,
        changes={"patent": (None, patent), "owner": (None, owner.owner_id), "share": (None, owner.share)},
    )
    announce(patent, part=ownership)
    compare_patents([patent.pk], clock=actor.clock)
    patents_changed.tell(actor, patent.alliance_id, [patent.pk])
    return ownership


@transaction.atomic
def record_owners(*, actor: Actor, alliance_id: UUID, owners: Sequence[tuple[UUID, Owner]]) -> list[Ownership]:
    """Record owners of many of an alliance's patents, given by id, at once; all or none."""
    alliance = get_visible(Alliance, alliance_id, actor=actor)
    ids = {patent_id for patent_id, _ in owners}
    require_each(actor, RECORD_OWNERSHIP, Patent, ids)
    require_visible(actor, Organisation, {owner.owner_id for _, owner in owners})
    # Locked in one order, so that two recordings of the same patents wait for each other.
    alliances = dict(Patent.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", "alliance"))
    checks = Checks()
    for _, owner in owners:
        _check_owner(checks, owner)
    checks.refuse()
    with told_as(_PROBLEMS):
        recorded = Ownership.objects.bulk_create(
            (
                Ownership(
                    patent_id=patent_id,
                    alliance_id=alliances[patent_id],
                    owner_id=owner.owner_id,
                    share=owner.share,
                    from_on=owner.from_on,
                    to_on=owner.to_on,
                )
                for patent_id, owner in owners
            ),
            batch_size=_BATCH,
        )
    record_event(
        "alliance.owners_recorded", actor=actor, subject=alliance, changes={"ownerships": (None, len(recorded))}
    )
    compare_patents(ids, clock=actor.clock)
    patents_changed.tell(actor, alliance_id, None)
    return recorded


@transaction.atomic
def transfer_patent(*, actor: Actor, patent_id: UUID, from_owner_id: UUID, to_owner_id: UUID, on: date) -> Ownership:
    """Pass an owner's part of a patent to another from a day on; pools drop the former owner's entries that day."""
    patent = get_visible(Patent, patent_id, actor=actor, for_change=True)
    require(actor, RECORD_OWNERSHIP, patent)
    get_visible(Organisation, to_owner_id, actor=actor)
    if from_owner_id == to_owner_id:
        raise invalid("/to_owner_id", "same_owner", "Choose another organisation than the present owner.")
    former = (
        Ownership.objects.select_for_update()
        .filter(Q(from_on__isnull=True) | Q(from_on__lt=on), Q(to_on__isnull=True) | Q(to_on__gt=on))
        .filter(patent=patent, owner=from_owner_id)
        .first()
    )
    if former is None:
        raise invalid("/from_owner_id", "not_owner", f"This organisation does not own the patent before {on}.")
    until, former.to_on = former.to_on, on
    former.save(update_fields=["to_on"])
    with told_as(_PROBLEMS):
        ownership = Ownership.objects.create(
            patent=patent,
            alliance_id=patent.alliance_id,
            owner_id=to_owner_id,
            share=former.share,
            from_on=on,
            to_on=until,
        )
    record_event(
        "patent.transferred",
        actor=actor,
        subject=patent,
        changes={"owner": (from_owner_id, to_owner_id), "on": (None, on)},
    )
    announce(patent)
    ownership_ended.tell(actor, former, on)
    withdraw_grants(
        actor=actor,
        subject=patent,
        granting_organisation_id=from_owner_id,
        reason="The patent passed to another owner.",
        at=datetime.combine(on, time.min, ZoneInfo(patent.alliance.zone)),
    )
    compare_patents([patent.pk], clock=actor.clock)
    patents_changed.tell(actor, patent.alliance_id, [patent.pk])
    return ownership


def _note_own_word(patent: Patent, edited: Iterable[str]) -> None:
    """Note that fields are somebody's own word by now, whatever file they were from."""
    bibliography = Bibliography.objects.select_for_update().filter(patent=patent).first()
    if bibliography is not None and not bibliography.sources.keys().isdisjoint(edited):
        bibliography.sources = {name: source for name, source in bibliography.sources.items() if name not in edited}
        bibliography.save(update_fields=["sources"])


def _create(alliance: Alliance, patents: Sequence[NewPatent]) -> list[Patent]:
    checks = Checks()
    for patent in patents:
        checks.text("publication", patent.publication)
        checks.text("family", patent.family, needed=False)
        _check_filing(checks, patent)
        checks.text("title", patent.title, needed=False, longest=1000)
        checks.country("country", patent.country)
        checks.days("ends_on", patent.granted_on, patent.ends_on, same_allowed=True)
        for owner in patent.owners:
            _check_owner(checks, owner)
    checks.refuse()
    names = sorted({patent.family or patent.publication for patent in patents})
    # Another registration may add the same family at this moment: the one that comes second takes the first's.
    PatentFamily.objects.bulk_create(
        (PatentFamily(alliance=alliance, code=name) for name in names), ignore_conflicts=True, batch_size=_BATCH
    )
    families = dict(PatentFamily.objects.filter(alliance=alliance, code__in=names).values_list("code", "id"))
    with told_as(_PROBLEMS):
        registered = Patent.objects.bulk_create(
            (
                Patent(
                    alliance=alliance,
                    family_id=families[patent.family or patent.publication],
                    publication=patent.publication,
                    country=patent.country,
                    application=patent.application,
                    **numbers_of(patent.publication, patent.application),
                    filed_on=patent.filed_on,
                    title=patent.title,
                    granted_on=patent.granted_on,
                    ends_on=patent.ends_on,
                )
                for patent in patents
            ),
            batch_size=_BATCH,
        )
        Ownership.objects.bulk_create(
            (
                Ownership(
                    patent=made,
                    alliance=alliance,
                    owner_id=owner.owner_id,
                    share=owner.share,
                    from_on=owner.from_on,
                    to_on=owner.to_on,
                )
                for made, patent in zip(registered, patents, strict=True)
                for owner in patent.owners
            ),
            batch_size=_BATCH,
        )
    return registered


def _check_filing(checks: Checks, patent: Patent | NewPatent) -> None:
    checks.text("application", patent.application, needed=False, longest=40)
    checks.days("granted_on", patent.filed_on, patent.granted_on, same_allowed=True)


def _check_owner(checks: Checks, owner: Owner) -> None:
    if owner.share is not None and not 0 < owner.share <= 1:
        checks.wrong("share", "not_a_part", "An owner's part is above 0 and at most 1.")
    checks.days("to_on", owner.from_on, owner.to_on)


_PROBLEMS: dict[str, Problem] = {
    "patent_publication_once_in_country": Conflict("The alliance has this publication in this country already."),
    "patent_application_once_in_country": Conflict("The alliance has a patent of this application already."),
    "ownership_once_at_a_time": Conflict(
        "The organisation is recorded as owner during those days already. End that ownership first."
    ),
    "ownership_shares_within_the_whole": Conflict(
        "The owners' agreed parts would exceed the whole on some day. Correct the parts or the days."
    ),
}
