"""Reminders of a deadline fall on their days and are told once; a calendar file is one that programs can read."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from platform_core.deadlines.calculation import (
    Counted,
    Days,
    Rung,
    Told,
    due_tellings,
    first_day,
    ladder,
    next_day,
)
from platform_core.deadlines.calendar_file import Entry, written

LADDER = ladder((Rung(30), Rung(7), Rung(7, Told.HEAD), Rung(1, Told.OWNER, Counted.LAST)))
DAYS = Days(date(2026, 3, 10), date(2026, 9, 10))


def told_on(day: date, told: set[tuple[str, date]] | None = None) -> list[tuple[str, list[str]]]:
    tellings = due_tellings(LADDER, DAYS, on=day, told=told or set())
    return [(one.rung.code, [rung.code for rung in one.instead_of]) for one in tellings]


def test_every_ladder_ends_with_what_was_missed() -> None:
    assert [rung.code for rung in LADDER[-3:]] == ["owner.last.-1", "head.last.-1", "office.last.-1"]
    assert first_day(LADDER, DAYS) == date(2026, 2, 8)
    assert next_day(LADDER, DAYS, after=date(2026, 9, 9)) == date(2026, 9, 11)
    assert next_day(LADDER, DAYS, after=date(2026, 9, 11)) is None


def test_a_reminder_falls_on_its_day() -> None:
    assert told_on(date(2026, 2, 7)) == []
    assert told_on(date(2026, 2, 8)) == [("owner.due.30", [])]


def test_of_several_that_passed_the_latest_is_told_in_the_place_of_the_others() -> None:
    assert told_on(date(2026, 3, 5)) == [("owner.due.7", ["owner.due.30"]), ("head.due.7", [])]


def test_a_deadline_that_moves_begins_anew() -> None:
    assert told_on(date(2026, 3, 5), {("owner.due.30", DAYS.due_on), ("owner.due.7", DAYS.due_on)}) == [
        ("head.due.7", [])
    ]
    assert told_on(date(2026, 3, 5), {("owner.due.7", date(2025, 3, 10)), ("head.due.7", DAYS.due_on)}) == [
        ("owner.due.7", ["owner.due.30"])
    ]


@given(st.sets(st.integers(0, 260), min_size=1, max_size=40))
def test_whatever_days_a_worker_runs_each_reminder_is_told_or_replaced_exactly_once(offsets: set[int]) -> None:
    told: list[tuple[str, date]] = []
    for offset in sorted({*offsets, 260}):
        day = date(2026, 1, 1) + timedelta(days=offset)
        for one in due_tellings(LADDER, DAYS, on=day, told=set(told)):
            told += [(rung.code, DAYS.of(rung)) for rung in (one.rung, *one.instead_of)]
    assert sorted(told) == sorted((rung.code, DAYS.of(rung)) for rung in LADDER)


def entry(summary: str, description: str = "") -> Entry:
    return Entry(
        uid="1@example.com",
        day=date(2026, 12, 31),
        summary=summary,
        description=description,
        url="https://example.com/deadlines",
        changed_at=datetime(2026, 3, 2, 4, 0, tzinfo=UTC),
    )


def test_an_entry_is_a_whole_day() -> None:
    text = written("Deadlines", [entry("Pay the annuity")]).decode()

    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n" in text
    assert "UID:1@example.com\r\nDTSTAMP:20260302T040000Z\r\n" in text


def test_a_text_cannot_end_its_line_or_begin_another_entry() -> None:
    text = written("x", [entry("a;b,c\\d\r\nEND:VEVENT\x00\x07", "two\nlines")]).decode()

    assert "SUMMARY:a\\;b\\,c\\\\d\\nEND:VEVENT\r\n" in text
    assert "DESCRIPTION:two\\nlines\r\n" in text
    assert text.count("\r\nEND:VEVENT\r\n") == 1


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_lines_have_75_octets_at_most_and_no_sign_is_torn(summary: str) -> None:
    file = written("期限", [entry(summary)])

    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    unfolded = file.decode().replace("\r\n ", "")
    told = next(line for line in unfolded.split("\r\n") if line.startswith("SUMMARY:"))
    plain = summary.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in plain if sign == "\n" or (sign >= " " and sign != "\x7f"))
    escaped = told.removeprefix("SUMMARY:")
    back = (
        escaped.replace("\\\\", "\0").replace("\\n", "\n").replace("\\;", ";").replace("\\,", ",").replace("\0", "\\")
    )
    assert back == kept
