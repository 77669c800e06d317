"""Messages leave once, after the change they tell of, in the person's language, and keep no secrets behind."""

import json
import re
import smtplib
import stat
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from platform_core.access.actors import Actor
from platform_core.clock import FixedClock
from platform_core.identity.models import Language, User
from platform_core.jobs.models import Job
from platform_core.messaging import adapters, services
from platform_core.messaging.adapters import Letter, Never, NotNow
from platform_core.messaging.kinds import Kind, Words, kinds, register_kind
from platform_core.messaging.lifecycle import MessageState
from platform_core.messaging.models import Channel, Message
from platform_core.messaging.policies import DELIVERY
from platform_core.signin import letters
from tests.factories.core import NOON, clock_at, command_line, make_user

pytestmark = pytest.mark.django_db

LINK = "https://lianchi.example.org/sign-in/reset/very-secret"


class Carrier:
    """An adapter of an alliance's own."""

    carried: list[Letter] = []
    fails: list[Exception] = []

    def deliver(self, letter: Letter) -> str:
        assert not connection.in_atomic_block or connection.savepoint_ids == [], "the network is used in a transaction"
        if self.fails:
            raise self.fails.pop(0)
        self.carried.append(letter)
        return "no. 1"


@pytest.fixture(autouse=True)
def carrier() -> Any:
    Carrier.carried, Carrier.fails = [], []
    path = f"{Carrier.__module__}.{Carrier.__qualname__}"
    with override_settings(MESSAGE_ADAPTERS={channel.value: path for channel in Channel}):
        yield Carrier


def work(clock: FixedClock | None = None) -> Actor:
    return Actor.system(DELIVERY, clock=clock or clock_at())


def send(user: User | None, **more: Any) -> Message:
    values = {"name": user.name if user else "", "link": LINK}
    return services.send_message(actor=command_line(), kind=letters.RESET, user=user, values=values, **more)


def test_a_message_is_carried_in_the_persons_language_and_leaves_no_link_behind(carrier: type[Carrier]) -> None:
    user = make_user()
    message = send(user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT values FROM messaging_message")
        assert "very-secret" not in cursor.fetchone()[0]
    assert "very-secret" not in str(list(Job.objects.values()))
    done = services.deliver_message(actor=work(), message_id=message.pk)
    (letter,) = carrier.carried
    assert (letter.to, letter.subject) == (user.email, "重设密码")
    assert LINK in letter.body
    done.refresh_from_db()
    assert (done.state, done.values, done.reference, done.attempts) == (MessageState.SENT, "", "no. 1", 1)

    user.language = Language.ENGLISH
    user.save()
    services.deliver_message(actor=work(), message_id=send(user).pk)
    assert carrier.carried[1].subject == "Reset your password"


def test_a_message_is_carried_once_however_often_the_job_runs(carrier: type[Carrier]) -> None:
    message = send(make_user())
    for _ in range(3):
        services.deliver_message(actor=work(), message_id=message.pk)
    assert len(carrier.carried) == 1


def test_a_message_of_a_change_that_did_not_happen_is_not_sent() -> None:
    with transaction.atomic():
        send(make_user())
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert not Job.objects.exists()


def test_a_message_to_nobody_does_all_the_same_work_and_goes_nowhere(carrier: type[Carrier]) -> None:
    message = send(None)
    assert Job.objects.count() == 1
    done = services.deliver_message(actor=work(), message_id=message.pk)
    assert carrier.carried == []
    assert (done.state, done.values) == (MessageState.WITHHELD, "")


def test_a_carrier_that_is_away_is_tried_again_later_and_given_up_at_last(carrier: type[Carrier]) -> None:
    message = send(make_user())
    tries = len(services.RETRIES) + 1
    carrier.fails = [NotNow("away")] * tries
    for number in range(1, tries + 1):
        services.deliver_message(actor=work(), message_id=message.pk)
        message = Message.objects.get(pk=message.pk)
        assert (message.attempts, message.error) == (number, "away")
    assert (message.state, message.values) == (MessageState.FAILED, "")
    assert Job.objects.count() == tries


def test_a_refusal_for_good_and_a_broken_adapter_are_told_apart(carrier: type[Carrier]) -> None:
    carrier.fails = [Never("no such mailbox")]
    done = services.deliver_message(actor=work(), message_id=send(make_user()).pk)
    assert (done.state, done.error) == (MessageState.FAILED, "no such mailbox")

    carrier.fails = [RuntimeError(f"could not send {LINK}")]
    waiting = Message.objects.get(pk=services.deliver_message(actor=work(), message_id=send(make_user()).pk).pk)
    assert (waiting.state, waiting.error) == (MessageState.WAITING, "RuntimeError")


def test_every_kind_says_the_same_in_both_languages_and_can_be_put_into_words() -> None:
    assert len(kinds()) > 15
    for kind in kinds():
        values = {name: "x" for name in kind.zh.names()} | {"site": "https://lianchi.example.org"}
        zh, en = kind.words(Language.CHINESE, values), kind.words(Language.ENGLISH, values)
        assert all(re.search("[一-鿿]", text) for text in zh), kind.name
        assert not any(re.search("[一-鿿]", text) for text in en), kind.name
    with pytest.raises(ValueError, match="different values"):
        register_kind(Kind("test.uneven", zh=Words("{a}", ""), en=Words("{b}", "")))


def test_a_name_somebody_chose_begins_no_header_of_its_own(carrier: type[Carrier]) -> None:
    values = {"organisation": "X\r\nBcc: thief@example.org", "inviter": "Y", "until": "Z", "link": LINK}
    message = services.send_message(
        actor=command_line(), kind=letters.INVITATION, address="a@example.org", values=values
    )
    services.deliver_message(actor=work(), message_id=message.pk)
    assert "\n" not in carrier.carried[0].subject
    assert "\r" not in carrier.carried[0].subject


def test_the_file_adapter_writes_a_file_only_its_owner_reads(tmp_path: Path) -> None:
    files = {channel.value: "platform_core.messaging.adapters.FileAdapter" for channel in Channel}
    with override_settings(MESSAGE_ADAPTERS=files, DATA_DIR=tmp_path):
        message = send(make_user(), channel=Channel.SMS, address="+8613800000000")
        services.deliver_message(actor=work(), message_id=message.pk)
    (path,) = (tmp_path / "messages").iterdir()
    written = json.loads(path.read_text())
    assert (written["to"], written["kind"]) == ("+8613800000000", "sign_in.password_reset")
    assert LINK in written["body"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


class Server:
    """A mail server that takes note of what it is given."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.refusal = refusal
        self.sent: list[Any] = []

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send_message(self, mail: Any) -> None:
        if self.refusal:
            raise self.refusal
        self.sent.append(mail)


@pytest.mark.parametrize(
    ("refusal", "state"),
    [
        (None, MessageState.SENT),
        (ConnectionRefusedError(), MessageState.WAITING),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no")}), MessageState.FAILED),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (450, b"later")}), MessageState.WAITING),
    ],
)
def test_mail_is_sent_and_failures_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, refusal: Exception | None, state: MessageState
) -> None:
    server = Server(refusal)
    monkeypatch.setattr(adapters, "_server", lambda: server)
    user = make_user()
    with override_settings(MESSAGE_ADAPTERS={"email": "platform_core.messaging.adapters.SmtpAdapter"}):
        message = send(user)
        assert services.deliver_message(actor=work(), message_id=message.pk).state == state
    if refusal is None:
        (mail,) = server.sent
        assert mail["To"] == user.email
        assert str(message.pk) in mail["Message-ID"]
        assert LINK in mail.get_content()


def test_a_message_waits_for_its_next_try(carrier: type[Carrier]) -> None:
    carrier.fails = [NotNow("away")]
    message = send(make_user())
    services.deliver_message(actor=work(clock_at(NOON)), message_id=message.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduled_at FROM procrastinate_jobs WHERE scheduled_at IS NOT NULL")
        assert [row[0] for row in cursor.fetchall()] == [NOON + services.RETRIES[0]]
