"""Imports for people to look at."""

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet

from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.exchange import storage
from platform_core.exchange.lifecycle import IMPORT_LIFECYCLE
from platform_core.exchange.models import Import, ImportState, SavedMapping
from platform_core.exchange.policies import RUN_IMPORT
from platform_core.exchange.registry import Importer, SeenRow, importer_of
from platform_core.problems import NotFound, Problem, WrongState

_ASKED_FOR = ("check again", "begin", "begin undoing", "discard")
"""The steps that people take; the others follow from the work."""
_ROWS_KEPT = (ImportState.CHECKED, ImportState.APPLYING, ImportState.APPLIED, ImportState.UNDOING, ImportState.UNDONE)


class FileMissing(Problem):
    """The file of an import lies where the database does not say, or nowhere: a backup was not restored whole."""

    code: ClassVar[str] = "files_missing"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "The file of this import is missing on the server"


def imports(*, actor: Actor) -> QuerySet[Import]:
    """Return the imports that the actor may see."""
    return Import.objects.visible_to(actor).select_related("organisation", "created_by")


def get_import(import_id: UUID, *, actor: Actor) -> Import:
    """Return one import. Raises NotFound."""
    return get_visible(Import, import_id, actor=actor)


def allowed_steps(found: Import, *, actor: Actor) -> list[str]:
    """List the steps that lead on from where an import is, and that the actor may take."""
    steps = [step for step in IMPORT_LIFECYCLE.allowed(ImportState(found.state)) if step in _ASKED_FOR]
    return steps if steps and can(actor, RUN_IMPORT, found) else []


def rows(found: Import, *, outcome: str, behind: int, limit: int) -> list[SeenRow]:
    """Return rows of an import as they were understood, along the lines of its file."""
    if found.state not in _ROWS_KEPT:
        return []
    return _importer(found).rows(found, outcome, behind, limit)


def refused_rows(found: Import) -> Iterator[list[str]]:
    """Yield the headings and the rows that were refused, as they came, each with its reason in front."""
    if found.state not in _ROWS_KEPT:
        raise WrongState("Only of files that were read are there rows that were refused.")
    file = storage.file_of(found.pk)
    if not file.is_file():
        raise FileMissing
    return _importer(found).refused(found, file)


def saved_mappings(*, actor: Actor) -> QuerySet[SavedMapping]:
    """Return the saved mappings that the actor may see."""
    return SavedMapping.objects.visible_to(actor).select_related("saved_by")


def _importer(found: Import) -> Importer:
    importer = importer_of(found.subject)
    if importer is None:
        raise NotFound
    return importer
