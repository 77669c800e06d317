"""The accounts on which billing books."""

from typing import Final
from uuid import UUID

from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.identity.roles import Purpose
from platform_core.ledger.kinds import AccountClass, AccountKind, register_account_kind
from platform_core.ledger.models import Account
from platform_core.ledger.services import open_account

RECEIVABLE: Final = register_account_kind(
    AccountKind("receivable", AccountClass.ASSET, "应收许可费", "Royalties receivable", "1122")
)
BILLED: Final = register_account_kind(
    AccountKind("billed", AccountClass.LIABILITY, "已开单未收许可费", "Royalties billed, not yet received", "224105")
)
COLLECTED: Final = register_account_kind(
    AccountKind("collected", AccountClass.LIABILITY, "已收待分配许可费", "Royalties to be distributed", "224106")
)
OUTPUT_VAT: Final = register_account_kind(
    AccountKind("output_vat", AccountClass.LIABILITY, "应交税费—增值税（销项）", "Output value added tax", "222101")
)
TAX_GIVEN_UP: Final = register_account_kind(
    AccountKind("tax_given_up", AccountClass.EXPENSE, "坏账税款损失", "Tax on royalties given up", "6701")
)


def account_of(
    programme: Programme, kind: AccountKind, *, actor: Actor, currency: str, holder_id: UUID | None = None
) -> Account:
    """Return an account of the programme's books, opened if need be; without a holder, one by the programme's code."""
    entity = programme.operating_entity
    return open_account(
        actor=actor,
        operating_entity_id=entity.pk,
        holder_id=holder_id or entity.organisation_id,
        kind=kind.code,
        purpose=Purpose.ROYALTIES,
        currency=currency,
        label="" if holder_id else programme.code[:100],
    )
