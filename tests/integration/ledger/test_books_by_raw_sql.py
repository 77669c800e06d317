"""What the database itself holds of the books, whoever writes: each rule is tried as the application's own role."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose
from platform_core.ids import new_id
from platform_core.ledger.calculation import BEFORE_THE_FIRST, Content, Line, entry_hash
from platform_core.ledger.models import Account, BookClosing, Entry, Posting
from tests.factories.core import NOON, make_entity, make_organisation
from tests.factories.ledger import book, make_account, make_bank

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def first() -> Entry:
    """Books with one entry, closed through February, and other books beside them."""
    entity = make_entity()
    entry = book(make_bank(entity), make_account(entity, make_organisation()), 500)
    make_account(entity, purpose=Purpose.CUSTODY_DEPOSITS)
    make_account(entity, currency="USD")
    make_account(make_entity())
    BookClosing.objects.create(operating_entity=entity, number=1, closed_through=date(2026, 2, 28), at=NOON)
    return entry


def account(**columns: object) -> Account:
    books = {"operating_entity": Entry.objects.get().operating_entity, **columns}
    return Account.objects.filter(**books).order_by("pk")[0]


def write(*lines: tuple[Account, int], later: bool = False, **said: object) -> None:
    """Write an entry as somebody would who knows how hashes are made, but for what is said otherwise."""
    last = Entry.objects.order_by("-number")[0]
    columns: dict[str, object] = {
        "number": last.number + 1,
        "previous_hash": last.hash,
        "key": new_id(),
        "purpose": Purpose.ROYALTIES,
        "effective_on": DAY,
        **said,
    }
    content = Content(
        key=columns["key"],  # type: ignore[arg-type]
        purpose=str(columns["purpose"]),
        name="made.up",
        effective_on=columns["effective_on"],  # type: ignore[arg-type]
        subject_type="identity.operatingentity",
        subject_id=last.operating_entity_id,
        memo="",
        reverses_id=said.get("reverses_id"),  # type: ignore[arg-type]
        lines=tuple(Line(one.pk, amount) for one, amount in lines),
    )
    made = entry_hash(
        entity_id=last.operating_entity_id,
        number=int(str(columns["number"])),
        previous=str(columns["previous_hash"]),
        booked_at=NOON,
        content=content,
    )
    entry = Entry.objects.create(
        **{
            "operating_entity": last.operating_entity,
            "name": "made.up",
            "booked_at": NOON,
            "subject_type": "identity.operatingentity",
            "subject_id": last.operating_entity_id,
            "hash": made,
            **columns,
        }
    )
    Posting.objects.bulk_create(
        Posting(entry=entry, place=place, account=one, amount_minor=amount, effective_on=entry.effective_on)
        for place, (one, amount) in enumerate(lines, start=1)
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def bank() -> Account:
    return account(kind="bank")


def member() -> Account:
    entity: OperatingEntity = Entry.objects.get().operating_entity
    return Account.objects.exclude(holder=entity.organisation).get(operating_entity=entity)


def one_more(entry: Entry) -> None:
    Posting.objects.bulk_create(
        Posting(entry=entry, place=place, account=one, amount_minor=amount, effective_on=entry.effective_on)
        for place, one, amount in ((3, bank(), 1), (4, member(), -1))
    )


def reversed_elsewhere() -> None:
    """Take the one reversal that an entry can have, in books that are not its own."""
    first = Entry.objects.get()
    entity = OperatingEntity.objects.exclude(pk=first.operating_entity_id).earliest("pk")
    book(make_bank(entity), make_account(entity, make_organisation()), -500, reverses=first)
    run("SET CONSTRAINTS ALL IMMEDIATE")


def opened_again() -> None:
    empty = account(currency="USD")
    Account.objects.filter(pk=empty.pk).update(closed_at=NOON)
    Account.objects.filter(pk=empty.pk).update(closed_at=None)


BREAKS: dict[str, tuple[Callable[[], object], str]] = {
    "an entry without lines": (write, "not whole"),
    "an entry with one line": (lambda: write((bank(), 5)), "not whole"),
    "an entry that does not balance": (lambda: write((bank(), 5), (member(), -4)), "does not balance: 1 CNY"),
    "currencies that balance across": (
        lambda: write((bank(), 5), (account(currency="USD"), -5)),
        "does not balance",
    ),
    "money of two purposes": (
        lambda: write((bank(), 5), (account(purpose=Purpose.CUSTODY_DEPOSITS), -5)),
        "mixes money",
    ),
    "an account of other books": (
        lambda: write((bank(), 5), (Account.objects.exclude(operating_entity=bank().operating_entity).get(), -5)),
        "not whole",
    ),
    "a gap in the numbers": (lambda: write((bank(), 5), (member(), -5), number=3), "follows the last one"),
    "a second entry of a number": (lambda: write((bank(), 5), (member(), -5), number=1), "follows the last one"),
    "another entry to follow": (
        lambda: write((bank(), 5), (member(), -5), previous_hash=BEFORE_THE_FIRST),
        "follows the last one",
    ),
    "a hash of something else": (lambda: write((bank(), 5), (member(), -5), hash="0" * 64), "the hash of entry 2"),
    "a closed day": (
        lambda: write((bank(), 5), (member(), -5), effective_on=date(2026, 2, 28)),
        "closed through 2026-02-28",
    ),
    "the same key again": (
        lambda: write((bank(), 5), (member(), -5), key=Entry.objects.get().key),
        "ledgerentry_booked_once",
    ),
    "lines added later": (lambda: one_more(Entry.objects.get()), "the hash of entry 1"),
    "a changed entry": (lambda: Entry.objects.update(effective_on=DAY + timedelta(days=1)), "append-only"),
    "a changed amount": (lambda: Posting.objects.update(amount_minor=1), "append-only"),
    "a removed line": (lambda: run("DELETE FROM ledger_posting"), "append-only"),
    "removed lines at once": (lambda: run("TRUNCATE ledger_posting"), "permission denied"),
    "an account of another currency": (lambda: Account.objects.update(currency="USD"), "can no longer be changed"),
    "an account of another holder": (
        lambda: Account.objects.update(holder=make_organisation()),
        "changes with a merger only",
    ),
    "an account that closes with a balance": (
        lambda: Account.objects.filter(pk=bank().pk).update(closed_at=NOON),
        "stays open",
    ),
    "a changed closing": (lambda: BookClosing.objects.update(closed_through=None), "append-only"),
    "a closing out of order": (
        lambda: BookClosing.objects.create(operating_entity=bank().operating_entity, number=3, at=NOON),
        "follows the last one",
    ),
    "a reversal that is not the opposite": (
        lambda: write((bank(), -400), (member(), 400), reverses_id=Entry.objects.get().pk),
        "says the opposite",
    ),
    "a reversal in other books": (reversed_elsewhere, "says the opposite"),
    "an account that opens again": (opened_again, "stays closed"),
    "triggers that are switched off": (
        lambda: run("ALTER TABLE ledger_entry DISABLE TRIGGER ALL"),
        "must be owner",
    ),
    "a session that poses as a replica": (lambda: run("SET session_replication_role = replica"), "permission denied"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_the_database_refuses(name: str, first: Entry) -> None:
    breaks, told = BREAKS[name]

    with pytest.raises(DatabaseError, match=told), transaction.atomic():
        breaks()

    assert list(Entry.objects.values_list("hash", flat=True)) == [first.hash]
    assert Posting.objects.count() == 2


def test_an_entry_is_reversed_by_its_opposite_whoever_writes_it() -> None:
    write((bank(), -500), (member(), 500), reverses_id=Entry.objects.get().pk)

    assert Entry.objects.count() == 2


def test_what_is_whole_is_taken_whoever_writes_it() -> None:
    write((bank(), 5), (member(), -5))

    assert Entry.objects.count() == 2
