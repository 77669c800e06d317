"""One thing has one word: what `docs/glossary.md` lists as not in use stands nowhere that people read Chinese."""

from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules import ROOT
from tests.architecture.sentences import ROOMS

GLOSSARY = ROOT / "docs" / "glossary.md"
DEMO = ROOT / "platform" / "platform_site" / "demo"
"""Letters of a made-up association, which writes as it likes."""

WRITTEN_BY_OTHERS = (
    ROOT / "pools/patents/formats/profiles.toml",
    ROOT / "pools/patents/numbers/reading.py",
)
"""Headings and labels as other systems write them, by which their files are recognised."""


def unused() -> dict[str, str]:
    """Return each word that is not to be used, and the one to use."""
    section = GLOSSARY.read_text(encoding="utf-8").partition("## Words we do not use")[2]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    # The first row is the heading.
    return {word: use for words, use, _meaning in rows[1:] for word in words.split("、")}


def read_by_people() -> Iterator[Path]:
    """Yield the files that hold Chinese texts: screens, papers, letters, refusals."""
    yield from (path for path in (ROOT / "frontend" / "src").rglob("*") if path.suffix in (".ts", ".tsx"))
    for room in ROOMS:
        for path in (ROOT / room).rglob("*"):
            if path.suffix not in (".py", ".toml", ".typ") or DEMO in path.parents or "migrations" in path.parts:
                continue
            if path not in WRITTEN_BY_OTHERS:
                yield path


def found_in(text: str, words: dict[str, str]) -> list[str]:
    return [f"{word} (say {use})" for word, use in words.items() if word in text]


def test_no_word_is_used_that_the_glossary_has_another_for() -> None:
    words, paths = unused(), list(read_by_people())
    assert len(words) > 30
    assert {"chinese.toml", "words.py", "letters.py", "texts.ts", "paper.typ"} <= {path.name for path in paths}
    wrong = [
        f"{path.relative_to(ROOT)}: {found}"
        for path in paths
        for found in found_in(path.read_text(encoding="utf-8"), words)
    ]
    assert wrong == []


def test_what_is_used_instead_is_not_itself_unused() -> None:
    words = unused()
    assert [use for use in words.values() if found_in(use, words)] == []


def test_it_would_notice() -> None:
    assert found_in("请由复核人办理。", unused()) == ["复核人 (say 审批人)"]
    assert found_in("请由审批人办理。", unused()) == []
