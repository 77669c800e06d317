"""Books over the wire: balances at any day, lines with what the account comes to, entries whole and checked."""

import base64
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose, Role
from platform_core.ids import new_id
from platform_core.ledger.models import Account, BookClosing, Posting
from platform_core.ledger.selectors import is_as_booked
from platform_core.ledger.services import reverse_entry
from tests.api.core.clients import client_of
from tests.factories.core import command_line, give_role, make_entity, make_organisation, make_seat
from tests.factories.ledger import book, make_account, make_bank

pytestmark = pytest.mark.django_db

FIRST = date(2026, 3, 1)


@pytest.fixture
def entity() -> OperatingEntity:
    return make_entity()


@pytest.fixture
def bank(entity: OperatingEntity) -> Account:
    return make_bank(entity)


@pytest.fixture
def member(entity: OperatingEntity) -> Account:
    return make_account(entity, make_organisation("member"))


def finance(entity: OperatingEntity, purpose: Purpose = Purpose.ROYALTIES) -> Client:
    seat = make_seat()
    give_role(seat, Role.FINANCE, entity=entity, purpose=purpose)
    return client_of(seat)


def holder_of(account: Account) -> Client:
    seat = make_seat(organisation=account.holder)
    give_role(seat, Role.MEMBER_FINANCE)
    return client_of(seat)


def read(client: Client, path: str, **query: Any) -> Any:
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def every(client: Client, path: str, **query: Any) -> list[dict[str, Any]]:
    page = read(client, path, limit=3, **query)
    rows: list[dict[str, Any]] = page["items"]
    while page["next"]:
        page = read(client, path, limit=3, after=page["next"], **query)
        rows += page["items"]
    return rows


def test_lines_follow_one_another_with_the_balance_after_each_whichever_way_and_page(
    entity: OperatingEntity, bank: Account, member: Account
) -> None:
    # Two on each day, booked backwards.
    for number in range(7, 0, -1):
        book(bank, member, number, effective_on=FIRST + timedelta(days=number // 2))
    client, path = finance(entity), f"ledger-accounts/{bank.pk}/postings"

    rows = every(client, path)
    assert [row["amount_minor"] for row in rows] == [1, 3, 2, 5, 4, 7, 6]
    assert [row["balance_minor"] for row in rows] == [1, 4, 6, 11, 15, 22, 28]
    assert every(client, path, order="-day") == rows[::-1]
    assert every(client, path, **{"from": "2026-03-02", "to": "2026-03-03"}) == rows[1:5]
    assert client.get(f"/api/v1/{path}", {"from": "3 March"}).status_code == 422
    table = client.get(f"/api/v1/{path}", {"format": "csv"})
    lines = bytes(table.getvalue()).decode("utf-8-sig").splitlines()
    assert [line.split(",")[4] for line in lines] == ["balance_minor", "1", "4", "6", "11", "15", "22", "28"]


def test_a_page_of_lines_says_nothing_of_how_many_lines_others_have(
    entity: OperatingEntity, bank: Account, member: Account
) -> None:
    rival, client = make_account(entity, make_organisation("rival")), holder_of(member)
    path = f"ledger-accounts/{member.pk}/postings"
    told = []
    for amount in (1, 2, 3):
        book(bank, member, amount)
        for _ in range(amount):
            book(bank, rival, 7)
    page = read(client, path, limit=1, order="day")
    while page["next"]:
        told.append(page["next"])
        page = read(client, path, limit=1, order="day", after=page["next"])

    assert len(told) == 2
    numbers = {str(pk) for pk in Posting.objects.values_list("pk", flat=True)}
    for text in told:
        order, day, place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        assert (order, day) == ("day", "2026-03-02")
        assert place not in numbers
    assert len({len(text) for text in told}) == 1
    # Nobody makes one up, nor takes one from another list.
    for place in (str(min(map(int, numbers))), "v1.k1.AAAA", "x"):
        made = base64.urlsafe_b64encode(json.dumps(["day", "2026-03-02", place]).encode()).decode().rstrip("=")
        assert client.get(f"/api/v1/{path}", {"order": "day", "after": made}).status_code == 422


def test_accounts_tell_what_they_come_to_on_a_day_and_are_found_by_what_they_are(
    entity: OperatingEntity, bank: Account, member: Account
) -> None:
    book(bank, member, 500, effective_on=FIRST)
    book(member, bank, 200, effective_on=date(2026, 3, 9))
    make_bank(entity, currency="USD")
    make_bank(make_entity())
    client = finance(entity)

    def told(**query: Any) -> dict[str, int]:
        rows = read(client, "ledger-accounts", **query)["items"]
        return {f"{row['kind']} {row['currency']}": row["balance_minor"] for row in rows}

    assert told() == {"bank CNY": 300, "bank USD": 0, "suspense CNY": -300}
    assert told(on="2026-03-08", kind="bank") == {"bank CNY": 500, "bank USD": 0}
    assert told(holder=str(member.holder_id)) == {"suspense CNY": -300}
    assert told(currency="USD", state="open", operating_entity=str(entity.pk)) == {"bank USD": 0}
    assert told(state="closed") == {}
    one = read(client, f"ledger-accounts/{member.pk}", on="2026-03-01")
    assert (one["balance_minor"], one["account_class"], one["is_debit_side"]) == (-500, "liability", False)
    assert (one["kind_zh"], one["kind_en"]) == ("待认领款项", "Unassigned receipts")


def test_holders_see_their_own_lines_and_nothing_of_the_entries_they_are_in(
    entity: OperatingEntity, bank: Account, member: Account
) -> None:
    entry = book(bank, member, 500, memo="With that of a rival.")
    book(bank, make_account(entity, make_organisation("rival")), 70)
    client = holder_of(member)

    assert [row["id"] for row in read(client, "ledger-accounts")["items"]] == [str(member.pk)]
    [line] = read(client, f"ledger-accounts/{member.pk}/postings")["items"]
    assert (line["amount_minor"], line["balance_minor"]) == (-500, -500)
    assert (line["entry_id"], line["entry_number"], line["memo"]) == (None, None, None)
    [of_finance] = read(finance(entity), f"ledger-accounts/{member.pk}/postings")["items"]
    assert (of_finance["entry_id"], of_finance["entry_number"]) == (str(entry.pk), 1)
    for path in (f"ledger-accounts/{bank.pk}", f"ledger-accounts/{bank.pk}/postings", f"ledger-entries/{entry.pk}"):
        assert client.get(f"/api/v1/{path}").status_code == 404
    assert read(client, "ledger-entries")["items"] == []


def test_an_entry_is_told_whole_with_its_chain_and_its_reversal(
    entity: OperatingEntity, bank: Account, member: Account
) -> None:
    first = book(bank, member, 500, effective_on=FIRST)
    opposite = reverse_entry(
        actor=command_line(), entry_id=first.pk, key=new_id(), effective_on=FIRST, subject=entity, memo="Sent back."
    )
    client = finance(entity)

    told = read(client, f"ledger-entries/{first.pk}")
    assert [(line["kind"], line["amount_minor"]) for line in told["lines"]] == [("bank", 500), ("suspense", -500)]
    assert told["moved"] == [{"currency": "CNY", "amount_minor": 500}]
    assert (told["reversed_by_id"], told["reversed_by_number"], told["hidden_lines"]) == (str(opposite.pk), 2, 0)
    second = read(client, f"ledger-entries/{opposite.pk}")
    assert (second["reverses_id"], second["reverses_number"], second["is_as_booked"]) == (str(first.pk), 1, True)
    assert second["previous_hash"] == told["hash"]
    found = {"subject_type": "identity.operatingentity", "subject_id": str(entity.pk), "name": "entry.reversed"}
    assert [row["number"] for row in read(client, "ledger-entries", **found)["items"]] == [2]
    assert [row["number"] for row in read(client, "ledger-entries", to="2026-02-28")["items"]] == []


def test_an_entry_that_says_something_else_than_when_it_was_booked_is_told_as_such(
    bank: Account, member: Account
) -> None:
    entry = book(bank, member, 500)
    assert is_as_booked(entry)

    # The database lets nobody write this, so that it is only thought of.
    entry.memo = "changed"
    assert not is_as_booked(entry)


def test_the_trial_balance_comes_to_nothing_in_each_purpose_and_currency(
    entity: OperatingEntity, bank: Account, member: Account
) -> None:
    book(bank, member, 500)
    book(member, bank, 120)
    dollars = make_bank(entity, currency="USD")
    book(dollars, make_account(entity, currency="USD"), 7)
    deposits = make_bank(entity, purpose=Purpose.CUSTODY_DEPOSITS)
    book(deposits, make_account(entity, purpose=Purpose.CUSTODY_DEPOSITS), 9)
    path = f"operating-entities/{entity.pk}/trial-balance"

    told = read(finance(entity), path)
    total = {"purpose": "royalties", "balance_minor": 0}
    assert told["totals"] == [
        {**total, "currency": "CNY", "debit_minor": 620, "credit_minor": 620},
        {**total, "currency": "USD", "debit_minor": 7, "credit_minor": 7},
    ]
    assert [(row["kind"], row["debit_minor"], row["credit_minor"], row["balance_minor"]) for row in told["rows"]] == [
        ("bank", 500, 120, 380),
        ("bank", 7, 0, 7),
        ("suspense", 120, 500, -380),
        ("suspense", 0, 7, -7),
    ]
    assert read(finance(entity), path, on="2026-01-01")["rows"] == []
    assert [row["currency"] for row in read(finance(entity, Purpose.CUSTODY_DEPOSITS), path)["rows"]] == ["CNY"] * 2
    assert holder_of(member).get(f"/api/v1/{path}").status_code in (403, 404)


def test_books_are_closed_and_opened_again_by_two_people_over_the_wire(entity: OperatingEntity) -> None:
    one, other = finance(entity), finance(entity, Purpose.CASE_COSTS)

    def sent(path: str, body: dict[str, str], key: str) -> Any:
        return one.post(path, body, "application/json", headers={"Idempotency-Key": key})

    closings = f"/api/v1/operating-entities/{entity.pk}/book-closings"
    closed = sent(closings, {"through": "2025-12-31"}, "close-the-year")
    assert closed.status_code == 201
    body = {"operating_entity_id": str(entity.pk), "through": "2025-11-30", "reason": "A bank statement came."}
    asked = sent("/api/v1/book-reopenings", body, "ask-for-november").json()
    assert (asked["state"], asked["allowed_steps"]) == ("asked", ["withdraw"])
    address = f"/api/v1/book-reopenings/{asked['id']}"

    assert one.post(f"{address}/grant").status_code == 403
    assert BookClosing.objects.count() == 1
    waiting = read(other, "home")["waiting"]
    assert [(row["kind"], row["subject_id"], row["step"]) for row in waiting] == [
        ("books.reopen", asked["id"], "grant")
    ]
    assert other.post(f"{address}/grant").json()["state"] == "granted"
    told = read(one, f"operating-entities/{entity.pk}/book-closings")["items"]
    assert [(row["number"], row["closed_through"], row["reopening_id"]) for row in told] == [
        (2, "2025-11-30", asked["id"]),
        (1, "2025-12-31", None),
    ]
    assert [row["state"] for row in read(one, "book-reopenings", state="granted")["items"]] == ["granted"]
