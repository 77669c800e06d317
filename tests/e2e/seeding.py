"""What the site has besides the demonstration, for screens that are empty otherwise, done as people do it."""

import csv
import io
import time
from itertools import count
from typing import Any, Final

from playwright.sync_api import BrowserContext

from tests.e2e.people import ACCOUNTANT, BILLED, HEAD_OF_FINANCE, Door
from tests.stripe_server import StripeServer
from tests.stripe_server.server import ACCOUNT

PATIENCE: Final = 60.0
PAID: Final = 10_000
"""What is paid online of an invoice, in minor units."""

_keys = count(1)


def seed(door: Door, service: StripeServer) -> None:
    """Have part of an invoice paid online, with a refund that waits, and a past period compared; once for a site."""
    finance, payer = door.open(ACCOUNTANT), door.open(BILLED)
    if not get(finance, "parallel-runs")["items"]:
        compare_a_period(door, finance)
    connect(door, service)
    if not get(payer, "online-payments")["items"]:
        payment = pay_online(door, payer, service)
        refund = {"amount_minor": PAID // 10, "reason": "Paid twice / 重复付款"}
        post(door, finance, f"online-payments/{payment['id']}/refunds", data=refund)
    for context in (finance, payer):
        context.close()


def get(context: BrowserContext, address: str) -> Any:
    """Read something of the API as whoever the window is."""
    answer = context.request.get(f"/api/v1/{address}")
    assert answer.ok, answer.text()
    return answer.json()


def post(door: Door, context: BrowserContext, address: str, **sent: Any) -> Any:
    """Change something by the API as whoever the window is."""
    headers = {**door.headers(context), "Idempotency-Key": f"seeding-{time.time_ns()}-{next(_keys)}"}
    answer = context.request.post(f"/api/v1/{address}", headers=headers, **sent)
    assert answer.ok, answer.text()
    return answer.json()


def connect(door: Door, service: StripeServer) -> None:
    """Connect the operating entity of the demonstration with the payment service, which tells it what happens."""
    finance = door.open(HEAD_OF_FINANCE)
    there = [one for one in get(finance, "stripe-accounts")["items"] if one["closed_at"] is None]
    if not there:
        [entity] = {one["operating_entity_id"] for one in get(finance, "bank-accounts")["items"]}
        keys = {"account_id": ACCOUNT, "secret_key": service.key, "webhook_secret": service.secret}
        there = [post(door, finance, "stripe-accounts", data={"operating_entity_id": entity, **keys})]
    service.hooks[:] = [f"{door.address}/api/v1/stripe-accounts/{there[0]['id']}/events"]
    finance.close()


def pay_online(door: Door, payer: BrowserContext, service: StripeServer) -> Any:
    """Have a licensee pay part of an invoice that nobody has paid anything of, and return the payment."""
    rows = get(payer, "invoices?payment=open&limit=100")["items"]
    invoice = rows[-1]
    begun = post(door, payer, f"invoices/{invoice['id']}/online-payments", data={"amount_minor": PAID})
    page_url = ""
    address = f"online-payments/{begun['id']}"
    until = time.monotonic() + PATIENCE
    while not page_url:
        assert time.monotonic() < until, get(payer, address)
        time.sleep(0.3)
        page_url = get(payer, address)["page_url"]
    service.pay(page_url.rpartition("/")[2])
    while (payment := get(payer, address))["state"] != "succeeded":
        assert time.monotonic() < until, payment
        time.sleep(0.3)
    return payment


def compare_a_period(door: Door, finance: BrowserContext) -> None:
    """Begin the move of a programme from an old workbook that came to a little else for a quarter, and compare it."""
    run = get(finance, "close-runs?status=posted&limit=1&order=opened")["items"][0]
    begun = {"programme_id": run["programme_id"], "on_day": "2031-01-01"}
    cutover = post(door, finance, "cutovers", data=begun)
    owed = get(finance, f"close-runs/{run['id']}/licence-results?limit=200")["items"]
    payees = get(finance, f"close-runs/{run['id']}/payee-results?limit=200")["items"]
    columns = ("licence_code", "royalty_minor", "credit_minor", "due_minor")
    told = [[row[name] for name in columns] for row in owed]
    # A little more, one left out, and one that is not here.
    told[0][1] += 1_234
    told[0][3] += 1_234
    del told[1]
    told.append(["GONE", 50_000, 0, 50_000])
    invoices = _table(("licence_id", "royalty", "credit", "due"), [[row[0], *map(_major, row[1:])] for row in told])
    paid = _table(("payee", "amount"), [[row["payee"], _major(row["amount_minor"])] for row in payees])
    files = {
        name: {"name": f"old_{name}.csv", "mimeType": "text/csv", "buffer": content}
        for name, content in (("invoices", invoices), ("payees", paid))
    }
    post(door, finance, f"cutovers/{cutover['id']}/comparisons", multipart={"period": run["period"], **files})


def _major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _table(header: tuple[str, ...], rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()
