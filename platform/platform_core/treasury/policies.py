"""Who may see and move money at banks: finance of the operating entity, by purpose; payees say where to pay."""

from collections.abc import Sequence
from typing import Final

from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.registry import Guard, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, Relation, everything, in_operating_entity, own_organisation
from platform_core.identity.policies import OPERATING_ENTITY_POLICY, ORGANISATION_POLICY
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Purpose, Role
from platform_core.ledger.models import Account
from platform_core.ledger.policies import of_the_purpose
from platform_core.treasury.models import BankAccount, BankStatement, PayeeAccount, Payout, PayoutFile, StatementLine

READ_BANK_ACCOUNT = Permission("bank_account.read")
OPEN_BANK_ACCOUNT: Final = {
    purpose: Permission(f"operating_entity.open_bank_account_for_{purpose.value}") for purpose in Purpose
}
"""Of the operating entity, and for whose money: asked before anything is written."""
EDIT_BANK_ACCOUNT = Permission("bank_account.edit")
TAKE_STATEMENT = Permission("bank_account.take_statement")
READ_BANK_STATEMENT = Permission("bank_statement.read")
READ_STATEMENT_LINE = Permission("statement_line.read")
SETTLE_STATEMENT_LINE = Permission("statement_line.settle")
"""Say what a line is for, or that it is for nothing anybody knows of."""
READ_PAYEE_ACCOUNT = Permission("payee_account.read")
ENTER_PAYEE_ACCOUNT = Permission("organisation.enter_payee_account")
CONFIRM_PAYEE_ACCOUNT = Permission("payee_account.confirm")
WITHDRAW_PAYEE_ACCOUNT = Permission("payee_account.withdraw")
DRAFT_PAYOUT = Permission("bank_account.draft_payout")
MAKE_PAYOUT_FILE = Permission("bank_account.make_payout_file")
READ_PAYOUT = Permission("payout.read")
RELEASE_PAYOUT = Permission("payout.release")
END_PAYOUT = Permission("payout.end")
"""Cancel it, or say that the bank refused it."""
READ_PAYOUT_FILE = Permission("payout_file.read")
TAKE_PAYOUT_FILE = Permission("payout_file.take")

_NO_STAFF = "what happens on bank accounts is nothing that a staff session needs"

OPERATING_ENTITY_POLICY.extend(
    *(
        allow(Role.FINANCE, permission, in_operating_entity("pk"), purpose=purpose)
        for purpose, permission in OPEN_BANK_ACCOUNT.items()
    ),
    allow(COMMAND_LINE, set(OPEN_BANK_ACCOUNT.values()), everything()),
)

BANK_ACCOUNT_POLICY = register(
    Policy(
        BankAccount,
        read=READ_BANK_ACCOUNT,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                who,
                {READ_BANK_ACCOUNT, EDIT_BANK_ACCOUNT, TAKE_STATEMENT, DRAFT_PAYOUT, MAKE_PAYOUT_FILE},
                reach,
            )
            for who, reach in ((Role.FINANCE, of_the_purpose()), (COMMAND_LINE, everything()))
        ],
    )
)

BANK_STATEMENT_POLICY = register(
    Policy(
        BankStatement,
        read=READ_BANK_STATEMENT,
        no_staff=_NO_STAFF,
        rules=[
            allow(Role.FINANCE, READ_BANK_STATEMENT, of_the_purpose("bank_account__")),
            allow(COMMAND_LINE, READ_BANK_STATEMENT, everything()),
        ],
    )
)

STATEMENT_LINE_POLICY = register(
    Policy(
        StatementLine,
        read=READ_STATEMENT_LINE,
        no_staff=_NO_STAFF,
        rules=[
            allow(Role.FINANCE, {READ_STATEMENT_LINE, SETTLE_STATEMENT_LINE}, of_the_purpose("bank_account__")),
            allow(COMMAND_LINE, {READ_STATEMENT_LINE, SETTLE_STATEMENT_LINE}, everything()),
        ],
    )
)


def _in_the_books(path: str) -> Relation:
    """Reach organisations that have an account in the books which a finance seat keeps."""
    kept = of_the_purpose()

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        rows = kept.reach(actor, assignments)
        if rows == NOTHING:
            return NOTHING
        return Q(**{f"{path}__in": Account.objects.filter(rows).order_by().values("holder")})

    return Relation("of an organisation with an account in the books that the seat keeps", reach, path)


_PAYEES = (Role.MEMBER_ADMIN, Role.MEMBER_FINANCE)

ORGANISATION_POLICY.extend(
    allow(_PAYEES, ENTER_PAYEE_ACCOUNT, own_organisation("pk")),
    # On a letter of the organisation, whose administrators are told.
    allow(Role.FINANCE, ENTER_PAYEE_ACCOUNT, _in_the_books("pk")),
)

PAYEE_ACCOUNT_POLICY = register(
    Policy(
        PayeeAccount,
        read=READ_PAYEE_ACCOUNT,
        no_staff="where somebody is paid is nothing that a staff session needs",
        rules=[
            allow(
                who,
                {READ_PAYEE_ACCOUNT, CONFIRM_PAYEE_ACCOUNT, WITHDRAW_PAYEE_ACCOUNT},
                reach,
            )
            for who, reach in (
                (_PAYEES, own_organisation()),
                ((Role.FINANCE,), _in_the_books("organisation")),
            )
        ]
        + [allow(COMMAND_LINE, READ_PAYEE_ACCOUNT, everything())],
        guards=[
            Guard(
                CONFIRM_PAYEE_ACCOUNT,
                "You entered this account yourself: somebody else confirms it.",
                lambda actor: ~Q(entered_by=actor.user_id),
            )
        ],
    )
)
PAYEE_ACCOUNT_POLICY.belong_to("organisation")
declare_reference(
    Reference(
        PayeeAccount,
        "organisation",
        Fate.KEPT,
        "where it was paid is history: the one that stays says itself where it wants to be paid",
    )
)

PAYOUT_POLICY = register(
    Policy(
        Payout,
        read=READ_PAYOUT,
        no_staff=_NO_STAFF,
        rules=[
            allow(Role.FINANCE, {READ_PAYOUT, RELEASE_PAYOUT, END_PAYOUT}, of_the_purpose()),
            # Work of the platform drafts, and moves nothing: two people do.
            allow(COMMAND_LINE, READ_PAYOUT, everything()),
        ],
        guards=[
            Guard(
                RELEASE_PAYOUT,
                "You released this once: another person releases it as well.",
                lambda actor: Q(first_released_by=None) | ~Q(first_released_by=actor.user_id),
            )
        ],
    )
)
PAYOUT_POLICY.belong_to("payee")
declare_reference(Reference(Payout, "payee", Fate.MOVED, "whoever is owed something stays the same legal person"))

PAYOUT_FILE_POLICY = register(
    Policy(
        PayoutFile,
        read=READ_PAYOUT_FILE,
        no_staff=_NO_STAFF,
        rules=[
            allow(Role.FINANCE, {READ_PAYOUT_FILE, TAKE_PAYOUT_FILE}, of_the_purpose("bank_account__")),
            allow(COMMAND_LINE, READ_PAYOUT_FILE, everything()),
        ],
    )
)
