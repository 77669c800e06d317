"""Days on which offices work come from files, each for a year, and reach into the years beside it."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from unittest.mock import Mock

import pytest
from click.testing import CliRunner
from django.db import transaction

from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.clock import FixedClock
from platform_core.identity.roles import Role
from platform_core.problems import InvalidInput, NotAllowed
from platform_site.cli.calendars import calendar_command
from pools.patents.annuities import WorkingDays
from pools.upkeep.models import OfficeCalendar
from pools.upkeep.office_days import office_days
from pools.upkeep.services import import_office_calendar
from tests.factories.core import NOON, actor_of_seat, give_role, make_organisation, make_seat
from tests.factories.upkeep import make_office_calendar

pytestmark = pytest.mark.django_db

SITE = Actor.system(COMMAND_LINE, clock=FixedClock(NOON))


def test_a_calendar_of_one_year_leaves_the_rest_of_its_neighbours_alone() -> None:
    """Notices for a year name days of the years beside it as well: whichever comes first, both are known whole."""
    files = [
        ("2026.csv", [date(2026, 1, 1), *(date(2026, 10, day) for day in range(1, 8))], [date(2026, 10, 10)], None),
        ("2027.csv", [date(2026, 12, 31), date(2027, 1, 1)], [date(2027, 1, 3)], None),
        ("2028.csv", [date(2027, 12, 31), date(2028, 1, 3)], [], 2028),
    ]
    for order in (files, files[::-1]):
        with transaction.atomic():
            for source, off, worked, year in order:
                days = WorkingDays(off=frozenset(off), on=frozenset(worked))
                made = import_office_calendar(actor=SITE, office="CN", days=days, source=source, year=year)
                assert f"{made.year}.csv" == source
            known = office_days(["CN", "JP"])
            open_on = {
                f"{day}": known["CN"].days.next_open(day) == day
                for day in (
                    *(date(2026, 1, 1), date(2026, 10, 7), date(2026, 10, 10), date(2026, 12, 31)),
                    *(date(2027, 1, 1), date(2027, 1, 3), date(2027, 12, 31), date(2028, 1, 3)),
                )
            }
            assert open_on == {
                "2026-01-01": False,
                "2026-10-07": False,
                "2026-10-10": True,
                "2026-12-31": False,
                "2027-01-01": False,
                "2027-01-03": True,
                "2027-12-31": False,
                "2028-01-03": False,
            }
            assert known["CN"].known_until(date(2026, 3, 2)) == date(2028, 12, 31)
            assert known["JP"].known_until(date(2026, 3, 2)) is None
            transaction.set_rollback(True)


def test_the_command_says_which_year_is_known_now_and_what_was_added_to_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("platform_site.running.site_with_database", lambda: nullcontext(Mock()))
    file = tmp_path / "2027.csv"
    file.write_text("day,state\n2026-12-31,off\n2027-01-01,off\n")
    refused = CliRunner().invoke(calendar_command, [str(file), "--office", "cn"])
    assert (refused.exit_code, OfficeCalendar.objects.count()) == (1, 0)
    assert "say which year it is for" in refused.output
    told = CliRunner().invoke(calendar_command, [str(file), "--office", "cn", "--year", "2027"])
    assert told.output.splitlines() == [
        "CN 2027: 1 days off and 0 worked in their place, instead of what any file for that year said before.",
        "Added to what is known of other years: 2026-12-31.",
        "Deadlines follow before the next day begins.",
    ]


def test_a_corrected_calendar_takes_its_days_in_other_years_back() -> None:
    def take(source: str, *off: date, worked: Sequence[date] = (), year: int | None = None) -> OfficeCalendar:
        days = WorkingDays(off=frozenset(off), on=frozenset(worked))
        return import_office_calendar(actor=SITE, office="CN", days=days, source=source, year=year)

    made = take("2027.csv", date(2026, 12, 31), date(2027, 1, 1), year=2027)
    assert (made.year, made.strays) == (2027, [date(2026, 12, 31)])
    take("2026.csv", date(2026, 10, 1))
    assert not office_days(["CN"])["CN"].days.is_open(date(2026, 12, 31))
    # Of what two files say differently of one day, the later one counts.
    take("2026.csv", date(2026, 10, 1), date(2026, 10, 2), worked=[date(2026, 12, 31)])
    assert office_days(["CN"])["CN"].days.is_open(date(2026, 12, 31))
    take("2026.csv", date(2026, 10, 1))
    take("2027.csv", date(2027, 1, 1))
    assert office_days(["CN"])["CN"].days.is_open(date(2026, 12, 31))


def test_only_years_without_a_gap_count_as_known() -> None:
    for year in (2024, 2026, 2027, 2029):
        days = WorkingDays(off=frozenset((date(year, 1, 2), date(year + 1, 1, 1), date(year, 5, 1))))
        import_office_calendar(actor=SITE, office="CN", days=days, source=f"{year}.csv")
    known = office_days(["CN"])["CN"]
    assert {year: known.known_until(date(year, 6, 1)) for year in range(2023, 2031)} == {
        2023: None,
        **dict.fromkeys((2024, 2025), date(2024, 12, 31)),
        **dict.fromkeys((2026, 2027, 2028), date(2027, 12, 31)),
        **dict.fromkeys((2029, 2030), date(2029, 12, 31)),
    }
    # What came in before files were for one year counts as one for the year that most of its days are of.
    make_office_calendar("JP", year=None, off=[date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 4)], worked=[])
    make_office_calendar("KR", year=None, off=[date(2026, 12, 31), date(2027, 1, 1)], worked=[])
    found = office_days(["JP", "KR"])
    assert {office: days.known_until(date(2027, 6, 1)) for office, days in found.items()} == {
        "JP": date(2027, 12, 31),
        "KR": None,
    }
    assert not found["KR"].days.is_open(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("days", "year", "refusal"),
    [
        ([date(2026, 12, 31), date(2027, 1, 1)], None, ("/year", "required")),
        ([date(2026, 12, 31), date(2027, 1, 1)], 2025, ("/year", "other_year")),
        ([date(2026, 10, 1), date(2026, 10, 2), date(2028, 1, 1)], None, ("/file", "far_away")),
    ],
)
def test_a_calendar_that_is_for_no_one_year_is_refused(
    days: list[date], year: int | None, refusal: tuple[str, str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        import_office_calendar(
            actor=SITE, office="CN", days=WorkingDays(off=frozenset(days)), source="x.csv", year=year
        )
    assert [(error.pointer, error.code) for error in refused.value.errors] == [refusal]
    assert not OfficeCalendar.objects.exists()


def test_a_calendar_of_nothing_or_of_an_office_without_fees_is_refused() -> None:
    for office, days, code in (
        ("CN", WorkingDays(), "empty"),
        ("VA", WorkingDays(off=frozenset((date(2026, 1, 1),))), "no_fees"),
    ):
        with pytest.raises(InvalidInput) as refused:
            import_office_calendar(actor=SITE, office=office, days=days, source="x.csv")
        assert [error.code for error in refused.value.errors] == [code]
    staff = make_seat(organisation=make_organisation())
    give_role(staff, Role.MEMBER_STAFF)
    with pytest.raises(NotAllowed):
        import_office_calendar(actor=actor_of_seat(staff), office="CN", days=WorkingDays(), source="x.csv")
    assert not OfficeCalendar.objects.exists()
