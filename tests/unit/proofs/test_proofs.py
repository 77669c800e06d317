"""A statement is proved by what was published, and by nothing else."""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.distribution.proofs import (
    Covered,
    ProofProblem,
    ProvenStatement,
    Published,
    Statement,
    commit_run,
    fingerprint,
    published_file,
    read_published,
    read_statement,
    statement_file,
    verify_published,
    verify_statement,
    verify_statements,
)
from licensing.distribution.proofs.group import AMOUNT_GENERATOR, ORDER, commit, sum_points
from tests.unit.proofs import distributions
from tests.unit.proofs.curve import BASE, add, decode, encode, times
from tests.unit.proofs.distributions import AMOUNTS, made, spoiled

GOLDEN = Path(__file__).parent / "golden"

Spoil = Callable[[dict[str, Any]], object]

details = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**29), 10**29) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcß页"), inner, max_size=3),
    max_leaves=6,
)


def refused(content: bytes, published: Published | None = None) -> str:
    with pytest.raises(ProofProblem) as problem:
        verify_statement(read_statement(content), published=published)
    assert problem.value.told("en")[-1] in ".)"
    assert problem.value.told("zh") != problem.value.told("en")
    return problem.value.code


@given(
    st.lists(
        st.tuples(st.integers(-(2**59), 2**59), st.dictionaries(st.text("abc号"), details, max_size=3)),
        min_size=3,
        max_size=7,
    )
)
@settings(max_examples=40, deadline=None)
def test_every_statement_of_a_distribution_is_proved_by_its_own_file(
    given_out: list[tuple[int, dict[str, Any]]],
) -> None:
    statements = [Statement(f"M{n}", amount, more) for n, (amount, more) in enumerate(given_out)]
    published, proven = commit_run(run="r", currency="JPY", periods=["2025"], statements=statements)

    again = read_published(published_file(published))
    assert again == published
    verify_published(again)
    files = [read_statement(statement_file(each)) for each in proven]
    assert [each.statement for each in files] == statements
    total = sum(amount for amount, _ in given_out)
    assert verify_statements(files, published=again) == Covered(len(files), total, len(files), total)


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.integers(1, ORDER - 1))
@settings(max_examples=10, deadline=None)
def test_commitments_are_those_of_the_equations(amount: int, blinding: int) -> None:
    by_hand = add(times(blinding, decode(BASE)), times(amount % ORDER, decode(AMOUNT_GENERATOR)))
    assert commit(amount, blinding) == encode(by_hand)


def test_the_sum_of_commitments_is_the_commitment_to_the_sum() -> None:
    parts = [(5, 7), (-12, 11), (7, ORDER - 3)]
    assert sum_points(commit(*part) for part in parts) == commit(0, 15)


def test_files_that_were_given_out_long_ago_are_still_proofs() -> None:
    """Written once and never again: whoever changes the format writes a version 2 and leaves these readable."""
    content = (GOLDEN / "published.json").read_bytes()
    published = read_published(content)
    proven = read_statement((GOLDEN / "statement.json").read_bytes())
    verify_statement(proven, published=published)

    assert proven.statement == Statement("M3", -4_200, distributions.details("M3"))
    assert fingerprint(published) == hashlib.sha256(content).hexdigest()
    assert fingerprint(published) == "4453a5a6ca5685693fb4f804f04dd15751dcd808d080258b61250a689ed12ee2"
    # And another opinion than the library's: the sum, and the row of the statement.
    rows = json.loads(content)["rows"]
    total = decode(bytes.fromhex(rows[0]["commitment"]))
    for row in rows[1:]:
        total = add(total, decode(bytes.fromhex(row["commitment"])))
    base, amounts = decode(BASE), decode(AMOUNT_GENERATOR)
    assert total == add(times(published.blinding, base), times(sum(AMOUNTS.values()), amounts))
    mine = next(row for row in rows if row["label"] == proven.opening.label)
    opened = add(times(proven.opening.blinding, base), times(-4_200 % ORDER, amounts))
    assert encode(opened).hex() == mine["commitment"]


def _set(*path: str | int, to: object) -> Spoil:
    def spoil(document: dict[str, Any]) -> None:
        *way, last = path
        place: Any = document
        for step in way:
            place = place[step]
        place[last] = to

    return spoil


def _swap_rows(document: dict[str, Any]) -> None:
    """Two payees' commitments change places: the sum stays as it was."""
    one, other = document["published"]["rows"][:2]
    one["commitment"], other["commitment"] = other["commitment"], one["commitment"]


def _drop_row(document: dict[str, Any]) -> None:
    label = document["opening"]["label"]
    rows = document["published"]["rows"]
    rows.remove(next(row for row in rows if row["label"] != label))
    document["published"]["count"] -= 1


FORGED: dict[str, tuple[Spoil, str]] = {
    "a higher amount": (_set("statement", "amount_minor", to="1234568"), "other_amount"),
    "the other sign": (_set("statement", "amount_minor", to="-1234567"), "other_amount"),
    "another payee": (_set("statement", "payee", to="M2"), "other_statement"),
    "other details": (_set("statement", "details", "note", to="致 M2"), "other_statement"),
    "yes for one": (_set("statement", "details", "lines", 0, "units", to=True), "other_statement"),
    "another blinding": (_set("opening", "blinding", to="01" + "00" * 31), "other_amount"),
    "another nonce": (_set("opening", "nonce", to="00" * 32), "other_statement"),
    "another row": (_set("opening", "label", to="00" * 16), "no_such_row"),
    "another run": (_set("published", "run", to="run-2"), "other_statement"),
    "another currency": (_set("published", "currency", to="USD"), "other_statement"),
    "another period": (_set("published", "periods", to=["2025Q1"]), "other_statement"),
    "another total": (_set("published", "total_minor", to="98766662468"), "does_not_add_up"),
    "another sum of blindings": (_set("published", "blinding", to="05" + "00" * 31), "does_not_add_up"),
    "a row less": (_drop_row, "does_not_add_up"),
    "rows that changed places": (_swap_rows, "other_amount"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_file_is_refused(name: str) -> None:
    spoil, code = FORGED[name]
    published, proven = made()
    first_two = {row.label for row in published.rows[:2]}
    # Where rows change places, one of the two is the reader's; else it is M1's file, whose amount is known above.
    mine = next(each for each in proven if each.opening.label in first_two) if spoil is _swap_rows else proven[0]
    assert refused(spoiled(mine, spoil)) == code


HUGE = "9" * 5000
SMALL_ORDER = [
    "01" + "00" * 31,
    "ec" + "ff" * 30 + "7f",
    "00" * 32,
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
]

MALFORMED: dict[str, tuple[Spoil, str]] = {
    "an unknown field": (_set("extra", to=1), "unknown"),
    "an unknown field of a row": (_set("published", "rows", 0, "payee", to="M1"), "unknown"),
    "another version": (_set("version", to=2), "other_version"),
    "yes for a version": (_set("published", "version", to=True), "other_version"),
    "another kind": (_set("kind", to="invoice"), "not_statement_kind"),
    "another kind inside": (_set("published", "kind", to="invoice"), "not_published_kind"),
    "a count that is another": (_set("published", "count", to=5), "wrong_count"),
    "a count as text": (_set("published", "count", to="4"), "wrong_count"),
    "a list for the statement": (_set("statement", to=[]), "not_an_object"),
    "a list for details": (_set("statement", "details", to=[]), "not_an_object"),
    "a number for an amount": (_set("statement", "amount_minor", to=5), "bad_amount"),
    "an amount with a plus": (_set("statement", "amount_minor", to="+5"), "bad_amount"),
    "an amount that begins with 0": (_set("statement", "amount_minor", to="05"), "bad_amount"),
    "an amount of nothing below": (_set("statement", "amount_minor", to="-0"), "bad_amount"),
    "an amount with other digits": (_set("statement", "amount_minor", to="٥"), "bad_amount"),
    "an amount with a line end": (_set("statement", "amount_minor", to="5\n"), "bad_amount"),
    "an amount of 2^63": (_set("statement", "amount_minor", to=str(2**63)), "bad_amount"),
    "an amount of 5000 digits": (_set("statement", "amount_minor", to=HUGE), "bad_amount"),
    "the order of the group added": (_set("statement", "amount_minor", to=str(1_234_567 + ORDER)), "bad_amount"),
    "a blinding of 0": (_set("opening", "blinding", to="00" * 32), "bad_scalar"),
    "a blinding of the order": (_set("opening", "blinding", to=ORDER.to_bytes(32, "little").hex()), "bad_scalar"),
    "large digits": (_set("opening", "nonce", to="AB" * 32), "bad_bytes"),
    "a short nonce": (_set("opening", "nonce", to="ab" * 31), "bad_bytes"),
    "a payee without a name": (_set("statement", "payee", to=""), "bad_text"),
    "a payee who writes backwards": (_set("statement", "payee", to="M1\u202e"), "bad_text"),
    "a run that clears the screen": (_set("published", "run", to="\x1b[2J"), "bad_text"),
    "no currency": (_set("published", "currency", to="XYZ"), "bad_currency"),
    "no period": (_set("published", "periods", to=[]), "bad_periods"),
    "a period twice": (_set("published", "periods", to=["2025", "2025"]), "bad_periods"),
    "rows in another order": (lambda document: document["published"]["rows"].reverse(), "not_in_order"),
    "no rows": (_set("published", "rows", to={}), "bad_rows"),
    "a point in another form": (_set("published", "rows", 0, "commitment", to="ee" + "ff" * 31), "bad_point"),
    "a point beside the curve": (_set("published", "rows", 0, "commitment", to="02" + "00" * 31), "bad_point"),
}  # fmt: skip


MALFORMED |= {
    f"a point of small order {point[:4]}": (_set("published", "rows", 0, "commitment", to=point), "bad_point")
    for point in SMALL_ORDER
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_file_that_is_none_of_ours_is_refused_in_words(name: str) -> None:
    spoil, code = MALFORMED[name]
    assert refused(spoiled(made()[1][0], spoil)) == code


def test_a_point_of_the_curve_outside_the_group_is_no_commitment() -> None:
    """A point plus one of small order passes careless checks; eight times it is what eight times the other is."""
    small = decode(bytes.fromhex("ec" + "ff" * 30 + "7f"))
    published, proven = made()
    moved = encode(add(decode(published.rows[0].commitment), small)).hex()
    assert refused(spoiled(proven[0], _set("published", "rows", 0, "commitment", to=moved))) == "bad_point"


def _texts(content: bytes) -> dict[str, tuple[bytes, str]]:
    return {
        "nothing": (b"", "cut_off"),
        "a list": (b"[]", "not_an_object"),
        "no UTF-8": (b"\xff" + content, "not_text"),
        "a mark of the order of bytes": (b"\xef\xbb\xbf" + content, "cut_off"),
        "more behind": (content + b"{}", "cut_off"),
        "a name twice": (content.replace(b'"count":4,', b'"count":4,"count":4,'), "named_twice"),
        "a fraction": (content.replace(b'"units":12', b'"units":12.0'), "no_fractions"),
        "no number": (content.replace(b'"units":12', b'"units":NaN'), "no_fractions"),
        "a number of 5000 digits": (content.replace(b'"units":12', b'"units":' + HUGE.encode()), "number_too_long"),
        "half a character": (content.replace(b'"paid":null', b'"paid":"\\ud800"'), "bad_details"),
        "deep": (b"[" * 100_000, "too_deep"),
        "somewhat deep": (content.replace(b'"paid":null', b'"paid":' + b"[" * 30 + b"]" * 30), "too_deep"),
    }  # fmt: skip


@pytest.mark.parametrize("name", _texts(b""))
def test_a_text_that_is_no_whole_file_is_refused_in_words(name: str) -> None:
    content, code = _texts(statement_file(made()[1][0]))[name]
    assert refused(content) == code


def test_what_a_stranger_wrote_does_nothing_to_the_terminal_that_shows_it() -> None:
    bell = "\x1b[2J\x07"
    for spoil in (
        _set("published", "count", to=bell),
        _set("version", to=bell),
        _set(bell, to=1),
        _set("published", "rows", 0, bell, to=1),
        _set("statement", "payee", to=bell),
        _set("statement", "details", bell, to=0.5),
    ):
        with pytest.raises(ProofProblem) as problem:
            verify_statement(read_statement(spoiled(made()[1][0], spoil)))
        assert problem.value.told("en").isprintable()
        assert problem.value.told("zh").isprintable()


def test_a_file_that_was_cut_anywhere_is_refused() -> None:
    content = statement_file(made()[1][0])
    for length in range(0, len(content), 7):
        assert refused(content[:length]) in {"cut_off", "not_text"}


def test_no_single_bit_of_a_file_can_be_turned_unnoticed() -> None:
    """By those who compare what was published: by itself a file says nothing of other payees' labels and seals."""
    published, proven = made()
    content = statement_file(proven[1])
    for place in range(0, len(content), 5):
        turned = bytearray(content)
        turned[place] ^= 1 << place % 7
        if bytes(turned).lower() != content.lower():
            refused(bytes(turned), published)


def test_a_published_file_has_one_form_only() -> None:
    content = published_file(made()[0])
    for other in (content + b"\n", json.dumps(json.loads(content)).encode(), content.replace(b"run-1", b"run\\u002d1")):
        with pytest.raises(ProofProblem) as problem:
            read_published(other)
        assert problem.value.code == "not_as_published"


def test_a_statement_does_not_stand_up_to_another_publication() -> None:
    """Of the same distribution, made again: an operator who tells two members two things is found by comparing."""
    (first, proven), (second, _) = made(), made()
    verify_statement(proven[0], published=first)
    with pytest.raises(ProofProblem) as problem:
        verify_statement(proven[0], published=second)
    assert problem.value.code == "other_publication"


def test_one_row_cannot_be_given_to_two_members_with_equal_amounts() -> None:
    """Else what one of them is due could be paid to somebody made up, and the sum would still be right."""
    _, proven = made({"M1": 700, "M2": 700, "M3": 1})
    shared = ProvenStatement(
        dataclasses.replace(proven[0].statement, payee="M2"), proven[0].opening, proven[0].published
    )
    with pytest.raises(ProofProblem) as problem:
        verify_statement(shared)
    assert problem.value.code == "other_statement"


def test_an_auditor_with_all_statements_sees_that_nobody_else_is_paid() -> None:
    published, proven = made()
    part = verify_statements(proven[:2], published=published)
    assert part == Covered(statements=2, amount_minor=1_234_567, rows=4, total_minor=98_766_662_467)
    assert not part.is_whole
    assert verify_statements(proven).is_whole
    for wrong, code in (((proven[0], proven[0]), "row_twice"), ((proven[0], made()[1][1]), "publications_differ")):
        with pytest.raises(ProofProblem) as problem:
            verify_statements(wrong)
        assert problem.value.code == code


def _statements(amounts: list[int]) -> list[Statement]:
    return [Statement(f"M{n}", amount, {}) for n, amount in enumerate(amounts)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"statements": _statements([1, 2])}, "too_few_payees"),
        ({"statements": [*_statements([1, 2]), Statement("M0", 5, {})]}, "payee_twice"),
        ({"statements": _statements([1, 2, 2**63])}, "bad_amount"),
        ({"statements": _statements([2**62, 2**62, 2**62])}, "bad_amount"),
        ({"statements": [*_statements([1, 2]), Statement("M9", 5, {"rate": 0.5})]}, "bad_details"),
        ({"statements": [*_statements([1, 2]), Statement("M9", 5, {"day": [{1: "x"}]})]}, "bad_details"),
        ({"currency": "yuan"}, "bad_currency"),
        ({"periods": []}, "bad_periods"),
        ({"run": "a\nb"}, "bad_text"),
    ],
)
def test_what_cannot_be_proved_is_not_committed_to(change: dict[str, Any], code: str) -> None:
    sound: dict[str, Any] = {"run": "r", "currency": "CNY", "periods": ["2025"], "statements": _statements([1, 2, 3])}
    commit_run(**sound)
    with pytest.raises(ProofProblem) as problem:
        commit_run(**sound | change)
    assert problem.value.code == code
