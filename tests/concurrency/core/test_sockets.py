"""Sockets hear what their seat may see, and nothing else, for exactly as long as it may."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from platform_core.access.grants.models import Grant
from platform_core.access.grants.services import grant_access, revoke_grant
from platform_core.access.models import AccessLogEntry
from platform_core.access.staff.services import end_staff_session, start_staff_session
from platform_core.clock import SystemClock
from platform_core.identity.models import Alliance, Seat
from platform_core.identity.roles import Role
from platform_core.identity.seating import assign_role, end_role, end_seat
from platform_core.notices.models import INBOX
from platform_core.notices.services import notify_seats
from platform_core.realtime import hub as hubs
from platform_core.realtime import sockets
from platform_core.realtime.services import announce
from platform_core.realtime.topics import Topic
from platform_core.signin.models import Session
from platform_core.signin.sessions import SessionStore, end_sessions, hash_of
from pools.patents.models import Patent
from tests.concurrency.core.loops import Browser, ServerLoop, browsing
from tests.factories.access import make_staff_seat, make_staff_session
from tests.factories.core import actor_of_seat, command_line, give_role, make_alliance, make_seat
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> Iterator[ServerLoop]:
    with ServerLoop() as loop:
        yield loop


@pytest.fixture
def alliance() -> Alliance:
    return make_alliance()


@pytest.fixture
def legal(alliance: Alliance) -> Seat:
    seat = make_seat()
    give_role(seat, Role.LEGAL, alliance=alliance)
    return seat


def subscribed(browser: Browser, topic: Topic) -> None:
    browser.ask("subscribe", topic)
    assert browser.next() == ("subscribed", str(topic))


def test_a_change_is_told_after_it_is_committed_and_not_when_it_is_rolled_back(
    server: ServerLoop, alliance: Alliance, legal: Seat
) -> None:
    topic = Topic.of(alliance)
    with browsing(server, legal) as browser:
        subscribed(browser, topic)
        with transaction.atomic():
            announce(alliance)
            assert browser.is_silent_for(0.2)
        assert browser.next() == ("changed", str(topic))
        with transaction.atomic():
            announce(alliance)
            transaction.set_rollback(True)
        assert browser.is_silent_for(0.2)


def test_a_socket_ends_with_its_client_though_something_is_to_be_told_at_that_moment(
    server: ServerLoop, alliance: Alliance
) -> None:
    seat = make_seat()
    give_role(seat, Role.LEGAL, alliance=alliance, ends_at=datetime.now(UTC) + timedelta(days=1))
    with browsing(server, seat) as browser:
        subscribed(browser, Topic.of(alliance))
        hub = hubs.running_hub()
        assert hub is not None
        # What its rights say next, and that the client has gone, become known one right after the other.
        browser.ask("subscribe", Topic(INBOX, seat.pk))
    assert hub.listeners == 0


def test_what_may_not_be_seen_cannot_be_listened_to_and_looks_like_nothing(
    server: ServerLoop, alliance: Alliance, legal: Seat
) -> None:
    hidden = make_alliance()
    nothing = "identity.alliance:00000000-0000-7000-8000-000000000000"
    with browsing(server, legal) as browser:
        for topic in (
            str(Topic.of(hidden)),
            nothing,
            "identity.alliance:rubbish",
            "nowhere.thing:00000000-0000-7000-8000-000000000000",
            "api.idempotentanswer:00000000-0000-7000-8000-000000000000",
        ):
            browser.ask("subscribe", topic)
            assert browser.next() == ("refused", topic)
        announce(hidden)
        assert browser.is_silent_for(0.2)


def test_one_subscription_serves_all_sockets_of_a_topic_and_goes_with_the_last(
    server: ServerLoop, alliance: Alliance, legal: Seat
) -> None:
    topic = Topic.of(alliance)
    with browsing(server, legal) as first:
        subscribed(first, topic)
        hub = hubs.running_hub()
        assert hub is not None
        with browsing(server, legal) as second:
            subscribed(second, topic)
            assert hub.topic_count() == 1
            layer: Any = hub._layer
            groups: dict[str, Any] = layer.groups
            assert [len(groups[name]) for name in sorted(groups)] == [1, 1]
            announce(alliance)
            assert first.next() == second.next() == ("changed", str(topic))
        second_left = hub.topic_count()
        first.ask("unsubscribe", topic)
        assert first.next() == ("unsubscribed", str(topic))
        announce(alliance)
        assert first.is_silent_for(0.2)
        assert (second_left, hub.topic_count()) == (1, 0)
    assert groups == {}


def test_a_withdrawn_role_empties_the_socket_within_a_second(server: ServerLoop, alliance: Alliance) -> None:
    seat = make_seat()
    given = assign_role(actor=command_line_now(), seat_id=seat.pk, role=Role.LEGAL, alliance_id=alliance.pk)
    topic = Topic.of(alliance)
    with browsing(server, seat) as browser:
        subscribed(browser, topic)
        asked_at = time.monotonic()
        end_role(actor=command_line_now(), assignment_id=given.pk)
        assert browser.next(1.0) == ("withdrawn", str(topic))
        assert time.monotonic() - asked_at < 1.0
        announce(alliance)
        assert browser.is_silent_for(0.3)
        browser.ask("subscribe", topic)
        assert browser.next() == ("refused", str(topic))


def test_a_seat_that_ends_loses_every_topic_and_its_sockets(
    server: ServerLoop, alliance: Alliance, legal: Seat
) -> None:
    bystander = make_seat()
    give_role(bystander, Role.LEGAL, alliance=alliance)
    topic = Topic.of(alliance)
    with browsing(server, bystander) as other, browsing(server, legal) as browser:
        subscribed(browser, topic)
        subscribed(other, topic)
        end_seat(actor=command_line_now(), seat_id=legal.pk)
        assert browser.next(1.0) == ("withdrawn", str(topic))
        assert browser.next(1.0) == ("close", "4403")
        announce(alliance)
        assert other.next() == ("changed", str(topic))
        assert browser.is_silent_for(0.2)


def test_a_role_that_runs_out_closes_its_topics_by_itself(server: ServerLoop, alliance: Alliance) -> None:
    seat = make_seat()
    ends = datetime.now(UTC) + timedelta(seconds=1)
    give_role(seat, Role.LEGAL, alliance=alliance, ends_at=ends)
    topic = Topic.of(alliance)
    with browsing(server, seat) as browser:
        subscribed(browser, topic)
        assert browser.next(3.0) == ("withdrawn", str(topic))
        assert timedelta() <= datetime.now(UTC) - ends < timedelta(seconds=1)


def test_a_staff_session_that_is_ended_or_runs_out_closes_its_topics(server: ServerLoop, alliance: Alliance) -> None:
    patent = make_patent(alliance, "CN1A")
    seat = make_staff_seat()
    topic = Topic.of(patent)
    clock = SystemClock()

    def start() -> UUID:
        actor = actor_of_seat(seat, clock=clock)
        return start_staff_session(actor=actor, alliance_id=alliance.pk, reason="why", minutes=1).pk

    with browsing(server, seat) as browser:
        browser.ask("subscribe", topic)
        assert browser.next() == ("refused", str(topic))
        started = start()
        # The socket hears of the new right before it is asked.
        assert browser.is_silent_for(0.3)
        subscribed(browser, topic)
        end_staff_session(actor=actor_of_seat(seat, clock=clock), session_id=started)
        assert browser.next(1.0) == ("withdrawn", str(topic))

    now = datetime.now(UTC)
    ends = now + timedelta(seconds=1)
    make_staff_session(seat, alliance, starts_at=now, ends_at=ends)
    with browsing(server, seat) as browser:
        subscribed(browser, topic)
        assert browser.next(3.0) == ("withdrawn", str(topic))
        assert timedelta() <= datetime.now(UTC) - ends < timedelta(seconds=1)


def test_what_is_listened_to_under_a_staff_session_stands_in_the_access_log(
    server: ServerLoop, alliance: Alliance, legal: Seat
) -> None:
    seat = make_staff_seat()
    session = start_staff_session(
        actor=actor_of_seat(seat, clock=SystemClock()), alliance_id=alliance.pk, reason="a close hangs", minutes=30
    )
    patent = make_patent(alliance, "CN1A")
    for listener, thing in ((seat, patent), (legal, alliance)):
        with browsing(server, listener) as browser:
            subscribed(browser, Topic.of(thing))
    [entry] = AccessLogEntry.objects.filter(action="staff_session.used")
    assert (entry.seat_id, entry.subject_id) == (seat.pk, session.pk)
    assert entry.request_line == f"SUBSCRIBE patents.patent:{patent.pk}"


def test_a_right_that_went_unannounced_is_noticed_before_the_next_message(
    server: ServerLoop, alliance: Alliance, legal: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rights also come from rows that no hook speaks of, such as a membership that ends on its day."""
    monkeypatch.setattr(sockets, "FRESH_FOR", 0.0)
    topic = Topic.of(alliance)
    with browsing(server, legal) as browser:
        subscribed(browser, topic)
        legal.role_assignments.update(ends_at=datetime.now(UTC))
        announce(alliance)
        assert browser.next() == ("withdrawn", str(topic))
        assert browser.is_silent_for(0.2)


def test_a_session_that_was_ended_hears_no_more(
    server: ServerLoop, alliance: Alliance, legal: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "FRESH_FOR", 0.0)
    session = SessionStore()
    session["seat"] = str(legal.pk)
    session.create()
    with browsing(server, legal, session=session) as browser:
        subscribed(browser, Topic.of(alliance))
        SessionStore(session.session_key).delete()
        announce(alliance)
        assert browser.next() == ("close", "4401")


def test_a_session_that_ran_out_hears_no_more(
    server: ServerLoop, alliance: Alliance, legal: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "FRESH_FOR", 0.0)
    session = SessionStore()
    session["seat"] = str(legal.pk)
    session.create()
    with browsing(server, legal, session=session) as browser:
        subscribed(browser, Topic.of(alliance))
        now = datetime.now(UTC)
        Session.objects.filter(key_hash=hash_of(session.session_key)).update(started_at=now, expires_at=now)
        announce(alliance)
        assert browser.next() == ("close", "4401")


def test_a_burst_of_changes_is_told_and_nothing_is_lost(server: ServerLoop, alliance: Alliance, legal: Seat) -> None:
    """More changes than a channel holds: sockets hear of the topic at least once after the last of them."""
    topic = Topic.of(alliance)
    with browsing(server, legal) as browser:
        subscribed(browser, topic)
        for _ in range(500):
            announce(alliance)
        assert browser.next() == ("changed", str(topic))
        while not browser.is_silent_for(0.5):
            pass
        announce(alliance)
        assert browser.next() == ("changed", str(topic))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"type": "shout", "topic": "x"}', '{"type": "subscribe"}', "x" * 5000]
)
def test_a_message_that_makes_no_sense_closes_the_socket(server: ServerLoop, legal: Seat, text: str) -> None:
    with browsing(server, legal) as browser:
        browser.send_text(text)
        assert browser.next() == ("close", "4400")


def test_a_socket_listens_to_so_many_topics_and_no_more(
    server: ServerLoop, alliance: Alliance, legal: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "TOPICS_AT_MOST", 1)
    with browsing(server, legal) as browser:
        subscribed(browser, Topic.of(alliance))
        own = str(Topic.of(legal))
        browser.ask("subscribe", own)
        assert browser.next() == ("refused", own)
        subscribed(browser, Topic.of(alliance))


def test_nobody_listens_without_signing_in_or_in_a_strangers_seat(server: ServerLoop, legal: Seat) -> None:
    stranger = make_seat()
    for user, seat, code in ((AnonymousUser(), None, 4401), (None, None, 4401), (stranger.user, legal, 4403)):
        browser = Browser(server, user, seat)
        assert browser.next_event()["type"] == "websocket.accept"
        assert browser.next() == ("close", str(code))


def test_announcing_where_nobody_listens_does_nothing(alliance: Alliance) -> None:
    announce(alliance)


def test_a_layer_that_is_down_fails_no_committed_change(
    server: ServerLoop,
    alliance: Alliance,
    legal: Seat,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(group: str, message: dict[str, Any]) -> None:
        raise ConnectionError("the layer is away")

    with browsing(server, legal):
        hub = hubs.running_hub()
        assert hub is not None
        monkeypatch.setattr(hub, "post", broken)
        with transaction.atomic():
            announce(alliance)
            Alliance.objects.filter(pk=alliance.pk).update(name_en="kept")
        assert Alliance.objects.get(pk=alliance.pk).name_en == "kept"
    assert "could not announce" in caplog.text


def command_line_now() -> Any:
    return command_line(SystemClock())


def shared_patent(alliance: Alliance, **dates: Any) -> tuple[Seat, Seat, Patent, Grant]:
    """An owner's seat, a seat outside, and the owner's patent granted to the outside seat."""
    owner, outside = make_seat(), make_seat()
    give_role(owner, Role.MEMBER_ADMIN)
    give_role(outside, Role.MEMBER_STAFF)
    for code, seat in (("A", owner), ("B", outside)):
        make_membership(alliance, seat.organisation, code)
    patent = make_patent(alliance, "CN1B", owner.organisation)
    grant = grant_access(
        actor=actor_of_seat(owner, clock=SystemClock()),
        subject_type="patents.patent",
        subject_id=patent.pk,
        organisation_id=outside.organisation_id,
        actions=["patent.read"],
        reason="Talks.",
        **{"ends_at": datetime.now(UTC) + timedelta(days=1), **dates},
    )
    return owner, outside, patent, grant


def test_a_revoked_grant_empties_the_socket_within_a_second_and_the_seat_hears_of_it(
    server: ServerLoop, alliance: Alliance
) -> None:
    owner, outside, patent, grant = shared_patent(alliance)
    with browsing(server, outside) as browser, browsing(server, outside) as other_tab:
        subscribed(browser, Topic.of(patent))
        subscribed(other_tab, Topic.of(outside))
        announce(patent)
        assert browser.next() == ("changed", str(Topic.of(patent)))
        revoke_grant(actor=actor_of_seat(owner, clock=SystemClock()), grant_id=grant.pk, reason="Over.")
        asked_at = time.monotonic()
        assert browser.next(1.0) == ("withdrawn", str(Topic.of(patent)))
        assert time.monotonic() - asked_at < 1.0
        assert other_tab.next() == ("changed", str(Topic.of(outside)))
        announce(patent)
        assert browser.is_silent_for(0.3)
        browser.ask("subscribe", Topic.of(patent))
        assert browser.next() == ("refused", str(Topic.of(patent)))


def test_a_grant_that_runs_out_closes_its_topic_by_itself_within_a_second(
    server: ServerLoop, alliance: Alliance
) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=1.5)
    _, outside, patent, _ = shared_patent(alliance, ends_at=ends)
    with browsing(server, outside) as browser:
        subscribed(browser, Topic.of(patent))
        assert browser.next(4.0) == ("withdrawn", str(Topic.of(patent)))
        assert timedelta() <= datetime.now(UTC) - ends < timedelta(seconds=1)


def test_a_session_that_runs_out_is_closed_by_itself_within_a_second(
    server: ServerLoop, alliance: Alliance, legal: Seat
) -> None:
    session = SessionStore()
    session["seat"] = str(legal.pk)
    session.create()
    ends = datetime.now(UTC) + timedelta(seconds=1)
    Session.objects.filter(key_hash=hash_of(session.session_key)).update(expires_at=ends)
    with browsing(server, legal, session=session) as browser:
        subscribed(browser, Topic.of(alliance))
        assert browser.next(4.0) == ("close", "4401")
        assert timedelta() <= datetime.now(UTC) - ends < timedelta(seconds=1)


@pytest.mark.parametrize("how", ["ended from another browser", "signed out"])
def test_a_session_that_is_ended_closes_its_socket_within_a_second(
    server: ServerLoop, alliance: Alliance, legal: Seat, how: str
) -> None:
    session = SessionStore()
    session["_auth_user_id"] = str(legal.user_id)
    session["seat"] = str(legal.pk)
    session.create()
    session.save()
    with browsing(server, legal, session=session) as browser:
        subscribed(browser, Topic.of(alliance))
        asked_at = time.monotonic()
        if how == "signed out":
            SessionStore(session.session_key).flush()
        else:
            end_sessions(Session.objects.filter(user=legal.user))
        assert browser.next(1.0) == ("close", "4401")
        assert time.monotonic() - asked_at < 1.0


def test_that_a_seat_was_told_something_is_heard_by_nobody_who_sees_the_seat(server: ServerLoop) -> None:
    told = make_seat()
    admin = make_seat(organisation=told.organisation)
    give_role(admin, Role.MEMBER_ADMIN)
    inbox = Topic(INBOX, told.pk)
    with browsing(server, told) as own, browsing(server, admin) as colleague:
        subscribed(own, inbox)
        subscribed(colleague, Topic.of(told))
        colleague.ask("subscribe", inbox)
        assert colleague.next() == ("refused", str(inbox))
        with transaction.atomic():
            notify_seats(
                actor=command_line(SystemClock()),
                seats=[told.pk],
                kind="organisation.edited",
                subject=told.organisation,
            )
        assert own.next() == ("changed", str(inbox))
        assert colleague.is_silent_for(0.3)
