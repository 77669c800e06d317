"""The scenes about invoices: what licensees of one programme are billed, and how they pay, dispute and pay late."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from licensing.agreements.interest import InterestKind
from licensing.billing.instalments import Part
from licensing.billing.lifecycle import SettlementKind
from licensing.billing.models import Invoice, TaxKind
from licensing.billing.services import (
    NewBillingTerms,
    NewSettlement,
    NewTaxIdentity,
    NewTaxRule,
    decide_instalment_plan,
    dispute_invoice,
    issue_invoices,
    open_invoice_series,
    prepare_invoices,
    propose_instalment_plan,
    propose_write_off,
    set_billing_terms,
    set_tax_identity,
    set_tax_rule,
    settle_invoice,
)
from platform_core.clock import today
from platform_core.identity.roles import Purpose
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import BANK, SUSPENSE
from platform_core.ledger.services import NewEntry, open_account, post_entry
from platform_site.demo.contracting import Contracting
from platform_site.demo.licences import LICENCES
from platform_site.demo.names import MEMBERS, OPERATOR, Firm
from platform_site.demo.people import APPROVER, CALCULATOR, reporter_of
from platform_site.demo.programmes import UHD_PRO, UHD_TV, Programme
from platform_site.demo.settling import Settling
from platform_site.demo.stage import Script, Stage
from platform_site.demo.story import CLOSES

SINCE: Final = date(2026, 1, 1)
HOME: Final = "CN"
QUARTER: Final = "2026Q1"
"""What was billed of the programme in dollars."""
LEFT_OVER: Final = 120_000
"""Money of somebody who named no invoice: it waits to be assigned."""


class Billing:
    """Plays the scenes about invoices."""

    def __init__(self, stage: Stage, contracting: Contracting, settling: Settling) -> None:
        self._stage = stage
        self._contracting = contracting
        self._settling = settling
        self._series: UUID
        self._issued: list[Invoice] = []

    def plan(self, script: Script) -> None:
        """Plan all scenes about invoices."""
        script.add(date(2026, 5, 15), "11:00", "invoices", self._set_up)
        script.add(date(2026, 5, 18), "10:00", "invoices", self._bill)
        script.add(date(2026, 6, 1), "15:00", "invoices", self._dispute)
        script.add(date(2026, 6, 15), "10:00", "invoices", self._some_paid)
        script.add(date(2026, 7, 1), "10:00", "invoices", self._in_parts)
        script.add(date(2026, 8, 3), "10:00", "invoices", self._terms_in_yuan)
        script.add(date(2026, 11, 12), "16:00", "invoices", self._give_up)

    def _set_up(self) -> None:
        actor, entity = self._stage.acting(CALCULATOR), self._stage.entity
        billed = {licence.licensee.key: licence.licensee for licence in LICENCES}
        for firm in (OPERATOR, *billed.values()):
            set_tax_identity(actor=actor, operating_entity_id=entity, identity=self._identity(firm))
        set_tax_rule(
            actor=actor,
            operating_entity_id=entity,
            rule=NewTaxRule(code="vat6", kind=TaxKind.VAT, from_on=SINCE, percent=Decimal(6), basis="财税〔2016〕36号"),
        )
        self._set_terms(UHD_PRO.code, SINCE)
        for licence in LICENCES:
            if licence.programme == UHD_PRO.code and licence.licensee.country != HOME:
                self._set_terms(UHD_PRO.code, SINCE, licence_id=self._contracting.licences[licence.code])
        for member in MEMBERS:
            # Licensees among them are known already.
            if member.firm.key not in billed:
                set_tax_identity(actor=actor, operating_entity_id=entity, identity=self._identity(member.firm))
        self._series = open_invoice_series(actor=actor, operating_entity_id=entity, code="JH").pk

    def _identity(self, firm: Firm) -> NewTaxIdentity:
        is_own = firm is OPERATOR
        return NewTaxIdentity(
            organisation_id=self._stage.organisations[firm.key],
            from_on=SINCE,
            name=firm.name_zh if firm.country == HOME else firm.name_en,
            country=firm.country,
            tax_number=firm.credit_code,
            bank_name="江汉示范银行" if is_own else "",
            bank_account="7700 0000 0001" if is_own else "",
        )

    def _set_terms(self, programme: str, from_on: date, *, licence_id: UUID | None = None) -> None:
        """Say how a programme is billed, or a licence of somebody abroad, which bears no tax at home."""
        set_billing_terms(
            actor=self._stage.acting(CALCULATOR),
            programme_id=self._contracting.programmes[programme],
            terms=NewBillingTerms(
                from_on=from_on,
                payment_days=30,
                licence_id=licence_id,
                vat_code="" if licence_id else "vat6",
                interest_kind=InterestKind.DAILY,
                interest_percent=Decimal("0.05"),
            ),
        )

    def _terms_in_yuan(self) -> None:
        """Say how the other programme is billed: its closes from then on wait for their invoices."""
        self._set_terms(UHD_TV.code, date(2026, 8, 1))

    def _bill(self) -> None:
        self._issued = self.bill(UHD_PRO, QUARTER)

    def bill(self, programme: Programme, quarter: str) -> list[Invoice]:
        """Bill the first close of a quarter, and return its invoices."""
        actor = self._stage.acting(CALCULATOR)
        close = next(close for close in CLOSES if (close.programme, close.quarter) == (programme, quarter))
        drafts = prepare_invoices(actor=actor, run_id=self._settling.run_of(close))
        return issue_invoices(actor=actor, invoice_ids=[draft.pk for draft in drafts], series_id=self._series)

    def pay_all(self, invoices: Sequence[Invoice]) -> None:
        """Have invoices paid in full."""
        self._pay([(invoice, invoice.gross_minor) for invoice in invoices if invoice.gross_minor > 0])

    def _dispute(self) -> None:
        invoice = self._issued[0]
        firm = next(licence.licensee for licence in LICENCES if licence.code == invoice.licence.code)
        dispute_invoice(
            actor=self._stage.acting(reporter_of(firm)),
            invoice_id=invoice.pk,
            reason="三月有二百台退货 Two hundred units were returned in March",
        )

    def _some_paid(self) -> None:
        """The first disputes, the second pays half, the last pays nothing; somebody else names no invoice."""
        _, half, *whole, _ = self._issued
        payments = [(half, half.gross_minor // 2), *((invoice, invoice.gross_minor) for invoice in whole)]
        self._pay(payments, more=LEFT_OVER)

    def _in_parts(self) -> None:
        """What is left of the second is paid in three parts, as two people agree: one is over, and was not paid."""
        half = self._issued[1]
        half.refresh_from_db()
        third = half.open_minor // 3
        amounts = (third, third, half.open_minor - 2 * third)
        days = (date(2026, 9, 30), date(2026, 12, 31), date(2027, 3, 31))
        plan = propose_instalment_plan(
            actor=self._stage.acting(CALCULATOR),
            invoice_id=half.pk,
            parts=[Part(day, amount) for day, amount in zip(days, amounts, strict=True)],
            reason="因主要客户回款延迟而申请 Asked for while its largest customer pays late",
        )
        decide_instalment_plan(actor=self._stage.acting(APPROVER), plan_id=plan.pk, approve=True)

    def _give_up(self) -> None:
        invoice = self._issued[-1]
        propose_write_off(
            actor=self._stage.acting(CALCULATOR),
            invoice_id=invoice.pk,
            amount_minor=invoice.gross_minor,
            reason="九月起清算 In liquidation since September",
        )

    def _pay(self, payments: Sequence[tuple[Invoice, int]], *, more: int = 0) -> None:
        """Have money arrive at the bank, and settle invoices with it."""
        actor, programme = self._stage.acting(CALCULATOR), payments[0][0].licence.programme
        entity, on = programme.operating_entity, today(self._stage.clock, programme.alliance.zone)
        bank, waiting = (
            open_account(
                actor=actor,
                operating_entity_id=entity.pk,
                holder_id=entity.organisation_id,
                kind=kind.code,
                purpose=Purpose.ROYALTIES,
                currency=payments[0][0].currency,
            )
            for kind in (BANK, SUSPENSE)
        )
        arrived = sum(amount for _, amount in payments) + more
        post_entry(
            actor=actor,
            operating_entity_id=entity.pk,
            entry=NewEntry(
                key=new_id(),
                name="bank.received",
                effective_on=on,
                subject=entity,
                lines=[Line(bank.pk, arrived), Line(waiting.pk, -arrived)],
            ),
        )
        for place, (invoice, amount) in enumerate(payments, start=1):
            settle_invoice(
                actor=actor,
                invoice_id=invoice.pk,
                settlement=NewSettlement(
                    key=new_id(),
                    kind=SettlementKind.PAYMENT,
                    amount_minor=amount,
                    on=on,
                    reference=f"{on:%Y%m%d}-{place:03d}",
                ),
                from_account_id=waiting.pk,
            )
