"""A programme's totals over HTTP: exact for finance, by the rule for others, and taken apart by no second question."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.db import Error, transaction
from pytest_django import Settings

from licensing.agreements.models import LicenceChange
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseBucket, CloseRun
from licensing.close.totals.models import TotalsRelease
from platform_core.access.models import AccessLogEntry
from platform_core.audit.models import AuditEvent
from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.factories.access import make_staff_seat
from tests.factories.close import make_run, move_run
from tests.factories.core import give_role, make_seat, make_user
from tests.factories.royalties import SmallWorld, add_licensee, make_person, make_small_world

pytestmark = pytest.mark.django_db

Sales = Mapping[str, Mapping[tuple[str, str], int]]
"""Of each licence, by product and country, in minor units."""


@pytest.fixture
def world() -> SmallWorld:
    """Three members, three licensees; the first licensee is the second member's own company."""
    world = make_small_world()
    for code in ("L4", "L5"):
        add_licensee(world, code)
    own = world.licences["L1"]
    own.licensee = world.members["M2"].organisation
    own.save()
    world.seats["authority"] = make_person(
        world.entity.organisation, "authority", Role.AUTHORITY, alliance=world.alliance
    )
    return world


def post(world: SmallWorld, month: date, sales: Sales, *, corrects: CloseRun | None = None) -> CloseRun:
    """Post a close with these royalties."""
    calculator, approver = make_user(), make_user()
    run = make_run(world.programme, month, person=calculator, corrects=corrects)
    rows = [(licence, place, amount) for licence, cells in sales.items() for place, amount in cells.items()]
    for position, (licence, (product, country), amount) in enumerate(rows, start=1):
        CloseBucket.objects.create(
            run=run,
            position=position,
            licence=world.licences[licence],
            product=product,
            sold_in=country,
            month=f"{month:%Y-%m}",
            currency="CNY",
            units=1,
            royalty_micros=amount * 10**6,
            billed_micros=amount * 10**6,
        )
    return move_run(run, RunStatus.POSTED, calculator=calculator, approver=approver)


def ask(world: SmallWorld, who: str, **asked: str) -> dict[str, Any]:
    answer = client_of(world.seats[who]).get(f"/api/v1/programmes/{world.programme.pk}/totals", asked)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def lines(found: dict[str, Any]) -> dict[tuple[str, ...], int]:
    return {tuple(row["labels"]): row["amount_minor"] for row in found["rows"]}


JANUARY, FEBRUARY, MARCH = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)
TV = ("tv", "CN")
EVEN: Sales = {code: {TV: 100} for code in ("L1", "L2", "L3", "L4")}
EXAMPLE: Sales = {"L1": {TV: 500_000}, "L2": {TV: 300_000}, "L3": {TV: 200_000}}
"""The example of the page on access."""


def test_the_example_is_withheld_from_the_owner_of_any_of_the_three_and_told_to_others(world: SmallWorld) -> None:
    post(world, JANUARY, EXAMPLE)
    assert lines(ask(world, "M1")) == lines(ask(world, "secretariat")) == lines(ask(world, "authority"))
    assert lines(ask(world, "M1")) == {("2025-01",): 1_000_000}
    for code in ("L1", "L2", "L3"):
        licence = world.licences[code]
        licence.licensee = world.members["M2"].organisation
        licence.save()
        found = ask(world, "M2")
        assert (found["rows"], found["total_minor"], found["exact"]) == ([], None, False)
        assert found["waiting"] == {
            "periods": ["2025-01"],
            "first_month": "2025-01",
            "last_month": "2025-01",
            "reason": "too_few_reporters",
        }
        licence.licensee = make_seat().organisation
        licence.save()


def test_affiliates_of_the_reader_are_left_out_and_affiliates_of_each_other_are_one(world: SmallWorld) -> None:
    post(world, JANUARY, EVEN)
    # L2 belongs to the group of the reader's own licensee L1: L3 and L4 are too few.
    for code in ("L1", "L2"):
        LicenceChange.objects.create(licence=world.licences[code], month=date(2024, 6, 1), enterprise="Group")
    assert ask(world, "M2")["waiting"]["reason"] == "too_few_reporters"
    # To others the group is one of three.
    assert lines(ask(world, "M1")) == {("2025-01",): 400}


def test_one_who_dominates_is_not_told(world: SmallWorld) -> None:
    post(world, JANUARY, {"L2": {TV: 61}, "L3": {TV: 20}, "L4": {TV: 19}})
    found = ask(world, "M1")
    assert (found["rows"], found["waiting"]["reason"]) == ([], "one_dominates")
    assert lines(ask(world, "calculator")) == {("2025-01",): 100}


def test_finance_reads_every_figure_and_the_reading_is_logged(world: SmallWorld) -> None:
    first = post(world, JANUARY, {"L1": {TV: 61, ("box", "DE"): 5}})
    post(world, JANUARY, {"L1": {TV: 71, ("box", "DE"): 5}}, corrects=first)
    post(world, FEBRUARY, EVEN)
    found = ask(world, "calculator", by="product")
    assert (found["exact"], lines(found), found["total_minor"]) == (True, {("box",): 5, ("tv",): 471}, 476)
    assert lines(ask(world, "calculator", by="country")) == {("CN",): 471, ("DE",): 5}
    assert lines(ask(world, "calculator", **{"from": "2025-02"})) == {("2025-02",): 400}
    assert lines(ask(world, "calculator", to="2025-01")) == {("2025-01",): 76}
    assert set(AccessLogEntry.objects.values_list("action", flat=True)) == {"programme.exact_totals_viewed"}
    assert not TotalsRelease.objects.exists()


def test_products_and_countries_of_too_few_are_told_together_with_others(world: SmallWorld) -> None:
    post(world, JANUARY, {**EVEN, "L2": {TV: 100, ("phone", "CN"): 7}, "L3": {TV: 100, ("tv", "DE"): 3}})
    assert lines(ask(world, "M1", by="product")) == {("phone", "tv"): 410}
    assert lines(ask(world, "M1", by="country")) == {("CN", "DE"): 410}


def test_a_correction_of_one_licensee_is_folded_into_the_next_figure_and_no_earlier_one_changes(
    world: SmallWorld,
) -> None:
    first = post(world, JANUARY, EVEN)
    before = ask(world, "M1")
    post(world, JANUARY, {**EVEN, "L2": {TV: 150}}, corrects=first)
    again = ask(world, "M1")
    assert again["rows"] == before["rows"]
    assert again["total_minor"] == 400
    assert again["waiting"]["periods"] == ["2025-01"]
    post(world, FEBRUARY, EVEN)
    found = ask(world, "M1")
    assert lines(found) == {("2025-01",): 400, ("2025-02",): 450}
    assert [row["corrected"] for row in found["rows"]] == [[], ["2025-01"]]
    assert (found["total_minor"], found["waiting"]) == (850, None)


def test_periods_that_wait_are_told_together_with_the_next_whatever_window_is_asked_for(world: SmallWorld) -> None:
    post(world, JANUARY, {"L2": {TV: 100}, "L3": {TV: 100}})
    assert ask(world, "M1", to="2025-01")["waiting"]["periods"] == ["2025-01"]
    post(world, FEBRUARY, EVEN)
    post(world, MARCH, EVEN)
    for asked in ({}, {"to": "2025-01"}, {"from": "2025-02", "to": "2025-02"}):
        found = ask(world, "M1", **asked)
        assert found["rows"][0] == {
            "labels": ["2025-01", "2025-02"],
            "first_month": "2025-01",
            "last_month": "2025-02",
            "corrected": [],
            "amount_minor": 600,
        }
    assert lines(ask(world, "M1", **{"from": "2025-03"})) == {("2025-03",): 400}


def test_what_was_told_stays_told_although_the_readers_group_has_grown_since(world: SmallWorld) -> None:
    post(world, JANUARY, EVEN)
    before = ask(world, "M2")
    assert lines(before) == {("2025-01",): 400}
    licence = world.licences["L2"]
    licence.licensee = world.members["M2"].organisation
    licence.save()
    post(world, FEBRUARY, EVEN)
    after = ask(world, "M2")
    assert after["rows"] == before["rows"]
    assert after["waiting"]["periods"] == ["2025-02"]


def test_a_release_is_made_once_on_record_and_for_good(world: SmallWorld) -> None:
    post(world, JANUARY, EVEN)
    ask(world, "M1")
    ask(world, "M1")
    (release,) = TotalsRelease.objects.all()
    assert (release.number, release.reader) == (1, world.members["M1"].organisation)
    assert AuditEvent.objects.filter(name="totals_release.made").count() == 1
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        TotalsRelease.objects.update(atoms=[])


def test_a_stricter_setting_withholds_more(world: SmallWorld, settings: Settings) -> None:
    settings.AGGREGATE_REPORTERS = 5
    post(world, JANUARY, EVEN)
    found = ask(world, "M1")
    assert (found["rows"], found["rule"]) == ([], {"reporters": 5, "percent": 60})


def test_closes_that_were_not_posted_are_told_to_nobody(world: SmallWorld) -> None:
    run = make_run(world.programme, JANUARY, person=make_user())
    assert not run.posted_at
    for who in ("M1", "calculator", "secretariat"):
        found = ask(world, who)
        assert (found["rows"], found["total_minor"], found["waiting"]) == ([], None, None)


def test_nobody_else_is_told_anything(world: SmallWorld) -> None:
    post(world, JANUARY, EVEN)
    address = f"/api/v1/programmes/{world.programme.pk}/totals"
    staff = make_staff_seat()
    former = world.members["M3"].organisation
    world.members["M3"].pool_parts.update(leaves_on=date(2025, 1, 1))
    negotiator, legal = make_seat(organisation=world.members["M1"].organisation), make_seat()
    give_role(negotiator, Role.MEMBER_NEGOTIATOR)
    give_role(legal, Role.LEGAL, alliance=world.alliance)
    former_licensor = make_seat(organisation=former)
    give_role(former_licensor, Role.MEMBER_FINANCE)
    for seat in (staff, world.seats["L1"], negotiator, legal, former_licensor, make_seat()):
        assert client_of(seat).get(address).status_code == 403
    assert not TotalsRelease.objects.exists()


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"by": "licensee"}, "/by"),
        ({"from": "2025"}, "/from"),
        ({"to": "2025-13"}, "/to"),
        ({"from": "2025-02", "to": "2025-01"}, "/to"),
        ({"from": "２０２５-01"}, "/from"),
    ],
)
def test_a_wrong_question_is_told_with_its_place(world: SmallWorld, asked: dict[str, str], pointer: str) -> None:
    answer = client_of(world.seats["M1"]).get(f"/api/v1/programmes/{world.programme.pk}/totals", asked)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
