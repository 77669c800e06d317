"""Taking statements of banks in: each line once, booked in the same transaction."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.identity.roles import Purpose
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import SUSPENSE
from platform_core.ledger.models import Account
from platform_core.ledger.services import NewEntry, open_account, post_entries
from platform_core.problems import invalid
from platform_core.realtime.services import announce
from platform_core.treasury.calculation import closing_of, occurrences, opening_of, places_in_days
from platform_core.treasury.mapping import StatementMapping
from platform_core.treasury.models import BankAccount, BankStatement, StatementLine
from platform_core.treasury.policies import TAKE_STATEMENT
from platform_core.treasury.selectors import get_bank_account, known_places, mapping_of, read_file


@dataclass(frozen=True, slots=True)
class Taken:
    """A statement that is on record, and whether this very file was so before."""

    statement: BankStatement
    was_known: bool


@transaction.atomic
def take_statement(
    *, actor: Actor, account_id: UUID, path: Path, file_name: str, mapping: StatementMapping | None = None
) -> Taken:
    """Take a statement in: lines that are on record from another file are left as they are, new ones are booked.

    The same file again adds nothing. Raises InvalidInput that names each line which cannot be one, Conflict where a
    line takes effect on a closed day.
    """
    account = get_bank_account(account_id, actor=actor, for_change=True)
    require(actor, TAKE_STATEMENT, account)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    before = BankStatement.objects.filter(bank_account=account, file_sha256=digest).first()
    if before is not None:
        return Taken(before, was_known=True)
    mapping = mapping or mapping_of(account)
    read = read_file(path, mapping, account)
    if read.lines[0].booked_on < account.in_use_from or (
        account.in_use_until is not None and read.lines[-1].booked_on >= account.in_use_until
    ):
        raise invalid("/file", "not_in_use", "The account was not in use on some of these days.")
    known = known_places(account, read.lines)
    marks = occurrences(read.lines)
    places = places_in_days(read.lines, known)
    statement = BankStatement.objects.create(
        bank_account=account,
        file_name=file_name[:255],
        file_sha256=digest,
        mapping=mapping.document(),
        first_on=read.lines[0].booked_on,
        last_on=read.lines[-1].booked_on,
        opening_minor=opening_of(read.lines),
        closing_minor=closing_of(read.lines),
        lines_new=sum(mark not in known for mark in marks),
        lines_known=sum(mark in known for mark in marks),
        taken_at=actor.clock.now(),
        taken_by_id=actor.user_id,
    )
    lines = StatementLine.objects.bulk_create(
        StatementLine(
            id=new_id(),
            bank_account=account,
            statement=statement,
            line=line.line,
            booked_on=line.booked_on,
            place=place,
            amount_minor=line.amount_minor,
            balance_minor=line.balance_minor,
            counterparty_name=line.counterparty_name,
            counterparty_account=line.counterparty_account,
            text=line.text,
            serial=line.serial,
            fingerprint=mark[0],
            occurrence=mark[1],
        )
        for line, mark, place in zip(read.lines, marks, places, strict=True)
        if mark not in known
    )
    record_event(
        "bank_statement.taken",
        actor=actor,
        subject=statement,
        changes={"lines_new": (None, statement.lines_new), "lines_known": (None, statement.lines_known)},
    )
    announce(statement)
    suspense = suspense_of(account=account, actor=actor)
    post_entries(
        actor=actor,
        operating_entity_id=account.operating_entity_id,
        entries=[_entry(line, account, suspense) for line in lines],
    )
    return Taken(statement, was_known=False)


def suspense_of(*, actor: Actor, account: BankAccount) -> Account:
    """Return where the books keep what came over a bank account, until somebody says what it is for."""
    return open_account(
        actor=actor,
        operating_entity_id=account.operating_entity_id,
        holder_id=account.operating_entity.organisation_id,
        kind=SUSPENSE.code,
        purpose=Purpose(account.purpose),
        currency=account.currency,
    )


def _entry(line: StatementLine, account: BankAccount, suspense: Account) -> NewEntry:
    return NewEntry(
        key=line.pk,
        name="statement_line.booked",
        effective_on=line.booked_on,
        subject=line,
        lines=[Line(account.ledger_account_id, line.amount_minor), Line(suspense.pk, -line.amount_minor)],
        memo=" ".join(filter(None, (line.counterparty_name, line.text)))[:500],
    )
