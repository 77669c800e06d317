"""Who may see and move money at banks: finance of the operating entity, by purpose."""

from typing import Final

from platform_core.access.actors import COMMAND_LINE
from platform_core.access.registry import Permission, Policy, allow, register
from platform_core.access.relations import everything, in_operating_entity
from platform_core.identity.policies import OPERATING_ENTITY_POLICY
from platform_core.identity.roles import Purpose, Role
from platform_core.ledger.policies import of_the_purpose
from platform_core.treasury.models import BankAccount, BankStatement, StatementLine

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
                {READ_BANK_ACCOUNT, EDIT_BANK_ACCOUNT, TAKE_STATEMENT},
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
