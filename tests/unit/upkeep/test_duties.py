"""Which fees are watched: the next one of each right, and one that may have been left unpaid before."""

from datetime import date

import pytest

from pools.patents.annuities import KeptRight, NoRules
from pools.upkeep.calculation import AnnuityDuty, History, duties_of

CHINESE = KeptRight(office="CN", right="invention", filed_on=date(2017, 3, 10), granted_on=date(2019, 8, 2))
RULES = "国家知识产权局专利收费标准; 专利法实施细则（2010年修订）第九十八条"


def days(duties: list[AnnuityDuty]) -> list[tuple[int, str, str, bool]]:
    return [(one.year, f"{one.due_on}", f"{one.last_day}", one.to_confirm) for one in duties]


def test_the_next_fee_is_watched_until_the_end_of_grace() -> None:
    [duty] = duties_of(CHINESE, History(since=date(2025, 12, 1)))

    assert duty == AnnuityDuty(year=10, due_on=date(2026, 3, 10), last_day=date(2026, 9, 10), rule=RULES)


def test_a_fee_in_grace_when_the_right_comes_on_record_is_asked_about_beside_the_next() -> None:
    duties = duties_of(CHINESE, History(since=date(2026, 5, 1)))

    assert days(duties) == [
        (10, "2026-05-15", "2026-09-10", True),
        (11, "2027-03-10", "2027-09-10", False),
    ]
    asked = duties_of(CHINESE, History(since=date(2026, 5, 1), confirmed=frozenset({10})))
    assert days(asked) == [(11, "2027-03-10", "2027-09-10", False)]


def test_after_a_payment_the_year_after_it_is_watched() -> None:
    paid = History(since=date(2025, 12, 1), paid_through=10)

    assert days(duties_of(CHINESE, paid)) == [(11, "2027-03-10", "2027-09-10", False)]


def test_an_old_payment_on_record_does_not_bring_back_what_nobody_could_pay_any_more() -> None:
    assert days(duties_of(CHINESE, History(since=date(2025, 12, 1), paid_through=4))) == [
        (10, "2026-03-10", "2026-09-10", False)
    ]


def test_what_was_given_up_or_missed_ends_the_watch() -> None:
    assert duties_of(CHINESE, History(since=date(2025, 12, 1), given_up_from=10)) == []


@pytest.mark.parametrize(
    ("right", "since", "expected"),
    [
        (KeptRight(office="CN", right="invention", filed_on=date(2024, 3, 10)), date(2026, 1, 1), []),
        (
            KeptRight(office="CN", right="utility_model", filed_on=date(2017, 4, 18), granted_on=date(2017, 12, 1)),
            date(2026, 6, 1),
            [(10, "2026-06-15", "2026-10-19", True)],
        ),
        (
            KeptRight(office="EP", right="invention", filed_on=date(2023, 11, 8)),
            date(2026, 6, 2),
            [(4, "2026-11-30", "2027-05-31", False)],
        ),
        (
            KeptRight(office="US", right="invention", filed_on=date(2020, 5, 4), granted_on=date(2023, 1, 17)),
            date(2026, 3, 2),
            [(4, "2026-07-17", "2027-01-18", False)],
        ),
        (
            KeptRight(office="JP", right="invention", filed_on=date(2019, 1, 7), granted_on=date(2022, 6, 10)),
            date(2025, 2, 1),
            [(4, "2025-06-10", "2025-12-10", False)],
        ),
    ],
    ids=["not granted", "the last year of a model", "before an office grants", "half years", "from registration"],
)
def test_each_office_counts_its_own_way(
    right: KeptRight, since: date, expected: list[tuple[int, str, str, bool]]
) -> None:
    assert days(duties_of(right, History(since=since))) == expected


def test_a_right_that_ends_before_a_fee_is_due_owes_it_no_more() -> None:
    assert duties_of(CHINESE, History(since=date(2025, 12, 1)), ends_on=date(2026, 3, 10)) == []
    assert len(duties_of(CHINESE, History(since=date(2025, 12, 1)), ends_on=date(2026, 3, 11))) == 1


def test_an_office_without_rules_is_told_and_not_passed_over() -> None:
    with pytest.raises(NoRules, match="No fees are known for the office DE"):
        duties_of(
            KeptRight(office="DE", right="invention", filed_on=date(2017, 3, 10)), History(since=date(2026, 1, 1))
        )
