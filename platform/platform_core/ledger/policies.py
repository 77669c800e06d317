"""Who may see accounts and book on them: finance of the operating entity, by purpose. Holders see their own alone."""

from collections.abc import Sequence
from typing import Final

from django.db.models import F, Q

from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.kernel import follows
from platform_core.access.registry import Guard, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, Relation, everything, in_operating_entity, own_organisation
from platform_core.identity.policies import OPERATING_ENTITY_POLICY
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Role
from platform_core.ledger.models import Account, BookClosing, BookReopening, Entry, Posting, ReopeningState
from platform_core.problems import Conflict

READ_ACCOUNT = Permission("ledger_account.read")
READ_BOOKS = Permission("operating_entity.read_books")
"""What all accounts come to beside each other, as far as one sees them."""
KEEP_BOOKS = Permission("operating_entity.keep_books")
CLOSE_BOOKS = Permission("operating_entity.close_books")
ASK_TO_REOPEN_BOOKS = Permission("operating_entity.ask_to_reopen_books")
OPEN_ACCOUNT = Permission("ledger_account.open")
CLOSE_ACCOUNT = Permission("ledger_account.close")
POST_TO_ACCOUNT = Permission("ledger_account.post")
READ_ENTRY = Permission("ledger_entry.read")
READ_POSTING = Permission("ledger_account.read_postings")
READ_BOOK_CLOSING = Permission("book_closing.read")
READ_BOOK_REOPENING = Permission("book_reopening.read")
GRANT_BOOK_REOPENING = Permission("book_reopening.grant")
REFUSE_BOOK_REOPENING = Permission("book_reopening.refuse")
WITHDRAW_BOOK_REOPENING = Permission("book_reopening.withdraw")

BOOKS_REOPENING: Final = "operating_entity.books_reopening"
"""The decision of two people: one asks to open closed days again, another grants it."""

_READERS = (Role.FINANCE, Role.MEMBER_FINANCE, Role.MEMBER_ADMIN, Role.LICENSEE)
_OF_OTHERS = ~Q(holder=F("operating_entity__organisation"))


def of_the_purpose(path: str = "") -> Relation:
    """Reach rows of the operating entities for which, and the purposes for whose money, a finance seat is there.

    `path` leads to what has both, such as `bank_account__`.
    """
    entity, purpose = f"{path}operating_entity", f"{path}purpose"

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        rows = NOTHING
        for assignment in assignments:
            if assignment.operating_entity_id is not None and assignment.purpose is not None:
                rows |= Q(**{entity: assignment.operating_entity_id, purpose: assignment.purpose})
        return rows

    return Relation("of the operating entity and of the purpose of the seat", reach, entity)


OPERATING_ENTITY_POLICY.extend(
    allow(Role.FINANCE, {READ_BOOKS, KEEP_BOOKS, CLOSE_BOOKS, ASK_TO_REOPEN_BOOKS}, in_operating_entity("pk")),
    # Work of the platform opens no closed days: two people do.
    allow(COMMAND_LINE, {READ_BOOKS, KEEP_BOOKS, CLOSE_BOOKS}, everything()),
)

ACCOUNT_POLICY = register(
    Policy(
        Account,
        read=READ_ACCOUNT,
        no_staff="whose money lies where is nothing that a staff session needs",
        rules=[
            allow(Role.FINANCE, {READ_ACCOUNT, OPEN_ACCOUNT, CLOSE_ACCOUNT, POST_TO_ACCOUNT}, of_the_purpose()),
            # What the entity keeps of its own, such as its bank accounts, is finance's alone.
            allow(
                (Role.MEMBER_FINANCE, Role.MEMBER_ADMIN, Role.LICENSEE),
                READ_ACCOUNT,
                own_organisation("holder").narrowed(_OF_OTHERS, "not the operating entity's own"),
            ),
            allow(COMMAND_LINE, {READ_ACCOUNT, OPEN_ACCOUNT, CLOSE_ACCOUNT, POST_TO_ACCOUNT}, everything()),
        ],
    )
)
ACCOUNT_POLICY.belong_to("holder")
declare_reference(
    Reference(
        Account,
        "holder",
        Fate.MOVED,
        "whoever is owed something or owes it stays the same legal person",
        clashes={
            "ledgeraccount_once": Conflict(
                "Both organisations have the same account: carry the balance of one over to the other, and close it."
            )
        },
    )
)

ENTRY_POLICY = register(
    Policy(
        Entry,
        read=READ_ENTRY,
        no_staff="whose money moved is nothing that a staff session needs",
        rules=[
            allow(Role.FINANCE, READ_ENTRY, of_the_purpose()),
            allow(COMMAND_LINE, READ_ENTRY, everything()),
        ],
    )
)

POSTING_POLICY = register(
    Policy(
        Posting,
        read=READ_POSTING,
        no_staff="whose money moved is nothing that a staff session needs",
        rules=[
            allow(_READERS, READ_POSTING, follows("account", READ_ACCOUNT, Account)),
            allow(COMMAND_LINE, READ_POSTING, everything()),
        ],
    )
)
POSTING_POLICY.belong_to("account__holder")

BOOK_CLOSING_POLICY = register(
    Policy(
        BookClosing,
        read=READ_BOOK_CLOSING,
        no_staff="when books were closed is nothing that a staff session needs",
        rules=[
            allow(Role.FINANCE, READ_BOOK_CLOSING, in_operating_entity()),
            allow(COMMAND_LINE, READ_BOOK_CLOSING, everything()),
        ],
    )
)


def _asked_or_decided() -> Relation:
    """Reach what waits for a second person of the operating entity, and what one decided oneself."""
    of_the_entity = in_operating_entity()

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        own = Q(decided_by=actor.user_id) if actor.user_id is not None else NOTHING
        return of_the_entity.reach(actor, assignments) & (Q(state=ReopeningState.ASKED) | own)

    return Relation("of the operating entity, waiting or decided by oneself", reach, "operating_entity")


BOOK_REOPENING_POLICY = register(
    Policy(
        BookReopening,
        read=READ_BOOK_REOPENING,
        no_staff="when books were closed is nothing that a staff session needs",
        rules=[
            allow(
                Role.FINANCE,
                {READ_BOOK_REOPENING, GRANT_BOOK_REOPENING, REFUSE_BOOK_REOPENING, WITHDRAW_BOOK_REOPENING},
                in_operating_entity(),
            ),
            # In a small office: the days and the reason, and nothing of what is in the books.
            allow(
                Role.CLOSE_APPROVER,
                {READ_BOOK_REOPENING, GRANT_BOOK_REOPENING, REFUSE_BOOK_REOPENING},
                _asked_or_decided(),
            ),
            allow(COMMAND_LINE, READ_BOOK_REOPENING, everything()),
        ],
        guards=[
            Guard(
                permission,
                "You asked for this yourself: somebody else decides.",
                lambda actor: ~Q(asked_by=actor.user_id),
            )
            for permission in (GRANT_BOOK_REOPENING, REFUSE_BOOK_REOPENING)
        ]
        + [
            Guard(
                WITHDRAW_BOOK_REOPENING,
                "Whoever asked for this withdraws it: you can refuse it.",
                lambda actor: Q(asked_by=actor.user_id),
            )
        ],
    )
)
declare_decision(
    Decision(
        BOOKS_REOPENING,
        (Role.FINANCE,),
        second=(Role.CLOSE_APPROVER,),
        at_entity=True,
        # The days of all purposes are closed together, so that the finance of any of them counts.
        in_use=lambda place: BookClosing.objects.filter(operating_entity=place.entity).exists(),
    )
)
