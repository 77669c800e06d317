"""Asking an owner for a bilateral licence: by anybody, once confirmed, and known to nobody but the owner."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from platform_core.access.actors import Actor
from platform_core.access.registry import policies
from platform_core.api.problems import TooManyRequests
from platform_core.audit.models import AuditEvent
from platform_core.audit.selectors import audit_events
from platform_core.clock import FixedClock
from platform_core.identity.merging import merge_organisations, preview_merger
from platform_core.identity.models import Language, Organisation
from platform_core.identity.roles import Role
from platform_core.messaging.models import Message
from platform_core.messaging.policies import DELIVERY
from platform_core.messaging.selectors import messages
from platform_core.messaging.services import deliver_message
from platform_core.notices.models import Notice
from platform_core.notices.selectors import notices
from platform_core.problems import IdempotencyMismatch, InvalidInput, NotFound, WrongState
from pools.asking.home import requests_to_answer
from pools.asking.models import LicenceRequest, RequestedPatent, RequestState
from pools.asking.policies import FORGETTING
from pools.asking.selectors import licence_requests
from pools.asking.services import (
    Asker,
    Wish,
    acknowledge_request,
    answer_request,
    ask_for_licence,
    close_request,
    confirm_request,
    find_request,
    forget_askers,
)
from pools.composition.models import PoolEntry, PoolState
from tests.api.signin.letters import letters_to
from tests.factories.composition import make_entry, make_pool, make_pool_member
from tests.factories.core import NOON, actor_of_seat, give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db

WANG = Asker(name="Wang", organisation="Asking Ltd", email="Wang@Example.net", country="DE", language=Language.ENGLISH)
WISH = Wish(products="display modules", territory="EU")


class Listed:
    """A launched pool with two owners, and who works at them, at the office and on the site."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOON)
        self.alliance = make_alliance()
        self.pool = make_pool(self.alliance, "P")
        self.owner = make_organisation("权利人")
        self.rival = make_organisation("对手")
        self.member = make_pool_member(self.pool, make_membership(self.alliance, self.owner, "OWN"))
        self.other = make_pool_member(self.pool, make_membership(self.alliance, self.rival, "RIVAL"))
        self.patents = [make_patent(self.alliance, f"CN{number}B", self.owner) for number in (1, 2)]
        for patent in self.patents:
            make_entry(self.member, patent)
        self.foreign = make_patent(self.alliance, "CN3B", self.rival)
        make_entry(self.other, self.foreign)
        self.admin = self._seat(Role.MEMBER_ADMIN, self.owner)
        self.staff = self._seat(Role.MEMBER_STAFF, self.owner)
        self.rivals = self._seat(Role.MEMBER_ADMIN, self.rival)
        self.office = self._seat(Role.SECRETARIAT)
        self.site = self._seat(Role.SITE_ADMIN)

    def _seat(self, role: Role, organisation: Organisation | None = None) -> Any:
        seat = make_seat(organisation=organisation)
        give_role(seat, role, alliance=self.alliance if role is Role.SECRETARIAT else None)
        return seat

    def acting(self, seat: Any) -> Actor:
        return actor_of_seat(seat, clock=self.clock)

    @property
    def anybody(self) -> Actor:
        return Actor.public(clock=self.clock)

    def ask(self, **given: Any) -> None:
        ask_for_licence(
            **{
                "actor": self.anybody,
                "pool_id": self.pool.pk,
                "member_id": self.member.pk,
                "patent_ids": [],
                "asker": WANG,
                "wish": WISH,
                "intention": "first-sending",
                "address": "203.0.113.20",
                **given,
            }
        )

    def key(self) -> str:
        """Return the key of the link that was sent last."""
        sent = Message.objects.filter(kind="asking.confirmation").latest("pk")
        link: str = json.loads(sent.values)["link"]
        return link.rpartition("/")[2]

    def confirmed(self, **given: Any) -> LicenceRequest:
        self.ask(**given)
        return confirm_request(actor=self.anybody, key=self.key())


@pytest.fixture
def listed() -> Listed:
    return Listed()


def test_a_request_reaches_the_owner_once_its_sender_has_confirmed_it(listed: Listed) -> None:
    listed.ask(patent_ids=[listed.patents[0].pk])

    request = LicenceRequest.objects.get()
    assert (request.state, request.is_whole, request.asker_email) == ("unconfirmed", False, "wang@example.net")
    assert not licence_requests(actor=listed.acting(listed.admin)).exists()
    assert not Notice.objects.exists()
    assert listed.key() not in str(list(LicenceRequest.objects.values()))

    seen = find_request(actor=listed.anybody, key=listed.key())
    assert seen == request
    with pytest.raises(NotFound):
        find_request(actor=listed.anybody, key=listed.key()[:-1])
    for _ in range(2):
        assert confirm_request(actor=listed.anybody, key=listed.key()).state == RequestState.RECEIVED
    found = licence_requests(actor=listed.acting(listed.staff)).get()
    assert [row.patent for row in found.patents.all()] == [listed.patents[0]]
    told = Notice.objects.values_list("seat", "kind", "subject_id")
    assert set(told) == {(seat.pk, "licence_request.confirmed", request.pk) for seat in (listed.admin, listed.staff)}
    waiting = list(requests_to_answer(listed.acting(listed.admin)))
    assert [(row.kind, row.title) for row in waiting] == [("licence_request.to_answer", "Asking Ltd")]


def test_nobody_but_the_owner_learns_that_there_is_a_request(listed: Listed) -> None:
    request = listed.confirmed()
    answer_request(actor=listed.acting(listed.admin), request_id=request.pk, text="Gladly.", contact="Li")
    for seat in (listed.office, listed.rivals, listed.site):
        actor = listed.acting(seat)
        assert not licence_requests(actor=actor).exists()
        assert not list(requests_to_answer(actor))
        assert not notices(actor=actor).exists()
        assert not messages(actor=actor).filter(kind__startswith="asking.").exists()
        assert not audit_events(actor=actor).filter(name__startswith="licence_request.").exists()
        with pytest.raises(NotFound):
            close_request(actor=actor, request_id=request.pk)
    request.refresh_from_db()
    assert request.state == RequestState.ANSWERED
    own = audit_events(actor=listed.acting(listed.admin)).filter(name__startswith="licence_request.")
    assert [event.name for event in own] == ["licence_request.answered"]
    policy = next(one for one in policies() if one.model is LicenceRequest)
    assert {str(who) for rule in policy.rules for who in rule.who} == {
        "member_admin",
        "member_staff",
        str(FORGETTING),
    }


def test_the_record_and_the_messages_that_stay_hold_nothing_of_who_asked(listed: Listed) -> None:
    request = listed.confirmed()
    acknowledge_request(actor=listed.acting(listed.admin), request_id=request.pk)
    answer_request(
        actor=listed.acting(listed.staff), request_id=request.pk, text="Gladly: {name}", contact="Li, li@owner.example"
    )
    close_request(actor=listed.acting(listed.admin), request_id=request.pk, note="done")
    recorded = AuditEvent.objects.filter(subject_id=request.pk).order_by("pk")
    assert [event.name.partition(".")[2] for event in recorded] == [
        "made",
        "confirmed",
        "acknowledged",
        "answered",
        "closed",
    ]
    assert {name for event in recorded for name in event.changes} == {"state"}
    assert {event.alliance_id for event in recorded} == {None}

    to_asker = [text for _kind, text in letters_to("wang@example.net")]
    assert len(to_asker) == 3
    assert "Gladly: {name}" in to_asker[2]
    assert "li@owner.example" in to_asker[2]
    # What was typed by somebody unknown does not go to an address that nobody has confirmed.
    assert "Wang" not in to_asker[0]

    courier = Actor.system(DELIVERY, clock=listed.clock)
    for message in Message.objects.filter(kind__startswith="asking.").order_by("pk"):
        deliver_message(actor=courier, message_id=message.pk)
    assert set(Message.objects.filter(kind__startswith="asking.").values_list("address", "values")) == {("", "")}


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"asker": replace(WANG, country="XX")}, "/country"),
        ({"asker": replace(WANG, email="nobody")}, "/email"),
        ({"asker": replace(WANG, name=" ")}, "/name"),
        ({"wish": replace(WISH, products="")}, "/products"),
        ({"wish": replace(WISH, message="x" * 5001)}, "/message"),
    ],
)
def test_what_is_not_whole_is_refused(listed: Listed, given: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        listed.ask(**given)
    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert not LicenceRequest.objects.exists()
    assert not Message.objects.exists()


def test_only_owners_on_a_public_list_are_asked_and_only_for_what_stands_on_it(listed: Listed) -> None:
    quiet = make_pool(listed.alliance, "Q", PoolState.AGREED)
    hidden = make_pool_member(quiet, listed.member.membership)
    make_entry(hidden, listed.patents[0])
    unlisted = make_patent(listed.alliance, "CN9B", listed.owner)
    # Whoever could see the pool that is not launched asks no more of it than anybody.
    for actor in (listed.anybody, listed.acting(listed.admin)):
        with pytest.raises(NotFound):
            listed.ask(actor=actor, pool_id=quiet.pk, member_id=hidden.pk)
    wrong: list[dict[str, Any]] = [
        {"member_id": hidden.pk},
        {"patent_ids": [listed.foreign.pk]},
        {"patent_ids": [listed.patents[0].pk, unlisted.pk]},
    ]
    for given in wrong:
        with pytest.raises(InvalidInput) as refused:
            listed.ask(**given)
        assert [error.code for error in refused.value.errors] == ["unknown"]
    assert not LicenceRequest.objects.exists()
    assert not AuditEvent.objects.exists()


def test_anybody_asks_over_http_without_an_account(listed: Listed, client: Client) -> None:
    body = {"member_id": str(listed.member.pk), **{name: getattr(WANG, name) for name in ("name", "organisation")}}
    body |= {"email": WANG.email, "country": WANG.country, "products": WISH.products}
    address = f"/api/v1/pools/{listed.pool.pk}/licence-requests"
    without = client.post(address, body, content_type="application/json")
    assert (without.status_code, without.json()["errors"][0]["code"]) == (422, "idempotency_key")
    for _ in range(2):
        sent = client.post(address, body, content_type="application/json", headers={"Idempotency-Key": "my-sending"})
        assert (sent.status_code, sent.content) == (204, b"")
    assert LicenceRequest.objects.count() == 1

    confirmation = "/api/v1/licence-requests/confirmation"
    seen = client.get(confirmation, headers={"X-Confirmation-Key": listed.key()}).json()
    assert (seen["owner_name"], seen["pool_name"], seen["is_confirmed"]) == ("权利人", "Pool P", False)
    assert "wang" not in str(seen).lower()
    done = client.post(confirmation, {"key": listed.key()}, content_type="application/json")
    assert (done.status_code, done.json()["is_confirmed"]) == (200, True)
    assert client.get("/api/v1/licence-requests").status_code == 401


def test_the_same_sending_happens_once(listed: Listed) -> None:
    listed.ask()
    listed.ask()
    with pytest.raises(IdempotencyMismatch):
        listed.ask(wish=replace(WISH, territory="US"))
    assert LicenceRequest.objects.count() == Message.objects.count() == 1
    # Somebody else who gives a sending the same name is not answered by it.
    listed.ask(asker=replace(WANG, email="li@example.net"))
    assert LicenceRequest.objects.count() == Message.objects.count() == 2


def test_a_mailbox_is_not_filled_and_a_place_does_not_ask_without_end(
    listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pools.asking.services.asking.LETTERS_A_DAY", 2)
    monkeypatch.setattr("pools.asking.services.asking.REQUESTS_A_DAY", 3)
    for number in range(4):
        # From many places to one mailbox: no more letters, and the same answer.
        listed.ask(intention=f"sending-{number}", address=f"203.0.113.{number}")
    assert Message.objects.count() == 2
    for number in range(3):
        listed.ask(intention=f"other-{number}", asker=replace(WANG, email=f"o{number}@example.net"))
    with pytest.raises(TooManyRequests):
        listed.ask(intention="one-more", asker=replace(WANG, email="o4@example.net"))
    assert LicenceRequest.objects.count() == 5
    assert not LicenceRequest.objects.filter(address_hash__contains="203.0").exists()
    listed.clock.move(timedelta(days=1, seconds=1))
    listed.ask(intention="next-day")
    assert LicenceRequest.objects.count() == 6


def test_what_was_confirmed_does_not_keep_the_next_letter_from_its_sender(
    listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pools.asking.services.asking.LETTERS_A_DAY", 2)
    for number in range(4):
        listed.confirmed(intention=f"sending-{number}")
    assert LicenceRequest.objects.filter(state=RequestState.RECEIVED).count() == 4
    # How many a place may send in a day is counted all the same: each of them reaches an owner.
    monkeypatch.setattr("pools.asking.services.asking.REQUESTS_A_DAY", 4)
    with pytest.raises(TooManyRequests):
        listed.ask(intention="one-more")


def test_a_mailbox_and_a_place_are_counted_as_one_by_whatever_name(
    listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pools.asking.services.asking.LETTERS_A_DAY", 2)
    monkeypatch.setattr("pools.asking.services.asking.REQUESTS_A_DAY", 3)
    for number, email in enumerate(
        ("wang@example.net", "wang+1@example.net", "Wang+2@example.net", "wang1@example.net")
    ):
        listed.ask(intention=f"sending-{number}", asker=replace(WANG, email=email), address=f"203.0.113.{number}")
    sent = [Message.objects.filter(address=email).count() for email in ("wang+1@example.net", "wang+2@example.net")]
    assert (sent, Message.objects.count()) == ([1, 0], 3)
    for number in range(3):
        asker = replace(WANG, email=f"li{number}@example.net")
        listed.ask(intention=f"six-{number}", asker=asker, address=f"2001:db8:1:2:{number}::7")
    zhao = replace(WANG, email="zhao@example.net")
    with pytest.raises(TooManyRequests):
        listed.ask(intention="six-more", asker=zhao, address="2001:db8:1:2:ffff::1")
    listed.ask(intention="elsewhere", asker=zhao, address="2001:db8:1:3::1")
    assert Message.objects.filter(address="zhao@example.net").count() == 1


def test_an_owner_who_left_the_list_meanwhile_is_asked_nothing_and_the_asker_hears_it(listed: Listed) -> None:
    listed.ask()
    entries = PoolEntry.objects.filter(member=listed.member)
    PoolEntry.objects.filter(pk__in=entries).update(leaves_on=date(2026, 3, 1))
    with pytest.raises(WrongState, match="not on the list any more"):
        confirm_request(actor=listed.anybody, key=listed.key())
    request = LicenceRequest.objects.get()
    assert (request.state, request.confirmed_at) == (RequestState.UNCONFIRMED, None)
    assert not Notice.objects.exists()
    assert not AuditEvent.objects.filter(name="licence_request.confirmed").exists()
    # What was confirmed before can still be looked at.
    entries.update(leaves_on=None)
    confirm_request(actor=listed.anybody, key=listed.key())
    entries.update(leaves_on=date(2026, 3, 1))
    assert confirm_request(actor=listed.anybody, key=listed.key()).state == RequestState.RECEIVED


def test_where_a_request_came_from_is_forgotten_after_the_day_it_is_counted_for(listed: Listed) -> None:
    listed.confirmed()
    listed.ask(intention="never-confirmed")
    work = Actor.system(FORGETTING, clock=listed.clock)
    listed.clock.move(timedelta(hours=23))
    forget_askers(actor=work)
    assert not LicenceRequest.objects.filter(address_hash="").exists()
    listed.clock.move(timedelta(hours=2))
    assert forget_askers(actor=work) == 0
    assert LicenceRequest.objects.filter(address_hash="").count() == 2
    # It is emptied, and never anything else again.
    with pytest.raises(DatabaseError), transaction.atomic():
        LicenceRequest.objects.filter(state=RequestState.RECEIVED).update(address_hash="f" * 64)


def test_a_step_that_does_not_lead_on_changes_nothing(listed: Listed) -> None:
    request = listed.confirmed()
    owner = listed.acting(listed.admin)
    answer_request(actor=owner, request_id=request.pk, text="Gladly.", contact="Li")
    sent = Message.objects.count()
    with pytest.raises(WrongState):
        acknowledge_request(actor=owner, request_id=request.pk)
    with pytest.raises(WrongState):
        answer_request(actor=owner, request_id=request.pk, text="Again.", contact="Li")
    request.refresh_from_db()
    assert (request.answer, Message.objects.count()) == ("Gladly.", sent)


def test_it_is_forgotten_who_asked(listed: Listed, settings: Any) -> None:
    settings.LICENCE_REQUESTS_KEPT_DAYS = 30
    request = listed.confirmed(patent_ids=[listed.patents[0].pk])
    answer_request(actor=listed.acting(listed.admin), request_id=request.pk, text="Gladly.", contact="Li")
    listed.ask(intention="never-confirmed", patent_ids=[listed.patents[1].pk])
    key = listed.key()
    work = Actor.system(FORGETTING, clock=listed.clock)
    listed.clock.move(timedelta(days=6, hours=23))
    assert forget_askers(actor=work) == 0

    listed.clock.move(timedelta(hours=1))
    assert forget_askers(actor=work) == 1
    with pytest.raises(NotFound):
        confirm_request(actor=listed.anybody, key=key)
    assert LicenceRequest.objects.get() == request

    listed.clock.move(timedelta(days=23))
    assert forget_askers(actor=work) == 1
    assert forget_askers(actor=work) == 0
    request.refresh_from_db()
    assert (request.state, request.erased_at) == (RequestState.CLOSED, listed.clock.now())
    assert (request.asker_name, request.asker_email, request.products, request.answer) == ("", "", "", "")
    # Nor for what.
    assert not RequestedPatent.objects.exists()
    assert licence_requests(actor=listed.acting(listed.admin)).count() == 1


def test_what_was_confirmed_stays_in_the_database_as_it_was(listed: Listed) -> None:
    request = listed.confirmed(patent_ids=[listed.patents[0].pk])
    for change in (
        lambda: LicenceRequest.objects.filter(pk=request.pk).update(address_hash="e" * 64),
        lambda: LicenceRequest.objects.filter(pk=request.pk).update(products="other"),
        lambda: LicenceRequest.objects.filter(pk=request.pk).update(asker_email="other@example.net"),
        lambda: LicenceRequest.objects.filter(pk=request.pk).update(addressee=listed.rival),
        lambda: RequestedPatent.objects.all().delete(),
        lambda: RequestedPatent.objects.create(request=request, patent=listed.patents[1]),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    request.refresh_from_db()
    assert (request.products, request.asker_email) == ("display modules", "wang@example.net")


def test_a_merger_takes_requests_along_and_tells_nobody_of_them(listed: Listed) -> None:
    request = listed.confirmed()
    kept = make_organisation("权利人集团")
    site = listed.acting(listed.site)
    preview = preview_merger(kept, listed.owner.pk, actor=site)
    assert not any("asking" in name for name in preview.moves)
    merge_organisations(actor=site, kept_id=kept.pk, merged_id=listed.owner.pk)
    request.refresh_from_db()
    assert request.addressee == kept
    merged = AuditEvent.objects.get(name="organisation.merged")
    assert not any("asking" in name for name in merged.changes)
