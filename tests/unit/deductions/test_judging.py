"""Whether a claim agrees with what a brand reported, case by case."""

import pytest

from licensing.deductions.calculation import Basis, Claimed, Outcome, Reported, judge


@pytest.mark.parametrize(
    ("claimed", "reported", "expected"),
    [
        # The brand names who made the goods: what it says of this one decides.
        (Claimed(100, 500), Reported(100, 0, 0, names_makers=True), (Outcome.AGREES, Basis.MAKER)),
        (Claimed(100, 500), Reported(99, 900, 0, names_makers=True), (Outcome.CLAIMED_MORE, Basis.MAKER)),
        (Claimed(100, 100), Reported(99, 0, 1, names_makers=True), (Outcome.CANNOT_TELL, Basis.MAKER)),
        (Claimed(100, 100), Reported(0, 40, 60, names_makers=True), (Outcome.CLAIMED_MORE, Basis.MAKER)),
        # It names nobody: all that makers claim has to fit in.
        (Claimed(100, 100), Reported(0, 0, 100, names_makers=False), (Outcome.AGREES, Basis.TOTAL)),
        (Claimed(100, 150), Reported(0, 0, 149, names_makers=False), (Outcome.CANNOT_TELL, Basis.TOTAL)),
        (Claimed(100, 150), Reported(0, 0, 99, names_makers=False), (Outcome.CLAIMED_MORE, Basis.TOTAL)),
        (Claimed(100, 100), Reported(0, 0, 0, names_makers=False), (Outcome.CLAIMED_MORE, Basis.TOTAL)),
    ],
)
def test_a_claim_is_judged_by_what_the_brand_says(
    claimed: Claimed, reported: Reported, expected: tuple[Outcome, Basis]
) -> None:
    assert judge(claimed, reported) == expected
