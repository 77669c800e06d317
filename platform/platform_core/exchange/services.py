"""Taking in the files of other systems: read, seen, applied as one, and taken back as one."""

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, BinaryIO, Final
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.exchange import storage
from platform_core.exchange.lifecycle import IMPORT_LIFECYCLE
from platform_core.exchange.models import Import, ImportState, SavedMapping
from platform_core.exchange.policies import FORGET_MAPPING, RUN_IMPORT
from platform_core.exchange.reading import UnreadableFile
from platform_core.exchange.registry import Checked, Importer, Progress, importer_of
from platform_core.files import TooLargeError
from platform_core.identity.models import Alliance
from platform_core.ids import new_id
from platform_core.jobs.registry import required_task
from platform_core.jobs.services import defer
from platform_core.problems import Conflict, Problem, WrongState, invalid
from platform_core.realtime.services import announce

CHECK: Final = "import.check"
APPLY: Final = "import.apply"
UNDO: Final = "import.undo"
"""The background work on imports."""

_LONGEST_DETAIL: Final = 1000
_GOES_BACK: Final = {ImportState.CHECKING: "refuse", ImportState.APPLYING: "abort", ImportState.UNDOING: "keep"}


def start_import(
    *,
    actor: Actor,
    alliance_id: UUID,
    subject: str,
    file: BinaryIO,
    name: str,
    choices: Mapping[str, Any] | None = None,
    chosen_by: Actor | None = None,
    in_background: bool = True,
) -> Import:
    """Keep a file that is to be taken in, and note what people say of it; `check_import` reads it.

    `chosen_by` says whose choices they are, where somebody else brings the file: what they name, that one has to see.
    Here and below the work follows in the background, unless the caller does it.
    """
    importer = _importer(subject)
    alliance = get_visible(Alliance, alliance_id, actor=actor)
    require(actor, importer.permission, alliance)
    chosen = importer.choose(chosen_by or actor, choices or {})
    import_id = new_id()
    try:
        stored = storage.keep(file, import_id)
    except TooLargeError:
        raise invalid(
            "/file", "too_large", f"The file is larger than {storage.LARGEST_FILE >> 20} MB: give it in parts."
        ) from None
    try:
        with transaction.atomic():
            made = _record(actor, import_id, alliance, subject, stored.size, stored.sha256, name, chosen)
            if in_background:
                _queue(actor, made, CHECK)
            return made
    except BaseException:
        storage.drop(import_id)
        raise


@transaction.atomic
def choose_for_import(
    *, actor: Actor, import_id: UUID, choices: Mapping[str, Any], in_background: bool = True
) -> Import:
    """Say otherwise what a file is; it is to be read anew. A choice of nothing leaves it to the platform again."""
    found = _locked(actor, import_id)
    importer = _importer(found.subject)
    chosen = importer.choose(actor, choices)
    _move(found, "check again")
    before = found.choices
    found.choices = {**{name: value for name, value in before.items() if name not in choices}, **chosen}
    found.detail = ""
    found.save(update_fields=["state", "choices", "detail"])
    record_event("import.choices_changed", actor=actor, subject=found, changes={"choices": (before, found.choices)})
    announce(found)
    if in_background:
        _queue(actor, found, CHECK)
    return found


def check_import(*, actor: Actor, import_id: UUID, progress: Progress) -> Import:
    """Read a file and note what each of its rows would do. What cannot be read is refused, with what to do."""
    found = get_visible(Import, import_id, actor=actor)
    try:
        with transaction.atomic():
            found = _locked(actor, import_id)
            importer = _importer(found.subject)
            importer.forget(found)
            checked: Checked = importer.check(found, storage.file_of(found.pk), progress)
            _move(found, "check")
            found.told, found.counts, found.detail = dict(checked.told), dict(checked.counts), ""
            found.save(update_fields=["state", "told", "counts", "detail"])
            announce(found)
    except UnreadableFile as refusal:
        with transaction.atomic():
            found = _locked(actor, import_id)
            _move(found, "refuse")
            found.told, found.counts = {**refusal.told, "refused": refusal.code}, {}
            found.detail = refusal.detail[:_LONGEST_DETAIL]
            found.save(update_fields=["state", "told", "counts", "detail"])
            announce(found)
    return found


def check_again(*, actor: Actor, import_id: UUID, progress: Progress) -> Import:
    """Read a file anew as it was chosen, because what is on record has changed since."""
    with transaction.atomic():
        found = _locked(actor, import_id)
        _move(found, "check again")
        found.detail = ""
        found.save(update_fields=["state", "detail"])
    return check_import(actor=actor, import_id=import_id, progress=progress)


@transaction.atomic
def check_later(*, actor: Actor, import_id: UUID) -> None:
    """Have a file read in the background, because whoever was reading it did not come to the end."""
    found = _locked(actor, import_id)
    if found.state == ImportState.CHECKING:
        _queue(actor, found, CHECK)


@transaction.atomic
def begin_import(*, actor: Actor, import_id: UUID, in_background: bool = True) -> Import:
    """Say that a file is to be taken in as it was seen; `apply_import` does it."""
    return _begin(actor, import_id, "begin", "import.begun", APPLY if in_background else None)


@transaction.atomic
def begin_undoing(*, actor: Actor, import_id: UUID, in_background: bool = True) -> Import:
    """Say that what a file brought is to be taken back; `undo_import` does it."""
    return _begin(actor, import_id, "begin undoing", "import.undoing_begun", UNDO if in_background else None)


def apply_import(*, actor: Actor, import_id: UUID, progress: Progress) -> Import:
    """Take a file in, all of it or nothing."""
    return _carry_out(actor, import_id, progress, "take in", "abort", "import.applied", lambda one: one.apply)


def undo_import(*, actor: Actor, import_id: UUID, progress: Progress) -> Import:
    """Take back what a file brought, but for what others build on or have changed since."""
    return _carry_out(actor, import_id, progress, "undo", "keep", "import.undone", lambda one: one.undo)


def note_failed_work(*, actor: Actor, import_id: UUID, why: str) -> None:
    """Let an import go back to where it can be tried again, because the work on it ended without a result."""
    found = get_visible(Import, import_id, actor=actor, for_change=True)
    step = _GOES_BACK.get(ImportState(found.state))
    if step is not None:
        _step_back(actor, import_id, step, why)


@transaction.atomic
def save_mapping(*, actor: Actor, import_id: UUID, name: str) -> SavedMapping:
    """Keep what the columns of a file were taken for, under a name, for later files that have the same ones."""
    found = _locked(actor, import_id)
    mapping = found.told.get("mapping")
    checks = Checks()
    checks.text("name", name)
    checks.refuse()
    if not mapping:
        raise WrongState("Only what the columns of a table were taken for can be kept.")
    kept, _ = SavedMapping.objects.update_or_create(
        alliance_id=found.alliance_id,
        subject=found.subject,
        name=name.strip(),
        defaults={"mapping": mapping, "saved_by_id": actor.user_id, "saved_at": actor.clock.now()},
    )
    record_event("saved_mapping.kept", actor=actor, subject=kept, changes={"mapping": (None, mapping)})
    return kept


@transaction.atomic
def forget_mapping(*, actor: Actor, mapping_id: UUID) -> None:
    """Drop a saved mapping; files that were read by it stay as they are."""
    found = get_visible(SavedMapping, mapping_id, actor=actor, for_change=True)
    require(actor, FORGET_MAPPING, found)
    record_event("saved_mapping.removed", actor=actor, subject=found, changes={"mapping": (found.mapping, None)})
    found.delete()


@transaction.atomic
def discard_import(*, actor: Actor, import_id: UUID) -> Import:
    """Drop a file that was not taken in."""
    found = _locked(actor, import_id)
    _move(found, "discard")
    found.save(update_fields=["state"])
    # Without its rows it has nothing to show; what it would have done stays on record as counts.
    _importer(found.subject).forget(found)
    record_event("import.discarded", actor=actor, subject=found)
    announce(found)
    transaction.on_commit(lambda: storage.drop(found.pk))
    return found


def _record(
    actor: Actor,
    import_id: UUID,
    alliance: Alliance,
    subject: str,
    size: int,
    sha256: str,
    name: str,
    choices: Mapping[str, Any],
) -> Import:
    # Work on the server has no seat: it is whoever runs the alliance that brings such a file.
    organisation_id = actor.organisation_id or alliance.association_id
    if organisation_id is None:
        raise Conflict("Say first which association runs the alliance: the file is brought in its name.")
    with transaction.atomic():
        made = Import.objects.create(
            id=import_id,
            alliance=alliance,
            organisation_id=organisation_id,
            subject=subject,
            file_name=PurePath(name).name[:255] or "file",
            file_size=size,
            file_sha256=sha256,
            choices=dict(choices),
            created_by_id=actor.user_id,
            created_at=actor.clock.now(),
        )
        record_event(
            "import.started",
            actor=actor,
            subject=made,
            changes={"file": (None, made.file_name), "sha256": (None, sha256)},
        )
        return made


def _begin(actor: Actor, import_id: UUID, step: str, event: str, work: str | None) -> Import:
    found = _locked(actor, import_id)
    _move(found, step)
    found.detail = ""
    found.save(update_fields=["state", "detail"])
    record_event(event, actor=actor, subject=found, changes={"counts": (None, found.counts)})
    announce(found)
    if work is not None:
        _queue(actor, found, work)
    return found


def _queue(actor: Actor, found: Import, work: str) -> None:
    task = required_task(work)
    found.job = defer(
        task, actor=actor, subject=found, arguments={"import_id": found.pk}, one_at_a_time=f"import:{found.pk}"
    )
    found.save(update_fields=["job"])


def _carry_out(
    actor: Actor,
    import_id: UUID,
    progress: Progress,
    step: str,
    otherwise: str,
    event: str,
    work_of: Callable[[Importer], Callable[[Import, Actor, Progress], Mapping[str, int]]],
) -> Import:
    try:
        with transaction.atomic():
            found = _locked(actor, import_id)
            state = IMPORT_LIFECYCLE.after(step, current=ImportState(found.state))
            done = work_of(_importer(found.subject))(found, actor, progress)
            found.state = state
            if state is ImportState.APPLIED:
                found.applied_at = actor.clock.now()
            else:
                found.undone_at = actor.clock.now()
            found.save(update_fields=["state", "applied_at", "undone_at"])
            record_event(
                event, actor=actor, subject=found, changes={name: (None, count) for name, count in done.items()}
            )
            announce(found)
            return found
    except Problem as problem:
        return _step_back(actor, import_id, otherwise, str(problem))


@transaction.atomic
def _step_back(actor: Actor, import_id: UUID, step: str, why: str) -> Import:
    found = _locked(actor, import_id)
    _move(found, step)
    found.detail = why[:_LONGEST_DETAIL]
    found.save(update_fields=["state", "detail"])
    announce(found)
    return found


def _locked(actor: Actor, import_id: UUID) -> Import:
    found = get_visible(Import, import_id, actor=actor, for_change=True)
    require(actor, RUN_IMPORT, found)
    return found


def _move(found: Import, step: str) -> None:
    found.state = IMPORT_LIFECYCLE.after(step, current=ImportState(found.state))


def _importer(subject: str) -> Importer:
    importer = importer_of(subject)
    if importer is None:
        raise invalid("/subject", "unknown", "There is no such kind of thing to import.")
    return importer
