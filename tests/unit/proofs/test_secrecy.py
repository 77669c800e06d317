"""Whoever holds one statement, and all that is published, learns nothing of another's amount."""

import json
from hashlib import sha256
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_core_ed25519_from_uniform

from licensing.distribution.proofs import Opening, Statement, statement_file
from licensing.distribution.proofs.forms import seal_of
from licensing.distribution.proofs.group import AMOUNT_GENERATOR, ORDER, commit, random_blinding
from tests.unit.proofs.curve import BASE, decode, encode, times
from tests.unit.proofs.distributions import AMOUNTS, made

amounts = st.integers(-(2**62), 2**62)


@given(st.lists(amounts, min_size=3, max_size=6), st.data())
@settings(max_examples=25, deadline=None)
def test_what_is_published_fits_every_other_division_of_the_same_total(others: list[int], data: st.DataObject) -> None:
    """Shown where somebody knows how H is a multiple of G: only then can the other blindings be written down.

    That they exist depends on no such knowledge, so the published commitments hide amounts from anybody, for ever.
    """
    secret = random_blinding()
    generator = encode(times(secret, decode(BASE)))
    blindings = [random_blinding() for _ in others]
    published = [commit(*pair, amount_generator=generator) for pair in zip(others, blindings, strict=True)]

    moved = data.draw(st.lists(amounts, min_size=len(others) - 1, max_size=len(others) - 1))
    divided = [*moved, sum(others) - sum(moved)]
    fitting = [
        (blinding + (was - now) * secret) % ORDER for blinding, was, now in zip(blindings, others, divided, strict=True)
    ]

    assert [commit(*pair, amount_generator=generator) for pair in zip(divided, fitting, strict=True)] == published
    assert sum(fitting) % ORDER == sum(blindings) % ORDER
    assert sum(divided) == sum(others)


def test_one_members_file_holds_what_opens_its_own_row_and_no_other() -> None:
    published, proven = made()
    for mine, other in product(proven, proven):
        text = statement_file(mine).decode()
        secrets = (
            other.opening.nonce.hex(),
            other.opening.blinding.to_bytes(32, "little").hex(),
            json.dumps(other.statement.payee, ensure_ascii=False),
            f"致 {other.statement.payee}",
        )
        assert [secret in text for secret in secrets] == [mine is other] * 4
    assert len({row.label for row in published.rows}) == 4


def test_trying_the_true_amount_of_a_rival_is_answered_like_any_other() -> None:
    """All that a member could try with what it has: its own secrets, none, or what is left of the published sum."""
    published, (mine, rival, *_) = made()
    row = next(row for row in published.rows if row.label == rival.opening.label)
    left = (published.blinding - mine.opening.blinding) % ORDER
    candidates = [*range(-20, 21), *AMOUNTS.values()]
    assert rival.statement.amount_minor in candidates

    for candidate, blinding in product(candidates, (1, mine.opening.blinding, published.blinding, left)):
        assert commit(candidate, blinding) != row.commitment
    for candidate, nonce in product(candidates, (b"", bytes(32), mine.opening.nonce)):
        guess = Statement(rival.statement.payee, candidate, rival.statement.details)
        opening = Opening(rival.opening.label, 1, nonce)
        assert seal_of(guess, opening, run="run-1", currency="CNY", periods=["2025Q1", "2025Q2"]) != row.seal


def test_the_same_amounts_are_published_differently_each_time() -> None:
    """So equal amounts, of two payees or two distributions, are not seen to be equal."""
    rows = [row for _ in range(2) for row in made({"M1": 5, "M2": 5, "M3": 5})[0].rows]
    for told in ({row.label for row in rows}, {row.commitment for row in rows}, {row.seal for row in rows}):
        assert len(told) == 6


def test_the_order_of_rows_is_that_of_their_labels_and_not_of_payees() -> None:
    orders = set()
    for _ in range(40):
        published, proven = made({"M1": 1, "M2": 2, "M3": 3})
        labels = [row.label for row in published.rows]
        assert labels == sorted(labels)
        orders.add(tuple(labels.index(each.opening.label) for each in proven))
    # Each of the six orders is missed with a probability of (5/6)^40, under 0.1 %; two are enough here.
    assert len(orders) > 1


def test_the_generator_of_amounts_is_made_of_a_text_that_anybody_can_read() -> None:
    text = b"lianchi/distribution/commitment/generator of amounts/1"
    assert crypto_core_ed25519_from_uniform(sha256(text).digest()) == AMOUNT_GENERATOR
    assert encode(times(ORDER, decode(AMOUNT_GENERATOR))) == encode((0, 1))
