"""Whatever is booked is called something in both languages, and so is what it is booked about."""

import ast
import re
from collections.abc import Iterator

from licensing.payments.lifecycle import MovementKind
from tests.architecture.rules import ROOT
from tests.architecture.test_event_words import LANGUAGES, labels, modules

WORDS = ROOT / "frontend/src/features/books/texts.ts"
DEMONSTRATION = ROOT / "platform/platform_site/demo"
BOOKING = {"NewEntry", "post_entry", "book_payout"}
NAME = re.compile(r"[a-z_]+\.[a-z_]+")
OF_TABLES = {f"online_payment.{kind}" for kind in MovementKind}
"""Names that are put together from a table."""


def booked_in(tree: ast.Module) -> Iterator[str]:
    """Yield the names of entries in a module that books any."""
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    if not calls & BOOKING:
        return
    named = (node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "name")
    for value in named:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and NAME.fullmatch(value.value):
            yield value.value


def names() -> set[str]:
    trees = [tree for _, tree in modules()]
    trees += [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(DEMONSTRATION.glob("*.py"))]
    return {name for tree in trees for name in booked_in(tree)} | OF_TABLES


def test_every_kind_of_entry_is_called_something_in_both_languages() -> None:
    booked = names()
    assert booked >= {"invoice.issued", "distribution.released", "opening.booked", "payout.paid"}
    for language in LANGUAGES:
        assert labels("entry", WORDS)[language] - {"number"} == booked, language
