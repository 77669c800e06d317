"""How patents are imported, for the mechanism of imports."""

from pathlib import Path
from typing import Any, Final

from platform_core.exchange.models import Import
from platform_core.exchange.registry import Checked, Importer, Profile, Progress, SeenRow
from pools.patents.formats import FIELDS, profiles
from pools.patents.imports.applying import apply_rows, owners_named, owners_unknown
from pools.patents.imports.choosing import choose
from pools.patents.imports.matching import match
from pools.patents.imports.outside import contradictions, source_kind
from pools.patents.imports.staging import refused_rows, stage
from pools.patents.imports.undoing import undo_rows
from pools.patents.models.events import ImportedEvent
from pools.patents.models.imports import ImportedPatent
from pools.patents.policies import REGISTER_PATENT

_SHOWN: Final = (
    "publication",
    "application",
    "country",
    "right",
    "title",
    "filed_on",
    "published_on",
    "granted_on",
    "ends_on",
    "applicants",
    "owners",
    "inventors",
    "ipc",
    "family",
)


def _check(found: Import, path: Path, progress: Progress) -> Checked:
    kind = source_kind(found)
    told = stage(found, path, progress)
    counts = match(found)
    known = owners_named(found)
    return Checked(
        {
            **told,
            "source_kind": kind,
            "contradictions": contradictions(found),
            **owners_unknown(found, known),
        },
        counts,
    )


def _rows(found: Import, outcome: str, behind: int, limit: int) -> list[SeenRow]:
    rows = ImportedPatent.objects.filter(of_import=found, line__gt=behind)
    if outcome:
        rows = rows.filter(outcome=outcome)
    return [
        SeenRow(
            line=row.line,
            outcome=row.outcome,
            subject_id=row.patent_id,
            values={name: _plain(getattr(row, name)) for name in _SHOWN},
            problems=row.problems,
        )
        for row in rows.order_by("line", "id")[:limit]
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _forget(found: Import) -> None:
    ImportedEvent.objects.filter(of_import=found).delete()
    ImportedPatent.objects.filter(of_import=found).delete()


def _profiles() -> list[Profile]:
    return [Profile(code=one.code, name_zh=one.zh, name_en=one.en, verified=one.verified) for one in profiles()]


PATENT_IMPORTER: Final = Importer(
    subject="patents.patent",
    permission=REGISTER_PATENT,
    choose=choose,
    fields=FIELDS,
    profiles=_profiles,
    check=_check,
    apply=apply_rows,
    undo=undo_rows,
    rows=_rows,
    refused=refused_rows,
    forget=_forget,
)
"""Patents: tables of seven systems, any table by its columns, and XML of two offices."""
