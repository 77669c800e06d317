"""Drafting licences outside a programme, and recording what co-owners consented to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from licensing.clauses.rules import check_clauses
from licensing.direct.calculation import plain_label
from licensing.direct.models import DirectKind, DirectLicence, DirectState, LicensedPatent, OwnerConsent
from licensing.direct.policies import (
    EDIT_DIRECT_LICENCE,
    GRANT_DIRECT_LICENCE,
    GRANT_FOR_ENTITY,
    SUBLICENSE,
)
from licensing.direct.selectors import contents_of, get_direct_licence, owners_concerned
from licensing.direct.services.refusing import AT_ONCE, PROBLEMS, check_scope, refuse_what_stands_against
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.clock import today
from platform_core.documents.selectors import paper_on
from platform_core.identity.models import Alliance, OperatingEntity, Organisation
from platform_core.problems import NotAllowed, NotFound, WrongState, invalid
from platform_core.realtime.services import announce
from pools.composition.models import ListLine, ListVersion
from pools.patents.models import Patent


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDirectLicence:
    """A licence to draft: who takes it, its kind, the patents and the scope it is for."""

    alliance_id: UUID
    code: str
    kind: DirectKind
    licensee_id: UUID
    patent_ids: Sequence[UUID] = ()
    list_version_id: UUID | None = None
    """A published list of a pool: the own patents on it are added."""
    licensee_patent_ids: Sequence[UUID] = ()
    """What the licensee brings to a cross-licence."""
    territory: Sequence[str] = ()
    fields: Sequence[str] = ()
    products: Sequence[str] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    may_sublicense: bool = False
    grant_back: str = "none"
    ends_on_challenge: bool = False
    most_favoured: bool = False
    head_id: UUID | None = None
    operating_entity_id: UUID | None = None


class DirectLicenceEdits(TypedDict, total=False):
    """What may be changed of a draft; patents are given all together."""

    code: str
    patent_ids: Sequence[UUID]
    licensee_patent_ids: Sequence[UUID]
    territory: list[str]
    fields: list[str]
    products: list[str]
    starts_on: date | None
    ends_on: date | None
    may_sublicense: bool
    grant_back: str
    ends_on_challenge: bool
    most_favoured: bool


@transaction.atomic
def draft_direct_licence(*, actor: Actor, licence: NewDirectLicence) -> DirectLicence:
    """Draft a licence on one's own patents, under a licence that may be sublicensed, or for an operating entity."""
    alliance, entity, head = _granted_in(actor, licence)
    licensor_id = entity.organisation_id if entity is not None else actor.organisation_id
    licensee = get_visible(Organisation, licence.licensee_id, actor=actor)
    if licensor_id is None:
        raise NotAllowed("Only an owner, or whoever has a power from one, grants licences.")
    if licensee.pk == licensor_id:
        raise invalid("/licensee_id", "own_organisation", "Nobody grants a licence to itself.")
    if (licence.kind == DirectKind.CROSS) != bool(licence.licensee_patent_ids):
        raise invalid(
            "/licensee_patent_ids",
            "cross_only",
            "In a cross-licence, and there alone, the licensee brings patents too.",
        )
    own = _patents(actor, alliance, licence.patent_ids, head) + _listed(actor, alliance, licence, licensor_id)
    _refuse_one_sided(licence.kind, own)
    theirs = _patents(actor, alliance, licence.licensee_patent_ids)
    checks = Checks()
    check_scope(
        checks, code=licence.code, territory=licence.territory, fields=licence.fields, products=licence.products
    )
    checks.days("ends_on", licence.starts_on, licence.ends_on, same_allowed=True)
    _check_agreed(checks, licence, today(actor.clock, alliance.zone))
    checks.refuse()
    with told_as(PROBLEMS):
        drafted = DirectLicence.objects.create(
            alliance=alliance,
            licensor_id=licensor_id,
            licensee=licensee,
            operating_entity=entity,
            head=head,
            kind=licence.kind,
            code=licence.code.strip(),
            territory=sorted(set(licence.territory)),
            fields=_labels(licence.fields),
            products=_labels(licence.products),
            may_sublicense=licence.may_sublicense,
            grant_back=licence.grant_back,
            most_favoured=licence.most_favoured,
            starts_on=licence.starts_on,
            ends_on=licence.ends_on,
            drafted_at=actor.clock.now(),
            drafted_by_id=actor.user_id,
        )
        _put(drafted, own, theirs)
    refuse_what_stands_against(actor=actor, licence=drafted, only=AT_ONCE)
    record_event(
        "direct_licence.drafted",
        actor=actor,
        subject=drafted,
        changes={
            "code": (None, drafted.code),
            "kind": (None, drafted.kind),
            "licensee": (None, licensee),
            "patents": (None, len(own) + len(theirs)),
        },
    )
    return drafted


@transaction.atomic
def edit_direct_licence(*, actor: Actor, licence_id: UUID, **edits: Unpack[DirectLicenceEdits]) -> DirectLicence:
    """Change a draft; what was sent is taken back first."""
    licence = get_direct_licence(licence_id, actor=actor, for_change=True)
    require(actor, EDIT_DIRECT_LICENCE, licence)
    if licence.state != DirectState.DRAFT:
        raise WrongState("The licensee has it before it. Take it back to change it.", current=licence.state)
    given = dict(edits)
    named = {name: given.pop(name) for name in ("patent_ids", "licensee_patent_ids") if name in given}
    for name in ("fields", "products"):
        if name in given:
            given[name] = _labels(edits[name])
    if "territory" in edits:
        given["territory"] = sorted(set(edits["territory"]))
    changes = apply_edits(licence, given)
    checks = Checks()
    check_scope(
        checks, code=licence.code, territory=licence.territory, fields=licence.fields, products=licence.products
    )
    checks.days("ends_on", licence.starts_on, licence.ends_on, same_allowed=True)
    _check_agreed(checks, licence, today(actor.clock, licence.alliance.zone))
    checks.refuse()
    with told_as(PROBLEMS):
        if changes:
            licence.save(update_fields=list(changes))
        if named:
            changes["patents"] = (licence.patents.count(), _replace(actor, licence, edits))
    refuse_what_stands_against(actor=actor, licence=licence, only=AT_ONCE)
    if changes:
        record_event("direct_licence.edited", actor=actor, subject=licence, changes=changes)
        announce(licence)
    return licence


@transaction.atomic
def record_owner_consent(
    *, actor: Actor, licence_id: UUID, owner_id: UUID, given_on: date, document_id: UUID
) -> OwnerConsent:
    """Record that a co-owner consents to a licence that shuts others out as it is now, by the paper that shows it."""
    licence = get_direct_licence(licence_id, actor=actor, for_change=True)
    require(actor, EDIT_DIRECT_LICENCE, licence)
    if licence.state not in (DirectState.DRAFT, DirectState.SENT):
        raise WrongState("The licence is signed already.", current=licence.state)
    day = today(actor.clock, licence.alliance.zone)
    if given_on > day:
        raise invalid("/given_on", "in_the_future", "Nobody consents on a day that is still to come.")
    patents = list(licence.patents.values_list("patent", flat=True))
    owners = owners_concerned(patents, licence.starts_on or day, day)
    if owner_id == licence.licensor_id or not any(owner_id in found for found in owners.values()):
        raise NotFound("There is no such co-owner of a patent of this licence.")
    paper = paper_on(licence, document_id, actor=actor)
    with told_as(PROBLEMS):
        recorded = OwnerConsent.objects.create(
            licence=licence,
            owner_id=owner_id,
            given_on=given_on,
            contents_sha256=contents_of(licence),
            document_id=paper.pk,
            recorded_at=actor.clock.now(),
            recorded_by_id=actor.user_id,
        )
    record_event(
        "owner_consent.recorded",
        actor=actor,
        subject=recorded,
        changes={"owner": (None, recorded.owner), "given_on": (None, given_on)},
    )
    announce(licence, part=recorded)
    return recorded


def _check_agreed(checks: Checks, licence: NewDirectLicence | DirectLicence, day: date) -> None:
    """Note what no licence may agree besides its price, by the rules of a day."""
    check_clauses(checks, grant_back=licence.grant_back, ends_on_challenge=licence.ends_on_challenge, on=day)


def _granted_in(
    actor: Actor, licence: NewDirectLicence
) -> tuple[Alliance, OperatingEntity | None, DirectLicence | None]:
    """Return where the licence is granted, for whom, and under what; what the actor may not do is refused."""
    if (licence.kind == DirectKind.SUB) != (licence.head_id is not None):
        raise invalid("/head_id", "sub_only", "A sub-licence, and no other, names the licence that it is under.")
    if licence.head_id is not None:
        head = get_direct_licence(licence.head_id, actor=actor, for_change=True)
        require(actor, SUBLICENSE, head)
        return head.alliance, None, head
    alliance = get_visible(Alliance, licence.alliance_id, actor=actor)
    if licence.operating_entity_id is None:
        require(actor, GRANT_DIRECT_LICENCE, alliance)
        return alliance, None, None
    require(actor, GRANT_FOR_ENTITY, alliance)
    entity = get_visible(OperatingEntity, licence.operating_entity_id, actor=actor)
    if entity.alliance_id != alliance.pk:
        raise NotFound("There is no such operating entity of this alliance.")
    return alliance, entity, None


def _patents(actor: Actor, alliance: Alliance, ids: Collection[UUID], head: DirectLicence | None = None) -> list[UUID]:
    """Return patents of the alliance that the actor sees, or is licensed under; all or none."""
    wanted = list(dict.fromkeys(ids))
    found = set(Patent.objects.visible_to(actor).filter(pk__in=wanted, alliance=alliance).values_list("pk", flat=True))
    if head is not None:
        found |= set(head.patents.filter(patent__in=wanted).values_list("patent", flat=True))
    if len(found) < len(wanted):
        raise NotFound("There is no such patent in this alliance.")
    return wanted


def _listed(actor: Actor, alliance: Alliance, licence: NewDirectLicence, licensor_id: UUID) -> list[UUID]:
    """Return the licensor's patents on a published list that are not named one by one."""
    if licence.list_version_id is None:
        return []
    version = get_visible(ListVersion, licence.list_version_id, actor=actor)
    lines = ListLine.objects.filter(
        version=version,
        entry__member__membership__organisation=licensor_id,
        entry__patent__alliance=alliance,
    )
    found = set(lines.values_list("entry__patent", flat=True)) - set(licence.patent_ids)
    return sorted(found)


def _replace(actor: Actor, licence: DirectLicence, edits: DirectLicenceEdits) -> int:
    rows = {from_licensee: list(_rows(licence, from_licensee=from_licensee)) for from_licensee in (False, True)}
    own = _patents(actor, licence.alliance, edits["patent_ids"], licence.head) if "patent_ids" in edits else rows[False]
    theirs = (
        _patents(actor, licence.alliance, edits["licensee_patent_ids"])
        if "licensee_patent_ids" in edits
        else rows[True]
    )
    if (licence.kind == DirectKind.CROSS) != bool(theirs):
        raise invalid(
            "/licensee_patent_ids",
            "cross_only",
            "In a cross-licence, and there alone, the licensee brings patents too.",
        )
    _refuse_one_sided(licence.kind, own)
    licence.patents.all().delete()
    _put(licence, own, theirs)
    return len(own) + len(theirs)


def _refuse_one_sided(kind: str, own: Collection[UUID]) -> None:
    """Refuse a cross-licence to which whoever drafts it brings nothing."""
    if kind == DirectKind.CROSS and not own:
        raise invalid("/patent_ids", "required", "In a cross-licence the licensor brings patents too.")


def _rows(licence: DirectLicence, *, from_licensee: bool) -> Collection[UUID]:
    return licence.patents.filter(from_licensee=from_licensee).values_list("patent", flat=True)


def _put(licence: DirectLicence, own: Sequence[UUID], theirs: Sequence[UUID]) -> None:
    LicensedPatent.objects.bulk_create(
        LicensedPatent(licence=licence, patent_id=patent, from_licensee=from_licensee)
        for from_licensee, patents in ((False, own), (True, theirs))
        for patent in patents
    )


def _labels(labels: Collection[str]) -> list[str]:
    """Keep each label once, whatever its capitals, in the order given."""
    return list({plain_label(label).lower(): plain_label(label) for label in reversed(list(labels))}.values())[::-1]
