"""Why somebody sees a thing that can be shared is said in both languages, and never as a rule's name in code."""

from platform_core.access.registry import policies
from tests.architecture.rules import ROOT

TEXTS = ROOT / "frontend/src/shared/sharing/texts.ts"


def test_every_reason_to_see_what_can_be_shared_has_words_in_both_languages() -> None:
    words = TEXTS.read_text(encoding="utf-8")
    reasons = {
        rule.reach.label
        for policy in policies()
        if policy.giving is not None
        for rule in policy.rules
        if policy.read in rule.may
    }

    assert len(reasons) > 10
    assert [reason for reason in sorted(reasons) if words.count(f'"relation.{reason}":') != 2] == []
