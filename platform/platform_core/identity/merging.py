"""Merging organisations that are registered twice, and finding those that may be."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, permitted_rows, require
from platform_core.audit.services import record_event
from platform_core.checks import told_as
from platform_core.identity.events import ORGANISATION_MERGED, RIGHTS_CHANGED
from platform_core.identity.models import NameKind, Organisation, OrganisationName, Seat
from platform_core.identity.policies import MERGE_ORGANISATION
from platform_core.identity.preparing import have_confirmed_anew
from platform_core.identity.references import Fate, Merger, references
from platform_core.problems import Conflict, NotAllowed, invalid

_LEGAL_FORMS: Final = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|公司|集团"
    r"|\b(co|company|corp|corporation|inc|incorporated|limited|ltd|llc|gmbh|ag|sa|plc|group)\b)"
)
_NOT_LETTERS: Final = re.compile(r"[\W_]+")


@transaction.atomic
def merge_organisations(*, actor: Actor, kept_id: UUID, merged_id: UUID) -> Organisation:
    """Merge an organisation into the one it turned out to be, and return that one.

    Everything that refers to it refers to the other one from now on; what was said or done in its name in the past
    keeps its name, and it is found by its names still. What cannot be told apart later is refused beforehand.
    """
    require(actor, MERGE_ORGANISATION, get_visible(Organisation, kept_id, actor=actor))
    if kept_id == merged_id:
        raise invalid("/merged", "same", "An organisation is not merged into itself.")
    # One after the other in one order, whoever merges what: both stay locked until the end.
    for pk in sorted((kept_id, merged_id)):
        get_visible(Organisation, pk, actor=actor, for_change=True)
    kept = Organisation.objects.get(pk=kept_id)
    merged = Organisation.objects.get(pk=merged_id)
    require(actor, MERGE_ORGANISATION, kept)
    require(actor, MERGE_ORGANISATION, merged)
    merger = Merger(actor, kept, merged)
    _refuse(merger)

    have_confirmed_anew(actor, kept, merged)
    names, code = _names_of(merged), merged.uscc
    moved = {name: (None, count) for name, count in _move(merger).items()}
    if code and not kept.uscc:
        kept.uscc = code
        kept.save(update_fields=["uscc"])
    note_names(kept, names, NameKind.MERGED, actor=actor)
    record_event("organisation.merged", actor=actor, subject=kept, changes={"merged": (None, merged), **moved})
    ORGANISATION_MERGED.tell(actor, kept, merged)
    RIGHTS_CHANGED.tell(list(Seat.objects.filter(organisation=kept, ended_at=None).values_list("pk", flat=True)))
    return kept


@dataclass(frozen=True, slots=True)
class MergerPreview:
    """What a merger would do: how many rows of each column go over, and what stands against it, if anything does."""

    merged: Organisation
    moves: dict[str, int]
    hindrance: str


def organisation_to_keep(organisation_id: UUID, *, actor: Actor) -> Organisation:
    """Return an organisation into which the actor may merge others."""
    kept = get_visible(Organisation, organisation_id, actor=actor)
    require(actor, MERGE_ORGANISATION, kept)
    return kept


def preview_merger(kept: Organisation, merged_id: UUID, *, actor: Actor) -> MergerPreview:
    """Say what merging an organisation into another one would move, and why it cannot be done where that is so."""
    if kept.pk == merged_id:
        raise invalid("/merged", "same", "An organisation is not merged into itself.")
    merged = organisation_to_keep(merged_id, actor=actor)
    merger = Merger(actor, kept, merged)
    moved = [reference for reference in references() if reference.fate is Fate.MOVED and not reference.quiet]
    counts = {reference.name: reference.rows(merger).count() for reference in moved}
    hindrance = ""
    try:
        # What the database would refuse, it alone knows: it is tried, and undone.
        with transaction.atomic():
            _refuse(merger)
            _move(Merger(actor, kept, Organisation.objects.get(pk=merged_id)))
            raise _UndoneError
    except _UndoneError:
        pass
    except (Conflict, NotAllowed) as problem:
        hindrance = problem.detail
    return MergerPreview(merged, {name: count for name, count in counts.items() if count}, hindrance)


class _UndoneError(Exception):
    """A merger was only tried."""


def _move(merger: Merger) -> dict[str, int]:
    """Let everything refer to the organisation that stays, and return how many rows of each column did not before."""
    merged = merger.merged
    merged.merged_into, merged.merged_at, merged.uscc = merger.kept, merger.actor.clock.now(), ""
    merged.save(update_fields=["merged_into", "merged_at", "uscc"])
    moved = {}
    for reference in references():
        if reference.fate is Fate.MOVED:
            with told_as(reference.clashes):
                count = reference.rows(merger).update(**{reference.column: merger.kept})
            if count and not reference.quiet:
                moved[reference.name] = count
    return moved


def note_names(organisation: Organisation, names: list[str], kind: NameKind, *, actor: Actor) -> None:
    """Note other names of an organisation, those that are new."""
    known = {organisation.name_zh, organisation.name_en, *organisation.other_names.values_list("name", flat=True)}
    OrganisationName.objects.bulk_create(
        OrganisationName(organisation=organisation, name=name, kind=kind, noted_at=actor.clock.now())
        for name in dict.fromkeys(names)
        if name and name not in known
    )


def possible_duplicates(organisation_id: UUID, *, actor: Actor) -> list[Organisation]:
    """Return the organisations that may be the same one and that the actor may merge with it, by their names.

    They have the organisation code within the social credit code in common, or a name, now or before: whatever its
    width, capitals, blanks, punctuation and legal form.
    """
    organisation = organisation_to_keep(organisation_id, actor=actor)
    names = {normal_name(name) for name in _names_of(organisation)} - {""}
    others = (
        Organisation.objects.filter(permitted_rows(actor, MERGE_ORGANISATION, Organisation))
        .exclude(pk=organisation.pk)
        .prefetch_related("other_names")
        .order_by("name_zh", "name_en", "pk")
    )
    code = _organisation_code(organisation)
    return [
        other
        for other in others
        if (code and code == _organisation_code(other)) or names & {normal_name(name) for name in _names_of(other)}
    ]


def normal_name(name: str) -> str:
    """Return a name without what people write differently: width, capitals, blanks, punctuation, legal form."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    bare = _NOT_LETTERS.sub("", _LEGAL_FORMS.sub(" ", folded))
    return bare or _NOT_LETTERS.sub("", folded)


def _refuse(merger: Merger) -> None:
    kept, merged, actor = merger.kept, merger.merged, merger.actor
    # Who merges would move into the other one's seat, and see what it has.
    if actor.user_id is not None and Seat.objects.filter(
        Q(organisation=kept) | Q(organisation=merged), user=actor.user_id, ended_at=None
    ):
        raise NotAllowed("Nobody merges an organisation at which they have a seat: ask somebody else who may.")
    if kept.uscc and merged.uscc and kept.uscc != merged.uscc:
        raise Conflict(
            "They have different unified social credit codes, so they are two. If one is a mistake, correct it first."
        )
    found = [words for reference in references() if reference.hindrance and (words := reference.hindrance(merger))]
    if found:
        raise Conflict(" ".join(dict.fromkeys(found)))


def _names_of(organisation: Organisation) -> list[str]:
    names = [organisation.name_zh, organisation.name_en, *(row.name for row in organisation.other_names.all())]
    return [name for name in names if name]


def _organisation_code(organisation: Organisation) -> str:
    return organisation.uscc[8:17]
