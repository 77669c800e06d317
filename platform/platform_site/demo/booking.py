"""The scenes about books: what the operating entity had when they were begun, and the year that was closed."""

import tempfile
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from licensing.distribution.withholding.models import TaxRemittance
from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import OPENING
from platform_core.ledger.services import NewEntry, close_books, open_account, post_entry
from platform_core.treasury.mapping import bank_profiles
from platform_core.treasury.models import BankAccount
from platform_core.treasury.services import open_bank_account, take_statement
from platform_site.demo.abroad import TAX_REFERENCE
from platform_site.demo.names import LICENSEES
from platform_site.demo.people import CALCULATOR
from platform_site.demo.stage import Script, Stage

BEGUN_ON: Final = date(2025, 10, 9)
OPENING_MINOR: Final = 12_000_000
"""What the entity paid in itself, for fees and notaries before royalties come."""
CLOSED_THROUGH: Final = date(2025, 12, 31)

_PENGLEI: Final = LICENSEES["penglei"].name_zh
_YAOXI: Final = LICENSEES["yaoxi-sales"].name_zh


def statement(tax_minor: int) -> str:
    """Return what the bank tells, as it exports it; `tax_minor` went to the tax office, in fen."""
    after = 39_879_687 - tax_minor
    return f"""账号：4200003719000048215
起止日期：2026-08-01 至 2026-10-31
交易时间,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,附言,交易流水号
2026-08-20,,"186,450.00","306,450.00",{_PENGLEI},6228480000031145678,转账,2026Q2 许可费,20260820000117
2026-08-20,15.00,,"306,435.00",,,手续费,,20260820000118
2026-09-02,,"92,310.50","398,745.50",{_YAOXI},6217000000098761234,转账,UHD-TV 2026Q2,20260902000054
2026-09-21,,51.37,"398,796.87",,,利息,,20260921000003
2026-09-23,"{_yuan(tax_minor)}",,"{_yuan(after)}",国家金库武汉市中心支库,,缴税,{TAX_REFERENCE} 代扣税,20260923000231
2026-10-14,,"8,000.00","{_yuan(after + 800_000)}",,,现金存入,,20261014000412
"""


def _yuan(minor: int) -> str:
    return f"{minor // 100:,}.{minor % 100:02d}"


def plan_booking(script: Script, stage: Stage) -> None:
    """Plan all scenes about books."""
    script.add(BEGUN_ON, "09:40", "books", partial(_begin, stage))
    script.add(date(2026, 11, 3), "09:05", "books", partial(_take, stage))
    script.add(date(2026, 1, 20), "16:10", "books", partial(_close, stage))


def _begin(stage: Stage) -> None:
    actor = stage.acting(CALCULATOR)
    entity = OperatingEntity.objects.get(pk=stage.entity)

    bank = open_bank_account(
        actor=actor,
        operating_entity_id=entity.pk,
        purpose=Purpose.ROYALTIES,
        currency="CNY",
        bank_name="中国工商银行",
        branch="武汉光谷支行",
        number="4200 0037 1900 0048 215",
        in_use_from=BEGUN_ON,
        mapping=bank_profiles()["icbc"].mapping.document(),
    )
    opening = open_account(
        actor=actor,
        operating_entity_id=entity.pk,
        holder_id=entity.organisation_id,
        kind=OPENING.code,
        purpose=Purpose.ROYALTIES,
        currency="CNY",
    )
    entry = NewEntry(
        key=uuid5(NAMESPACE_URL, "demonstration: opening balance"),
        name="opening.booked",
        effective_on=BEGUN_ON,
        subject=entity,
        lines=[Line(bank.ledger_account_id, OPENING_MINOR), Line(opening.pk, -OPENING_MINOR)],
        memo="自有资金转入许可费专户",
    )
    post_entry(actor=actor, operating_entity_id=entity.pk, entry=entry)


def _close(stage: Stage) -> None:
    close_books(actor=stage.acting(CALCULATOR), operating_entity_id=stage.entity, through=CLOSED_THROUGH)


def _take(stage: Stage) -> None:
    account = BankAccount.objects.get(operating_entity=stage.entity)
    tax = TaxRemittance.objects.get(operating_entity=stage.entity)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement.csv"
        path.write_text(statement(tax.amount_minor), encoding="gb18030")
        take_statement(
            actor=stage.acting(CALCULATOR), account_id=account.pk, path=path, file_name="对账单 2026-08 至 2026-10.csv"
        )
