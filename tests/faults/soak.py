"""A thousand deaths at random moments: payments begin, are paid, given back and taken back while workers are killed.

Run by `make soak`; not part of `make test`. `LIANCHI_KILLS` says how many, `LIANCHI_SEED` repeats a run.
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from statistics import median

import pytest
from pytest_django import Settings

from licensing.payments.models import OnlinePayment
from licensing.payments.services import end_online_payment, work_on_payment
from tests.factories.royalties import SmallWorld
from tests.faults.killing import DIED, in_a_child
from tests.faults.shop import Shop, open_shop, serving
from tests.faults.test_kills import books_are_equal
from tests.small_worlds import Filed
from tests.stripe_server import Fault

KILLS = int(os.environ.get("LIANCHI_KILLS", "1000"))
SLOWEST = 10
"""Seconds for one kill, on a busy machine; a quiet one needs half a second."""

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("engine_in_this_process"),
    # What holds for every other test would end this one before its time.
    pytest.mark.timeout(120 + KILLS * SLOWEST),
]

SEED = int(os.environ.get("LIANCHI_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
SPARED = 8
"""Of so many workers one is spared: it says how long their work takes here, and time enough passes for the others."""
TOLD_EVERY = 100
LINES = (
    "POST checkout/sessions",
    "POST checkout/sessions/ID/expire",
    "GET checkout/sessions/ID",
    "GET payment_intents/ID",
    "GET refunds",
    "GET disputes",
    "POST refunds",
)


@pytest.fixture
def shop(world: SmallWorld, filed: Filed, settings: Settings) -> Iterator[Shop]:
    with serving(settings) as service:
        yield open_shop(world, service, periods=("2025Q1", "2025Q2", "2025Q3", "2025Q4"))


def test_books_are_equal_after_all_that_dying(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)
    with capsys.disabled():
        sys.stdout.write(f"\nseed {SEED}\n")
    done: Counter[str] = Counter()
    payments: list[OnlinePayment] = []
    lives: list[float] = []
    told = 0
    while done["killed"] < KILLS:
        done[_something_happens(shop, chance, payments)] += 1
        done[_a_worker_lives(shop, chance, lives)] += 1
        if done["killed"] // TOLD_EVERY > told:
            told = done["killed"] // TOLD_EVERY
            with capsys.disabled():
                sys.stdout.write(f"{dict(sorted(done.items()))}\n")
    # Workers that die before they begin would leave the books equal too.
    assert done["lived"] >= KILLS // SPARED
    assert done["begin"] >= KILLS // 50
    assert done["pay"] >= KILLS // 50
    shop.service.faults.clear()
    shop.deliver()
    for _ in range(3):
        shop.clock.move(timedelta(hours=6))
        OnlinePayment.objects.filter(due_at__isnull=False).update(due_at=shop.clock.now())
        for payment_id in OnlinePayment.objects.filter(due_at__lte=shop.clock.now()).values_list("pk", flat=True):
            work_on_payment(payment_id=payment_id, clock=shop.clock)
    for payment in OnlinePayment.objects.exclude(service_id=""):
        assert shop.booked(payment) == shop.service.held(payment.service_id)
    books_are_equal(shop)
    with capsys.disabled():
        sys.stdout.write(f"{done['killed']} workers killed; books equal: {shop.at_the_service()} minor units there\n")


def _something_happens(shop: Shop, chance: random.Random, payments: list[OnlinePayment]) -> str:
    """Let a payer, a bank or somebody here do something."""
    known = set(OnlinePayment.objects.exclude(session_id="").values_list("session_id", flat=True))
    payable = [pk for pk, each in shop.service.sessions.items() if each["status"] == "open" and pk in known]
    paid = [pk for pk, each in shop.service.intents.items() if each["status"] == "succeeded"]
    what = chance.choice(
        ("begin", "pay", "pay", "tell", "tell twice", "give back there", "decline", "end", "fault", "nothing")
    )
    if what == "begin" and OnlinePayment.objects.filter(state__in=("intended", "open", "processing")).count() < 6:
        payments.append(shop.start(chance.randrange(100, 500)))
    elif what == "pay" and payable:
        shop.service.pay(chance.choice(payable))
    elif what == "decline" and payable:
        shop.service.decline(chance.choice(payable))
    elif what == "end" and (payment := OnlinePayment.objects.filter(state="open", ending_at=None).first()) is not None:
        end_online_payment(actor=shop.acting("calculator"), payment_id=payment.pk)
    elif what == "tell":
        shop.deliver()
    elif what == "tell twice" and shop.service.events:
        shop.hear(chance.choice(shop.service.events))
    elif what == "give back there" and paid:
        intent = chance.choice(paid)
        if shop.service.held(intent) > 1:
            shop.service.refund_there(intent, chance.randrange(1, shop.service.held(intent)))
    elif what == "fault":
        shop.service.fault(chance.choice(LINES), chance.choice([fault for fault in Fault if fault is not Fault.NONE]))
    else:
        return "nothing"
    return what


def _a_worker_lives(shop: Shop, chance: random.Random, lives: list[float]) -> str:
    """Let a worker take up what is due the longest, and kill it after a while: anywhere in its work, or a bit later.

    `lives`: the seconds that those took who were spared.
    """
    due = OnlinePayment.objects.filter(due_at__isnull=False).order_by("due_at").first()
    if due is None or due.due_at is None:
        return "idle"
    shop.clock.set(max(shop.clock.now(), due.due_at))

    def work() -> None:
        work_on_payment(payment_id=due.pk, clock=shop.clock)

    if not lives or chance.randrange(SPARED) == 0:
        begun = time.monotonic()
        assert in_a_child(work) != DIED
        lives.append(time.monotonic() - begun)
        return "lived"
    longest = 1.2 * median(lives[-20:])
    return "killed" if in_a_child(work, kill_after=chance.uniform(0, longest)) == DIED else "lived"
