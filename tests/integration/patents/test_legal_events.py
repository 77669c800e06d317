"""Legal events come with files, say how a right stands and why, and never write the days by which closes count it."""

from datetime import date

import pytest

from platform_core.exchange.models import ImportState
from platform_core.identity.roles import Role
from pools.patents.models import Difference, ImportedEvent, LegalEvent, Patent, Source
from pools.patents.record.selectors import DecidedBy, legal_status
from pools.patents.status import Interval, State
from tests.factories.core import acting
from tests.factories.patents import make_patent
from tests.integration.patents.desk import Desk

pytestmark = pytest.mark.django_db

OPS = """<?xml version="1.0" encoding="UTF-8"?>
<ops:world-patent-data xmlns="http://www.epo.org/exchange" xmlns:ops="http://ops.epo.org"><ops:patent-family>
 <ops:family-member family-id="{family}">
  <publication-reference><document-id document-id-type="docdb"><country>{country}</country>
   <doc-number>{number}</doc-number><kind>{kind}</kind><date>{day}</date></document-id></publication-reference>
  {events}</ops:family-member></ops:patent-family></ops:world-patent-data>"""


def event(code: str, on: str, office: str = "CN", **told: str) -> str:
    """Return an event as the EPO writes it: fields by their numbers, such as n525."""
    fields = "".join(f"<ops:L{name[1:]}EP>{text}</ops:L{name[1:]}EP>" for name, text in told.items())
    return (
        f'<ops:legal code="{code:<4}" desc="what it means"><ops:L001EP>{office}</ops:L001EP>'
        f"<ops:L007EP>{on}</ops:L007EP>{fields}</ops:legal>"
    )


LAPSE = event("CF01", "2021-05-14", n525="20200527", n520="08")
TRANSFER = event("TR01", "2019-03-01", n509="沧澜大学")


def office_file(
    *events: str, country: str = "CN", number: str = "103294796", kind: str = "B", day: str = "20160504"
) -> bytes:
    values = {"country": country, "number": number, "kind": kind, "day": day}
    return OPS.format(family="42", events="".join(events), **values).encode()


def chinese(desk: Desk) -> Patent:
    """A Chinese patent on record, in force since its grant."""
    return make_patent(
        desk.alliance,
        "CN103294796B",
        desk.firm,
        publication_key="CN103294796",
        application="CN201310199708.X",
        application_key="CN201310199708.X",
        right="invention",
        filed_on=date(2013, 5, 27),
        granted_on=date(2016, 5, 4),
    )


def test_events_of_a_file_are_seen_taken_in_once_and_taken_back(desk: Desk) -> None:
    patent = chinese(desk)
    checked = desk.check_file(office_file(TRANSFER, LAPSE), "ops.xml", source_kind="office")

    assert (checked.told["legal_events"], ImportedEvent.objects.count()) == (2, 2)
    assert not LegalEvent.objects.exists()

    first = desk.apply(checked)
    second = desk.apply(desk.check_file(office_file(LAPSE, TRANSFER), "ops-again.xml", source_kind="office"))

    assert (first.state, second.state) == (ImportState.APPLIED, ImportState.APPLIED)
    source = Source.objects.get(of_import=first)
    rows = LegalEvent.objects.order_by("announced_on")
    assert list(rows.values_list("patent", "source", "office", "code", "announced_on", "effective_on", "document")) == [
        (patent.pk, source.pk, "CN", "TR01", date(2019, 3, 1), None, "CN103294796B"),
        (patent.pk, source.pk, "CN", "CF01", date(2021, 5, 14), date(2020, 5, 27), "CN103294796B"),
    ]
    assert [row.told for row in rows] == [{"owner": "沧澜大学"}, {"fee_year": "08"}]
    assert Patent.objects.get() == patent

    desk.undo(first)
    # The other file told them as well, so they are its word now.
    of_second = LegalEvent.objects.filter(source__of_import=second)
    assert list(of_second.order_by("announced_on").values_list("code", flat=True)) == ["TR01", "CF01"]
    desk.undo(second)
    assert not LegalEvent.objects.exists()
    assert Difference.objects.get().state == "settled"
    assert Patent.objects.get() == patent


def test_an_event_of_no_office_or_code_is_left_out_and_told_and_the_rest_of_the_file_counts(desk: Desk) -> None:
    chinese(desk)
    odd = [event("MM4A", "2024-05-31", office="CHN"), event("", "2024-05-31"), event("MM4A-2024-05", "2024-05-31")]
    checked = desk.check_file(office_file(TRANSFER, *odd), "ops.xml", source_kind="office")
    assert (checked.told["legal_events"], checked.told["legal_events_left_out"]) == (1, 3)
    assert desk.apply(checked).state == ImportState.APPLIED
    assert [found.code for found in LegalEvent.objects.all()] == ["TR01"]


def test_the_status_says_why_and_the_days_by_which_closes_count_stay(desk: Desk) -> None:
    patent = chinese(desk)
    desk.apply(desk.check_file(office_file(TRANSFER, LAPSE), "ops.xml", source_kind="office"))

    status = legal_status(patent.pk, actor=desk.actor)

    assert (status.state, status.since, status.decided_by) == (State.LAPSED, date(2020, 5, 27), DecidedBy.EVENT)
    assert status.why is not None
    assert (status.why.code, status.why.told) == ("CF01", {"fee_year": "08"})
    [interval] = status.intervals
    assert (interval.first, interval.end) == (date(2016, 5, 4), date(2020, 5, 27))
    assert (status.recorded, status.agrees) == ("in_force", False)
    patent.refresh_from_db()
    assert patent.ends_on is None
    # What closes count by is put before people as the largest of risks.
    [difference] = Difference.objects.all()
    assert (difference.field, difference.own, difference.office, difference.risk, difference.state) == (
        "ends_on",
        ["not_ended"],
        ["2020-05-27"],
        100,
        "open",
    )


@pytest.mark.parametrize(
    ("columns", "state", "decided_by", "intervals"),
    [
        (
            {},
            State.IN_FORCE,
            DecidedBy.DAYS,
            (Interval(first=date(2016, 5, 4), end=date(2033, 5, 27)),),
        ),
        (
            {"ends_on": date(2024, 1, 1)},
            State.ENDED,
            DecidedBy.RECORD,
            (Interval(first=date(2016, 5, 4), end=date(2024, 1, 1)),),
        ),
        ({"granted_on": None}, State.PENDING, DecidedBy.DAYS, ()),
        (
            {"filed_on": date(2003, 5, 27), "granted_on": date(2006, 5, 4)},
            State.EXPIRED,
            DecidedBy.TERM,
            (Interval(first=date(2006, 5, 4), end=date(2023, 5, 27)),),
        ),
    ],
)
def test_without_events_the_days_say_how_a_right_stands(
    desk: Desk,
    columns: dict[str, date | None],
    state: State,
    decided_by: DecidedBy,
    intervals: tuple[Interval, ...],
) -> None:
    patent = chinese(desk)
    Patent.objects.update(**columns)

    status = legal_status(patent.pk, actor=desk.actor)

    assert (status.state, status.decided_by, status.why, status.intervals) == (state, decided_by, None, intervals)


def test_an_announced_grant_is_why_a_right_stands(desk: Desk) -> None:
    patent = chinese(desk)
    desk.apply(desk.check_file(office_file(event("GR01", "2016-05-04")), "ops.xml"))

    status = legal_status(patent.pk, actor=desk.actor)

    assert (status.state, status.since, status.decided_by) == (State.IN_FORCE, date(2016, 5, 4), DecidedBy.EVENT)
    assert status.why == LegalEvent.objects.get()


def test_another_day_of_the_grant_is_a_difference_and_a_grant_alone_ends_or_revives_nothing(desk: Desk) -> None:
    patent = chinese(desk)
    Patent.objects.update(ends_on=date(2024, 1, 1))
    desk.apply(desk.check_file(office_file(event("GR01", "2016-05-11")), "ops.xml", source_kind="office"))

    [difference] = Difference.objects.filter(patent=patent)
    assert (difference.field, difference.own, difference.office) == ("granted_on", ["2016-05-04"], ["2016-05-11"])
    assert difference.risk == 55


def test_what_is_announced_of_a_european_patent_reaches_the_country_it_concerns(desk: Desk) -> None:
    rights = {
        country: make_patent(
            desk.alliance, "EP2400812B1", desk.firm, country=country, family="42", publication_key="EP2400812"
        )
        for country in ("BE", "DE")
    }
    lapse = event("PG25", "2015-03-02", office="EP", n501="BE", n525="20140630")
    revival = event("28", "2016-01-04", office="EP")
    contents = office_file(lapse, revival, country="EP", number="2400812", kind="B1", day="20130501")

    desk.apply(desk.check_file(contents, "ops.xml"))

    told = {
        country: list(LegalEvent.objects.filter(patent=right).order_by("announced_on").values_list("code", "at_office"))
        for country, right in rights.items()
    }
    assert told == {"BE": [("PG25", "BE"), ("28", "")], "DE": [("28", "")]}


def test_events_of_a_document_that_is_left_out_are_left_out_with_it(desk: Desk) -> None:
    chinese(desk)
    other = office_file(LAPSE).replace(
        b"</publication-reference>",
        b'</publication-reference><application-reference><document-id document-id-type="docdb"><country>CN</country>'
        b"<doc-number>201110000001</doc-number><kind>A</kind></document-id></application-reference>",
    )

    found = desk.check_file(other, "ops.xml")

    assert found.counts["doubtful"] == 1
    assert desk.apply(found).state == ImportState.APPLIED
    assert not LegalEvent.objects.exists()


def test_who_does_not_see_a_patent_sees_nothing_of_its_events(desk: Desk) -> None:
    chinese(desk)
    desk.apply(desk.check_file(office_file(LAPSE), "ops.xml"))

    assert not LegalEvent.objects.visible_to(acting(Role.MEMBER_ADMIN)).exists()
    assert LegalEvent.objects.visible_to(acting(Role.SECRETARIAT, alliance=desk.alliance)).count() == 1
