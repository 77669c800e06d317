"""EPO's services are asked for what is on record: no more often than they allow, and whatever goes wrong, nothing is
lost, half done or asked for ever."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platform_core.connections.calculation import AGAIN_AFTER
from platform_core.connections.models import ConnectionState, RunState
from platform_core.exchange.models import Import, ImportState
from platform_core.notices.models import Notice
from pools.patents.lookups import asking, client
from pools.patents.models import Bibliography, LegalEvent, Patent
from tests.factories.core import NOON
from tests.integration.connections.desk import FIRST, SECOND, Desk, counts
from tests.integration.connections.office import imports_of
from tests.integration.connections.ops_server import (
    BOMB,
    FAULT,
    HTML,
    Fault,
    OpsServer,
    Record,
    Told,
    answers,
    breaks_off,
    cut_line,
    cut_short,
    slow,
    throttled,
    used_up,
)

pytestmark = pytest.mark.django_db


def test_what_the_office_says_waits_as_the_word_of_an_office(ops: OpsServer) -> None:
    desk = Desk(ops)

    run = desk.run()

    # A token, the records of all at once, and the family of each.
    assert (run.state, counts(run)) == (RunState.FINISHED, (3, 3, 0, 0, 5))
    assert ops.asked("biblio") == [["CN.103294796.B", "US.9142158.B2", "EP.2650864.B1"]]
    assert ops.asked("family") == [["CN.103294796.B"], ["US.9142158.B2"], ["EP.2650864.B1"]]
    [found] = imports_of(run)
    assert (found.state, found.file_name) == (ImportState.CHECKED, "EPO OPS 2026-03-02.xml")
    assert found.told["source_kind"] == "office"
    assert {name: count for name, count in found.counts.items() if count} == {"changed": 3, "part": 1}
    assert found.told["legal_events"] == 1
    assert (desk.connection.told["week_used"], desk.connection.told["system"]) == (900006, "idle")
    assert not Bibliography.objects.exists()

    # The same again changes nothing; a token lasts.
    again = desk.run()
    assert (counts(again), again.unchanged, imports_of(again)) == ((3, 3, 0, 0, 4), 1, [])


def test_by_setting_it_is_taken_in_at_once_and_brings_no_patent(ops: OpsServer) -> None:
    desk = Desk(ops, straight_in=True)
    ops.know(
        Record("JP.2014010000.A", family="900001", application="JP.2012144444.A"),
        # Laid open under another number than it was granted under: its events stand here.
        Record("US.2013278501.A1", family="900002", application=SECOND.application, events=(("AS", "2014-05-06"),)),
    )

    [found] = imports_of(desk.run())

    assert found.state == ImportState.APPLIED
    assert Patent.objects.count() == 3
    first = desk.patents[0]
    assert Bibliography.objects.get(patent=first).title_en == "FOLDED LAMP"
    assert set(LegalEvent.objects.values_list("code", "patent")) == {
        ("MM4A", first.pk),
        ("AS", desk.patents[1].pk),
    }
    first.refresh_from_db()
    assert first.application == "CN201310199708.X"


def test_without_legal_events_a_hundred_patents_are_one_call(ops: OpsServer) -> None:
    desk = Desk(ops, settings={"legal": False})
    assert counts(desk.run()) == (3, 3, 0, 0, 2)


def test_only_what_is_set_is_asked_for_and_only_what_the_keeper_sees(ops: OpsServer) -> None:
    desk = Desk(ops, settings={"ask_for": "country", "country": "US", "legal": False})
    desk.register("US9000001B2", country="DE")
    assert ops.calls == []
    run = desk.run()
    assert ops.asked("biblio") == [["US.9142158.B2"]]
    assert counts(run) == (1, 1, 0, 0, 2)


def test_unknown_numbers_doubles_and_wrong_answers_are_results(ops: OpsServer) -> None:
    desk = Desk(ops, settings={"legal": False})
    desk.register("CN110000001B")

    def otherwise(call: Any) -> Told:
        told = call.answer()
        start = told.body.index("<exchange-document ")
        other = Record("JP.2014010000.A").document()
        return Told(200, told.body[:start] + other + FIRST.document() + told.body[start:])

    ops.fail("biblio", otherwise)
    run = desk.run()

    assert (run.state, counts(run)) == (RunState.FINISHED, (4, 3, 1, 1, 2))
    assert [(note["about"], note["code"]) for note in run.notes] == [
        ("JP2014010000A", "not_asked"),
        ("CN.110000001.B", "unknown"),
    ]
    [found] = imports_of(run)
    assert {name: count for name, count in found.counts.items() if count} == {"changed": 3}


def test_what_is_unknown_altogether_brings_no_import(ops: OpsServer) -> None:
    ops.records.clear()
    desk = Desk(ops)
    run = desk.run()
    assert (run.state, counts(run), imports_of(run)) == (RunState.FINISHED, (3, 0, 3, 0, 2), [])
    assert desk.connection.position is None


def test_a_number_that_is_none_to_the_office_does_not_hold_up_the_others(ops: OpsServer) -> None:
    desk = Desk(ops, settings={"legal": False})
    bad = FAULT.format("CLIENT.InvalidReference", "The request was invalid")
    # All three, then two, then the first of these.
    ops.fail("biblio", answers(404, bad), answers(404, bad))
    run = desk.run()
    assert [len(numbers) for numbers in ops.asked("biblio")] == [3, 1, 2]
    assert counts(run) == (3, 2, 1, 0, 4)
    assert [note["about"] for note in run.notes] == ["CN.103294796.B"]


def test_too_much_at_once_is_asked_in_halves(ops: OpsServer) -> None:
    desk = Desk(ops, settings={"legal": False})
    ops.fail("biblio", answers(413))
    assert counts(desk.run()) == (3, 3, 0, 0, 4)


@pytest.mark.parametrize(
    ("faults", "waits"),
    [
        ((answers(503), answers(502)), 2),
        ((answers(500, FAULT.format("SERVER.DomainAccess", "later")), cut_line), 2),
        ((cut_short,), 1),
        ((answers(429, Retry_After="2"),), 1),
    ],
)
def test_faults_that_pass_are_sat_out(ops: OpsServer, faults: tuple[Fault, ...], waits: int) -> None:
    desk = Desk(ops, settings={"legal": False})
    ops.fail("biblio", *faults)

    run = desk.run()

    assert (run.state, counts(run)) == (RunState.FINISHED, (3, 3, 0, 0, 2 + waits))
    backoff = [wait for wait in desk.waited if wait >= 1]
    assert len(backoff) == waits
    assert all(1 * 2**index <= wait <= 2.5 * 2**index for index, wait in enumerate(backoff))


def test_an_office_that_does_not_answer_is_left_alone_after_four_tries(
    ops: OpsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.2)
    desk = Desk(ops, settings={"legal": False})
    ops.fail("biblio", *[slow(ops)] * 4)

    run = desk.run()

    assert (run.state, run.detail) == (RunState.FAILED, "The office did not answer in time.")
    assert ops.count("biblio") == client.MOST_ATTEMPTS == 4
    assert (desk.connection.failures, desk.connection.failing_since) == (1, desk.clock.now())
    assert desk.connection.next_run_at == desk.clock.now() + AGAIN_AFTER[0]
    assert not Import.objects.exists()


def test_after_three_failures_the_keeper_is_told_once(ops: OpsServer) -> None:
    desk = Desk(ops, settings={"legal": False})
    for failures in range(1, 5):
        ops.fail("biblio", *[answers(503)] * 4)
        desk.run()
        desk.clock.move(timedelta(hours=1))
        told = list(Notice.objects.values_list("kind", "seat"))
        assert told == ([] if failures < 3 else [("connection.failing", desk.seat.pk)])
    assert desk.connection.failures == 4

    assert desk.run().state == RunState.FINISHED
    assert (desk.connection.failures, desk.connection.failing_since) == (0, None)


def test_credentials_that_are_refused_pause_the_connection_at_once(ops: OpsServer) -> None:
    desk = Desk(ops)
    desk.ops.fail("token", answers(401, "{}"))

    run = desk.run()

    assert (run.state, ops.count()) == (RunState.FAILED, 1)
    assert desk.connection.state == ConnectionState.PAUSED
    assert (
        desk.connection.paused_reason == run.detail == ("The office does not accept the credentials: enter them anew.")
    )
    assert desk.connection.next_run_at is None
    assert [(notice.kind, notice.seat_id) for notice in Notice.objects.all()] == [("connection.paused", desk.seat.pk)]


def test_a_token_that_ends_in_the_middle_is_renewed_once(ops: OpsServer) -> None:
    desk = Desk(ops)
    expired = answers(400, FAULT.format("invalid_access_token", "Access token has expired"))
    ops.fail("family", expired)
    run = desk.run()
    assert (run.state, ops.count("token"), ops.count("family")) == (RunState.FINISHED, 2, 4)

    ops.fail("biblio", expired, expired)
    refused = desk.run()
    assert (refused.state, ops.count("token"), ops.count("biblio")) == (RunState.FAILED, 1, 2)
    assert desk.connection.state == ConnectionState.PAUSED


def test_a_token_is_renewed_shortly_before_its_end(ops: OpsServer) -> None:
    ops.lasts = int(client.BEFORE_ITS_END)
    desk = Desk(ops)
    assert (desk.run().state, ops.count("token")) == (RunState.FINISHED, 4)


@pytest.mark.parametrize(("colour", "spacing"), [("green:60", 1.0), ("yellow:60", 2.0), ("red:30", 8.0)])
def test_calls_keep_their_distance_by_what_the_office_allows(ops: OpsServer, colour: str, spacing: float) -> None:
    ops.throttling = f"busy (images=green:100, inpadoc={colour}, other=green:1000, retrieval=green:100)"
    desk = Desk(ops)
    assert desk.run().state == RunState.FINISHED
    assert [round(wait) for wait in desk.waited] == [spacing, spacing]
    assert desk.connection.told["services"]["inpadoc"] == colour


def test_a_service_that_is_black_is_left_alone_and_nothing_is_lost(ops: OpsServer) -> None:
    desk = Desk(ops)

    def turns_black(call: Any) -> Told:
        told: Told = call.answer()
        headers = {"X-Throttling-Control": "overloaded (inpadoc=black:0, retrieval=green:50)", "Retry-After": "60000"}
        return Told(told.status, told.body, headers)

    ops.fail("family", turns_black)
    run = desk.run()

    assert (run.state, run.detail) == (RunState.STOPPED, "The office asks us to wait: it goes on then.")
    assert (ops.count("family"), counts(run)) == (1, (1, 1, 0, 0, 3))
    assert desk.connection.position == {"behind": str(desk.patents[0].pk)}
    assert abs((desk.connection.next_run_at or desk.clock.now()) - desk.clock.now() - timedelta(minutes=1)) < timedelta(
        seconds=1
    )
    [first] = imports_of(run)
    assert first.counts["changed"] == 1

    rest = desk.run()
    assert (rest.state, ops.asked("biblio")) == (RunState.FINISHED, [["US.9142158.B2", "EP.2650864.B1"]])
    assert (counts(rest), desk.connection.position) == ((2, 2, 0, 0, 3), None)
    assert imports_of(rest)[0].counts["changed"] == 2


@pytest.mark.parametrize(
    ("service", "refusal", "until"),
    [
        ("biblio", used_up("IndividualQuotaPerHour"), datetime(2026, 3, 2, 5, 0, tzinfo=UTC)),
        ("biblio", used_up("RegisteredQuotaPerWeek"), datetime(2026, 3, 9, 0, 0, tzinfo=UTC)),
        ("token", used_up("IndividualQuotaPerHour"), datetime(2026, 3, 2, 5, 0, tzinfo=UTC)),
        # Too many calls are told as what is forbidden too, and are no fault of the credentials.
        ("biblio", throttled("retrieval"), NOON + timedelta(seconds=216.383)),
        ("biblio", throttled("retrieval", waits=""), NOON + timedelta(minutes=1)),
        ("token", throttled("retrieval", waits="90"), NOON + timedelta(seconds=90)),
        ("biblio", answers(403, "<error/>", Retry_After="9" * 15), NOON + timedelta(days=7)),
    ],
)
def test_who_called_too_often_waits_and_stays_on(ops: OpsServer, service: str, refusal: Fault, until: datetime) -> None:
    desk = Desk(ops)
    ops.fail(service, refusal)
    run = desk.run()
    assert (run.state, ops.count(service), desk.connection.next_run_at) == (RunState.STOPPED, 1, until)
    assert (desk.connection.state, desk.connection.failures) == (ConnectionState.ON, 0)
    assert desk.run().state == RunState.FINISHED


@pytest.mark.parametrize("service", ["biblio", "token"])
def test_who_is_refused_altogether_is_paused(ops: OpsServer, service: str) -> None:
    desk = Desk(ops)
    ops.fail(service, answers(403, "<error/>", X_Rejection_Reason="Blacklisted"))
    assert desk.run().state == RunState.FAILED
    assert desk.connection.state == ConnectionState.PAUSED


@pytest.mark.parametrize("damage", [breaks_off, answers(200, BOMB), answers(200, HTML)])
def test_damaged_answers_are_asked_again_once_and_cost_the_batch_at_most(
    ops: OpsServer, damage: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BATCH", 2)
    desk = Desk(ops, settings={"legal": False})
    ops.fail("biblio", damage, damage)

    run = desk.run()

    assert (run.state, counts(run)) == (RunState.FINISHED, (3, 1, 0, 2, 4))
    assert {note["code"] for note in run.notes} == {"damaged"}
    [found] = imports_of(run)
    assert found.counts["changed"] == 1
    assert desk.run().answered == 3


def test_a_service_whose_answers_are_all_damaged_is_left_alone(ops: OpsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "BATCH", 1)
    desk = Desk(ops, settings={"legal": False})
    ops.fail("biblio", *[answers(200, HTML)] * 9)

    run = desk.run()

    assert (run.state, run.detail, ops.count("biblio")) == (RunState.FAILED, asking.BROKEN, 4)
    assert desk.connection.position == {"behind": str(desk.patents[0].pk)}
