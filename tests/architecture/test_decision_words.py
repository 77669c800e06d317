"""Decisions of two people are named in both languages on the alliance's page, and never by their names in code."""

from platform_core.identity.role_plan import decisions
from tests.architecture.rules import ROOT

TEXTS = ROOT / "frontend/src/features/alliances/texts.ts"


def test_every_decision_of_two_people_has_words_in_both_languages() -> None:
    words = TEXTS.read_text(encoding="utf-8")
    names = [decision.name for decision in decisions()]

    assert len(names) > 10
    assert [name for name in names if words.count(f'"decision.{name}":') != 2] == []
