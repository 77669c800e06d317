"""The scenes about a member abroad: its tax withheld by treaty and paid on, and its share in its own currency."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from licensing.distribution.exchange.services import (
    NewRate,
    confirm_conversion,
    confirm_rates,
    draft_conversions,
    enter_rates,
)
from licensing.distribution.services import NewMemberInvoiceTerms, set_member_invoice_terms
from licensing.distribution.withholding.models import TaxRemittance, TreatyRelief
from licensing.distribution.withholding.selectors import CLAIMANT
from licensing.distribution.withholding.services import (
    NewTreatyRelief,
    NewWithholdingRule,
    confirm_tax_remittance,
    confirm_treaty_relief,
    confirm_withholding_rule,
    enter_treaty_relief,
    note_tax_receipt,
    prepare_tax_remittance,
    record_withholding_rule,
)
from platform_core.treasury.models import StatementLine
from platform_core.treasury.services import assign_line, confirm_payee_account, enter_payee_account
from platform_site.demo.correspondence import RESIDENCE_NUMBER, certificate_of_residence
from platform_site.demo.distributing import Distributing
from platform_site.demo.names import MEMBER_OF
from platform_site.demo.people import APPROVER, CALCULATOR, administrator_of
from platform_site.demo.stage import Script, Stage

CODE: Final = "XIYUAN"
"""The member abroad: it shares in what is given out in September, and is paid in its own currency."""
CURRENCY: Final = "HKD"
RESIDENT: Final = (date(2026, 1, 1), date(2026, 12, 31))

SINCE: Final = date(2026, 8, 17)
RULES: Final = (
    ("HK", "7", "内地和香港避免双重征税安排第十二条 Arrangement of the mainland and Hong Kong, article 12"),
    ("KR", "10", "中韩税收协定第十二条 Treaty of China and Korea, article 12"),
    ("BR", "", ""),
)
"""Rates of tax withheld from members abroad: country, rate of the treaty, its article."""

LAW: Final = (
    "企业所得税法第三条第三款及其实施条例第九十一条 "
    "Enterprise Income Tax Law, article 3 (3), and its regulations, article 91"
)

TABLES: Final = (
    (date(2026, 8, 17), {"USD": "6.8322", "EUR": "7.9827", "HKD": "0.8724"}),
    (date(2026, 9, 21), {"USD": "6.8105", "EUR": "8.0114", "HKD": "0.8697"}),
)
"""Rates that were written down for members who are paid in another currency, in yuan, on their days."""

TAX_REFERENCE: Final = "KJ-2026-0921-HK"
"""Under which the tax was declared, as the bank passes it on."""
RECEIPT: Final = "342026110400000187"
"""The number of the tax office's own certificate of payment."""


class Abroad:
    """Plays the scenes about a member abroad."""

    def __init__(self, stage: Stage, distributing: Distributing) -> None:
        self._stage = stage
        self._distributing = distributing
        self._relief: UUID
        self._account: UUID
        self._remittance: UUID

    def plan(self, script: Script) -> None:
        """Plan what is settled before a share is given out, and what is done with it then."""
        script.add(SINCE, "10:40", "members abroad", self._set_rules)
        script.add(date(2026, 8, 20), "10:10", "members abroad", self._enter)
        script.add(date(2026, 8, 24), "14:50", "members abroad", self._confirm_residence)
        # Finance knows the accounts of those to whom something is owed; payments go there after three days.
        script.add(date(2026, 9, 18), "11:00", "members abroad", self._confirm_account)
        for on, rates in TABLES:
            script.add(on, "16:00", "members abroad", partial(self._write_rates, on, rates))
        script.add(date(2026, 9, 21), "10:20", "members abroad", self._prepare)
        script.add(date(2026, 9, 21), "15:30", "members abroad", self._confirm_remittance)
        script.add(date(2026, 9, 22), "09:40", "members abroad", self._convert)
        script.add(date(2026, 11, 3), "09:30", "members abroad", self._take_line)
        script.add(date(2026, 11, 4), "10:15", "members abroad", self._note_receipt)

    def _set_rules(self) -> None:
        for country, percent, treaty in RULES:
            recorded = record_withholding_rule(
                actor=self._stage.acting(CALCULATOR),
                operating_entity_id=self._stage.entity,
                rule=NewWithholdingRule(
                    country=country,
                    from_on=SINCE,
                    percent=Decimal(10),
                    basis=LAW,
                    treaty_percent=Decimal(percent) if treaty else None,
                    treaty=treaty,
                ),
            )
            confirm_withholding_rule(actor=self._stage.acting(APPROVER), rule_id=recorded.pk)
        # A tax invoice of the mainland is nothing that a firm abroad can give.
        set_member_invoice_terms(
            actor=self._stage.acting(CALCULATOR),
            operating_entity_id=self._stage.entity,
            terms=NewMemberInvoiceTerms(from_on=SINCE, is_needed=False, membership_id=self._stage.memberships[CODE]),
        )

    def _enter(self) -> None:
        """Have finance enter the member's proof of residence, and the member where it wants to be paid."""
        finance, member = self._stage.acting(CALCULATOR), MEMBER_OF[CODE]
        relief = enter_treaty_relief(
            actor=finance,
            operating_entity_id=self._stage.entity,
            relief=NewTreatyRelief(
                membership_id=self._stage.memberships[CODE],
                country=member.firm.country,
                from_on=RESIDENT[0],
                until_on=RESIDENT[1],
                certificate=RESIDENCE_NUMBER,
            ),
        )
        self._relief = relief.pk
        letter = certificate_of_residence(member, *RESIDENT)
        self._stage.attach(CALCULATOR, TreatyRelief, relief.pk, letter)
        account = enter_payee_account(
            actor=self._stage.acting(administrator_of(member.firm)),
            organisation_id=self._stage.organisations[member.firm.key],
            currency=CURRENCY,
            account_name=member.firm.name_en,
            bank_name="Victoria Demonstration Bank",
            branch="Kwun Tong",
            number="024 770015 838",
        )
        self._account = account.pk

    def _confirm_residence(self) -> None:
        confirm_treaty_relief(actor=self._stage.acting(APPROVER), relief_id=self._relief)

    def _confirm_account(self) -> None:
        confirm_payee_account(actor=self._stage.acting(APPROVER), account_id=self._account)

    def _write_rates(self, on: date, rates: Mapping[str, str]) -> None:
        written = enter_rates(
            actor=self._stage.acting(CALCULATOR),
            operating_entity_id=self._stage.entity,
            name="中国银行外汇牌价（中行折算价） Bank of China, middle rates",
            rates=[NewRate(on=on, base=base, quote="CNY", rate=Decimal(rate)) for base, rate in rates.items()],
        )
        confirm_rates(actor=self._stage.acting(APPROVER), sheet_id=written.pk)

    def _prepare(self) -> None:
        """Put together what was withheld three days ago: it is due within seven."""
        made = prepare_tax_remittance(
            actor=self._stage.acting(CALCULATOR),
            operating_entity_id=self._stage.entity,
            currency="CNY",
            through_on=date(2026, 9, 18),
            reference=TAX_REFERENCE,
        )
        self._remittance = made.pk

    def _confirm_remittance(self) -> None:
        confirm_tax_remittance(actor=self._stage.acting(APPROVER), remittance_id=self._remittance)

    def _convert(self) -> None:
        [drafted] = draft_conversions(
            actor=self._stage.acting(CALCULATOR), run_id=self._distributing.run, currency=CURRENCY
        )
        confirm_conversion(actor=self._stage.acting(APPROVER), conversion_id=drafted.pk)

    def _take_line(self) -> None:
        """Say which line of the bank paid the tax office."""
        amount = TaxRemittance.objects.get(pk=self._remittance).amount_minor
        line = StatementLine.objects.get(amount_minor=-amount)
        assign_line(
            actor=self._stage.acting(CALCULATOR), line_id=line.pk, claimant=CLAIMANT, subject_id=self._remittance
        )

    def _note_receipt(self) -> None:
        note_tax_receipt(actor=self._stage.acting(CALCULATOR), remittance_id=self._remittance, receipt=RECEIPT)
