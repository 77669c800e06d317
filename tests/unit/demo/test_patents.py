"""The demonstration's patents make sense: numbers of them, countries, dates, owners, and time in the pools."""

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction
from itertools import pairwise

from platform_site.demo.days import LAUNCHED_ON, TODAY
from platform_site.demo.dice import Dice
from platform_site.demo.names import MEMBER_OF, MEMBERS
from platform_site.demo.patents import PRODUCTION, TERMINAL, entries, families

RIGHTS = [right for family in families() for right in family.rights]
FIRST, LAST = date(2025, 7, 1), date(2026, 9, 30)


def test_there_are_about_four_hundred_rights_in_eight_countries() -> None:
    assert 380 <= len(RIGHTS) <= 420
    countries = Counter(right.country for right in RIGHTS)
    assert countries.keys() == {"CN", "US", "DE", "FR", "GB", "JP", "KR", "IN"}
    assert min(countries.values()) >= 15
    assert len(families()) == 120
    assert max(Counter(right.family for right in RIGHTS).values()) >= 6


def test_the_content_is_that_of_this_edition() -> None:
    """A change here changes what every installation shows: it must be meant."""
    first = families()[0].rights[0]
    assert Dice("coin").whole(1, 1_000_000) == 396_660
    assert (first.numbers.application, first.numbers.publication) == ("201814254000.8", "CN177877880B")
    assert len(RIGHTS) == 401


def test_dates_of_a_right_follow_one_another() -> None:
    for family in families():
        assert family.priority_on == min(right.filed_on for right in family.rights)
        for right in family.rights:
            assert (right.filed_on - family.priority_on).days <= 365
            assert right.filed_on < right.published_on < TODAY
            if right.granted_on is None:
                assert right.ends_on is None
                continue
            assert right.published_on <= right.granted_on <= TODAY
            assert right.ends_on is not None
            assert right.granted_on < right.ends_on
            term = 10 if right.kind == 2 else 20
            assert (right.ends_on - right.filed_on).days <= term * 366
            assert (right.ended_by != "") == (right.ends_on <= TODAY)


def test_rights_expire_lapse_fall_and_are_pending() -> None:
    ended = Counter(right.ended_by for right in RIGHTS)
    assert ended["expired"] >= 8
    assert ended["lapsed"] >= 8
    assert ended["invalidated"] == 2
    assert sum(right.granted_on is None for right in RIGHTS) >= 10
    running_out = [right for right in RIGHTS if right.ends_on and FIRST < right.ends_on <= LAST]
    assert len(running_out) >= 10


def test_offices_grant_on_their_weekday() -> None:
    weekdays = {"CN": {1, 4}, "US": {1}, "EP": {2}, "DE": {3}}
    for right in RIGHTS:
        if right.granted_on is not None:
            assert right.granted_on.weekday() in weekdays.get(right.office, {0, 1, 2, 3, 4})


def test_holders_of_a_family_hold_the_whole_of_it_at_any_time() -> None:
    shared = 0
    for family in families():
        for day in (date(2025, 6, 1), date(2025, 12, 31), date(2026, 4, 1), TODAY):
            held = [
                Fraction(holding.share)
                for holding in family.holdings
                if (holding.from_on is None or holding.from_on <= day)
                and (holding.to_on is None or day < holding.to_on)
            ]
            assert sum(held) == 1
        shared += len(family.holdings) == 2 and family.holdings[0].share != "1"
    assert shared == 14


def test_an_entry_is_a_granted_right_of_a_member_of_its_days() -> None:
    for pool in (TERMINAL, PRODUCTION):
        for entry in entries(pool):
            assert entry.right.granted_on is not None
            assert entry.right.granted_on <= entry.enters_on
            assert entry.enters_on >= max(LAUNCHED_ON, MEMBER_OF[entry.holding.member].joined)
            assert entry.leaves_on is None or entry.leaves_on > entry.enters_on
            assert entry.right.ends_on is not None
            assert entry.right.ends_on > entry.enters_on


def test_patents_enter_and_leave_the_pools_within_quarters() -> None:
    listed = entries(TERMINAL)
    assert len([entry for entry in listed if FIRST < entry.enters_on <= LAST]) >= 40
    assert len([entry for entry in listed if entry.leaves_on and FIRST < entry.leaves_on <= LAST]) >= 10
    days = {entry.leaves_on for entry in listed} | {entry.enters_on for entry in listed}
    assert any(day is not None and day.day != 1 for day in days)


def test_a_holder_has_a_right_on_a_list_once_at_a_time() -> None:
    for pool in (TERMINAL, PRODUCTION):
        spans: dict[tuple[str, str, str], list[tuple[date, date]]] = defaultdict(list)
        for entry in entries(pool):
            key = (entry.right.numbers.publication, entry.right.country, entry.holding.member)
            spans[key].append((entry.enters_on, entry.leaves_on or date.max))
        for taken in spans.values():
            taken.sort()
            assert all(earlier[1] <= later[0] for earlier, later in pairwise(taken))


def test_every_member_has_patents_in_a_pool() -> None:
    for pool, at_least in ((TERMINAL, 8), (PRODUCTION, 6)):
        holders = {entry.holding.member for entry in entries(pool)}
        assert len(holders) >= at_least
        assert holders <= {member.code for member in MEMBERS}


def test_titles_are_written_in_both_languages_and_not_twice() -> None:
    assert len({family.title_zh for family in families()}) == 120
    assert len({family.title_en for family in families()}) == 120
    for family in families():
        assert any("\u4e00" <= character <= "\u9fff" for character in family.title_zh)
        assert family.title_en.isascii()
        assert family.title_en[0].isupper()
