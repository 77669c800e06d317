"""Our tree keeps the rules of the house, and each rule finds what it is there to find."""

from pathlib import Path

import pytest

from tests.architecture.rules import ROOT, RULES

PLANTED = {
    "quick_tests_need_no_database": ("tests/unit/test_money.py", "@pytest.mark" + ".django_db\n"),
    "platform_stays_the_standard_librarys": ("platform/__init__.py", ""),
    "names_say_what_is_inside": ("licensing/terms/utils.py", ""),
    "no_django_signals": ("pools/patents/apps.py", "from django.db.models.signals import post_save\n"),
    "arithmetic_has_no_clock": (
        "licensing/close/calculation.py",
        "import datetime\n\ndef today() -> object:\n    return datetime.date.today()\n",
    ),
    "services_name_their_arguments": ("pools/patents/services.py", "def add_patent(actor, number):\n    'Add one.'\n"),
    "domain_code_reads_no_settings_of_its_own": (
        "licensing/close/services.py",
        "import os\n\nFAST = os.environ.get('FAST')\n",
    ),
    "locks_name_no_host": ("requirements/base.txt", "--index" + "-url https" + "://mirror.example.org/simple\n"),
    "pins_are_hashed": ("requirements/base.txt", "django==5.2.1\n"),
    "no_machine_paths": ("docs/operations.md", "Look into /" + "home/alice/lianchi.\n"),
    "edits_name_their_version": (
        "pools/patents/api.py",
        "class PatentView:\n    def put(self, request: object) -> None:\n        ...\n",
    ),
    "every_public_command_and_query_says_what_it_does": ("pools/patents/selectors.py", "def all_patents():\n    ...\n"),
}


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_tree_keeps_the_rule(name: str) -> None:
    assert RULES[name](ROOT) == []


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_rule_finds_a_planted_violation(name: str, tmp_path: Path) -> None:
    assert RULES[name](tmp_path) == []
    place, text = PLANTED[name]
    planted = tmp_path / place
    planted.parent.mkdir(parents=True)
    planted.write_text(text)
    (found,) = RULES[name](tmp_path)
    assert place in found
