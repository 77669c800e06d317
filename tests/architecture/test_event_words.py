"""Whatever the record says is said in both languages: each kind of event, and each field that an event changed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from licensing.engine.rejects import Code
from platform_core.access.registry import policies
from platform_core.audit.services import is_past_tense
from platform_core.identity.references import Fate, references
from tests.architecture.rules import ROOT

SOURCES = ("platform/platform_core", "members", "pools", "licensing")
HISTORY = ROOT / "frontend/src/shared/history"
SUBJECTS = ROOT / "frontend/src/features/audit/subjects.ts"
LANGUAGES = ("zh", "en")

NOT_RECORDED = {
    "charter_version.signer_reminded",
    "licence.report_reminded",
    "licensee_audit.undertaking_asked",
    *(f"open_licence.{step}" for step in ("contested", "paid", "received", "recorded", "stated")),
    "deadlines.run",
    "distribution.released",
    "distribution.stated",
    "objection.answered",
    "lianchi.run_job",
    "programme.exact_totals_viewed",
    "programme.totals_released",
    "statement.workings_viewed",
    "invoice.carried_over",
}
"""Names that look like those of events: of notices, bookings, background work, readings in the access log."""

READING = re.compile(r"[a-z_]+\.[a-z_]*(viewed|listed|exported|downloaded|released)")


def labels(kind: str, *files: Path) -> dict[str, set[str]]:
    """Return what has words in each language: `event.…` and `field.…` of the rooms."""
    found: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    for file in files:
        zh, _, en = file.read_text(encoding="utf-8").partition("\n  en: {")
        for language, part in zip(LANGUAGES, (zh, en), strict=True):
            here = set(re.findall(rf'^    "{kind}\.([\w. -]+)":', part, re.MULTILINE))
            assert here, f"no words are found in {file}: did it change its form?"
            found[language] |= here
    return found


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def names_recorded(tree: ast.Module) -> Iterator[str]:
    """Yield the names of events in a module that records any: handed over as they are, or from tables of names."""
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    if "record_event" not in calls:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_past_tense(node.value):
            yield node.value


def fields_recorded(tree: ast.Module) -> Iterator[str]:
    """Yield the fields that events of a module change: of tables of pairs, of what is in them, and of edits."""
    recording = any(isinstance(node, ast.Name) and node.id == "record_event" for node in ast.walk(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and recording and _is_changes(node):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Dict):
                    yield from (str(key.value) for key in inner.keys if isinstance(key, ast.Constant))
        # What is edited is told column by column.
        if isinstance(node, ast.ClassDef) and node.name.endswith("Edits"):
            yield from (
                part.target.id
                for part in node.body
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
            )


def _is_changes(node: ast.Dict) -> bool:
    named = [value for key, value in zip(node.keys, node.values, strict=True) if key is not None]
    return bool(named) and all(isinstance(value, ast.Tuple) and len(value.elts) == 2 for value in named)


def test_every_kind_of_event_has_words_in_both_languages() -> None:
    known = labels("event", *(HISTORY / "events").glob("*.ts"))
    recorded = {name for _path, tree in modules() for name in names_recorded(tree)} - NOT_RECORDED
    assert len(recorded) > 100
    for language in LANGUAGES:
        assert sorted(recorded - known[language]) == [], f"say these in {language} in shared/history/events/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_thing_that_an_event_can_be_about_has_words(language: str) -> None:
    known = labels("subject", SUBJECTS)[language]
    kinds = {policy.model._meta.label_lower for policy in policies()}
    assert len(kinds) > 60
    assert sorted(kinds - known) == [], f"say these in {language} in features/audit/subjects.ts"


def test_all_work_that_acts_without_a_person_has_words() -> None:
    known = labels("work", HISTORY / "texts.ts")
    working = {
        str(node.args[0].value)
        for _path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "SystemWork"
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(working) > 5
    for language in LANGUAGES:
        assert sorted(working - known[language]) == [], f"say these in {language} in shared/history/texts.ts"


def test_whatever_is_allowed_with_what_can_be_shared_has_words() -> None:
    known = labels("verb", ROOT / "frontend/src/shared/sharing/texts.ts")
    verbs = {
        str(permission).split(".")[1]
        for policy in policies()
        if policy.giving is not None
        for permission in policy.permissions()
    }
    assert len(verbs) > 25
    for language in LANGUAGES:
        assert sorted(verbs - known[language]) == [], f"say these in {language} in shared/sharing/texts.ts"


def test_every_field_of_an_event_has_words_in_both_languages() -> None:
    known = labels("field", *(HISTORY / "fields").glob("*.ts"))
    recorded = {name for _path, tree in modules() for name in fields_recorded(tree)}
    # A merger tells what went over, a rejected close which mistakes its input has.
    recorded |= {
        reference.name for reference in references() if reference.fate is Fate.MOVED and not reference.quiet
    } | set(get_args(Code))
    assert len(recorded) > 80
    for language in LANGUAGES:
        assert sorted(recorded - known[language]) == [], f"say these in {language} in shared/history/fields/"


def test_whatever_a_merger_moves_has_words_on_its_preview() -> None:
    words = (ROOT / "frontend/src/features/organisations/texts.ts").read_text(encoding="utf-8")
    for reference in references():
        if reference.fate is Fate.MOVED and not reference.quiet:
            assert words.count(f'"moves.{reference.name}":') == len(LANGUAGES), reference.name


def test_every_reading_of_the_access_log_has_words_in_both_languages() -> None:
    words = (ROOT / "frontend/src/features/staff/texts.ts").read_text(encoding="utf-8")
    read = {
        node.value
        for _path, tree in modules()
        if any(isinstance(node, ast.Name) and node.id.startswith("log_access") for node in ast.walk(tree))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and READING.fullmatch(node.value)
    }
    assert len(read) > 15
    assert sorted(name for name in read if words.count(f'"action.{name}":') != len(LANGUAGES)) == []


def test_it_would_notice() -> None:
    tree = ast.parse(
        "class MemberEdits(TypedDict):\n    segment: str\n"
        "def close(actor):\n"
        "    changes = {'until': (None, 1), 'token': (None, {'area': 2})}\n"
        "    record_event('thing.closed', actor=actor, changes=changes)\n"
    )
    assert set(names_recorded(tree)) == {"thing.closed"}
    assert set(fields_recorded(tree)) == {"segment", "until", "token", "area"}
