"""What a pool's list tells of who owns which part of a right when."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from licensing.bundles.comparison import Row
from licensing.bundles.records import owners_of

A, B = UUID(int=1), UUID(int=2)
CODES = {"A": A, "B": B}


def row(owner: str, enters: str = "", leaves: str = "", share: str = "1") -> Row:
    return Row(2, ("P1", "CN", owner, enters), {"leaves": leaves, "share": share})


def told(*rows: Row) -> list[tuple[UUID, str | None, date | None, date | None]]:
    return [
        (owner.owner_id, None if owner.share is None else str(owner.share), owner.from_on, owner.to_on)
        for owner in owners_of(rows, CODES)
    ]


def test_a_sole_owner_owns_it_all_the_time_whatever_its_days_in_the_pool() -> None:
    assert told(row("A", "2025-01-01", "2026-01-01")) == [(A, "1", None, None)]


def test_co_owners_own_their_agreed_parts() -> None:
    assert told(row("A", share="0.4"), row("B", share="0.6")) == [(A, "0.4", None, None), (B, "0.6", None, None)]


def test_co_owners_who_count_whole_each_own_it_jointly() -> None:
    assert told(row("A"), row("B")) == [(A, None, None, None), (B, None, None, None)]


def test_a_successor_owns_from_the_day_the_former_owner_leaves() -> None:
    day = date(2025, 3, 1)
    assert told(row("A", leaves="2025-03-01"), row("B", "2025-03-01")) == [(A, "1", None, day), (B, "1", day, None)]


def test_owners_with_a_gap_between_them_own_for_the_days_of_the_list() -> None:
    assert told(row("A", leaves="2025-03-01"), row("B", "2025-05-01")) == [
        (A, "1", None, date(2025, 3, 1)),
        (B, "1", date(2025, 5, 1), None),
    ]


def test_one_owner_with_other_parts_at_other_times_has_a_row_for_each() -> None:
    assert [
        (share, first, end)
        for _, share, first, end in told(row("A", "2024-01-01", "2025-01-01", "0.5"), row("A", "2025-01-01", "", "1"))
    ] == [("0.5", date(2024, 1, 1), date(2025, 1, 1)), ("1", date(2025, 1, 1), None)]


def test_parts_are_exact() -> None:
    owners = owners_of([row("A", share="0.3334"), row("B", share="0.6666")], CODES)
    assert sum((owner.share or Decimal(0)) for owner in owners) == 1
