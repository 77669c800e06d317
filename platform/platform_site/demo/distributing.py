"""The scenes about a distribution: a quarter billed in yuan, paid, given out by two, and members' tax invoices."""

import shutil
from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.billing.models import Invoice
from licensing.distribution.models import DistributionRun, MemberInvoice
from licensing.distribution.selectors import tax_due
from licensing.distribution.services import (
    GivenInvoice,
    NewMemberInvoiceTerms,
    accept_member_invoice,
    approve_distribution,
    calculate_distribution,
    record_member_invoice,
    release_distribution,
    review_distribution,
    set_member_invoice_terms,
    set_payout_terms,
    start_distribution,
)
from licensing.distribution.storage import distributions_folder
from licensing.engine import close_bundle
from platform_core.jobs.models import Job
from platform_core.jobs.running import Running
from platform_core.jobs.services import actor_of_job, succeed
from platform_core.money import format_minor
from platform_site.demo.billing import Billing
from platform_site.demo.contracting import Contracting
from platform_site.demo.letters import Letter
from platform_site.demo.names import MEMBER_OF, OPERATOR, Firm
from platform_site.demo.people import APPROVER, CALCULATOR, administrator_of
from platform_site.demo.programmes import UHD_TV
from platform_site.demo.settling import started, taken_from_workers
from platform_site.demo.stage import Script, Stage

QUARTER: Final = "2025Q4"
"""What was billed of the programme in yuan, and given out."""
THROUGH: Final = date(2026, 9, 15)
GIVES: Final = (("YINGYUE", "26442000000071503862"), ("ZHICHE", "26322000000071506119"))
"""Members who gave their tax invoices; the first one's waits to be checked, the others still have to give theirs."""


class Distributing:
    """Plays the scenes about a distribution."""

    def __init__(self, stage: Stage, contracting: Contracting, billing: Billing) -> None:
        self._stage = stage
        self._contracting = contracting
        self._billing = billing
        self._run: UUID | None = None
        self._invoices: list[Invoice] = []

    def plan(self, script: Script) -> None:
        """Plan all scenes about the distribution."""
        script.add(date(2026, 8, 17), "10:30", "distribution", self._set_up)
        script.add(date(2026, 8, 17), "11:00", "distribution", self._bill)
        script.add(date(2026, 9, 10), "11:00", "distribution", lambda: self._billing.pay_all(self._invoices))
        script.add(date(2026, 9, 16), "10:00", "distribution", self._work_out)
        script.add(date(2026, 9, 17), "15:00", "distribution", self._approve)
        script.add(date(2026, 9, 18), "09:00", "distribution", self._release)
        for place, (member, number) in enumerate(reversed(GIVES)):
            day = date(2026, 9, 28 + place)
            script.add(day, "14:00", "distribution", partial(self._give, member, number, day, accepted=place == 0))

    def _set_up(self) -> None:
        """Say that members bill what they get in yuan, and how long they may object."""
        actor = self._stage.acting(CALCULATOR)
        programme = self._contracting.programmes[UHD_TV.code]
        set_payout_terms(
            actor=actor, programme_id=programme, from_on=date(2026, 8, 17), objection_days=30, minimum_minor=100_000
        )
        set_member_invoice_terms(
            actor=actor,
            operating_entity_id=self._stage.entity,
            terms=NewMemberInvoiceTerms(
                from_on=date(2026, 8, 17), is_needed=True, percent=Decimal(6), programme_id=programme
            ),
        )

    def _bill(self) -> None:
        self._invoices = self._billing.bill(UHD_TV, QUARTER)

    def _work_out(self) -> None:
        actor = self._stage.acting(CALCULATOR)
        with transaction.atomic():
            programme = self._contracting.programmes[UHD_TV.code]
            run = start_distribution(actor=actor, programme_id=programme, through_on=THROUGH)
            job_id = taken_from_workers(Job.objects.get(subject_id=run.pk, finished_at=None))
        self._run = run.pk
        job = started(job_id, self._stage.clock)
        running = Running(job_id=job.pk, attempt=job.attempt, actor=actor_of_job(job, clock=self._stage.clock))
        result = calculate_distribution(
            running, run_id=run.pk, attempt=run.attempt, engine=_close_here, view=nullcontext
        )
        succeed(job.pk, job.attempt, result, clock=self._stage.clock)
        review_distribution(
            actor=actor,
            run_id=run.pk,
            review="已与九月银行对账单核对 Compared with the bank's statement of September",
        )

    def _approve(self) -> None:
        approve_distribution(actor=self._stage.acting(APPROVER), run_id=self.run)

    def _release(self) -> None:
        release_distribution(actor=self._stage.acting(CALCULATOR), run_id=self.run)

    def _give(self, member: str, number: str, day: date, *, accepted: bool) -> None:
        firm = MEMBER_OF[member].firm
        person = administrator_of(firm)
        invoice = MemberInvoice.objects.get(item__run=self.run, membership__code=member)
        due, tax = invoice.amount_minor, tax_due(invoice)
        paper = self._stage.attach(person, MemberInvoice, invoice.pk, _paper(firm, number, day, due, tax))
        record_member_invoice(
            actor=self._stage.acting(person),
            invoice_id=invoice.pk,
            given=GivenInvoice(
                number=number,
                issued_on=day,
                given_minor=due,
                tax_minor=tax,
                document_id=paper,
            ),
        )
        if accepted:
            accept_member_invoice(actor=self._stage.acting(APPROVER), invoice_id=invoice.pk)

    @property
    def run(self) -> UUID:
        """Return under which id the distribution is on record."""
        if self._run is None:
            raise LookupError("the distribution was not started yet")
        return self._run

    def forget_files(self) -> None:
        """Remove the files of a distribution that did not come on record after all."""
        if self._run is not None and not DistributionRun.objects.filter(pk=self._run).exists():
            shutil.rmtree(distributions_folder() / str(self._run), ignore_errors=True)


def _paper(firm: Firm, number: str, day: date, due: int, tax: int) -> Letter:
    """Return what stands for the paper of the tax office, which no platform makes."""
    amount, within = format_minor(due, "CNY"), format_minor(tax, "CNY")
    return Letter(
        name=f"发票 {number}",
        sender=firm,
        title_zh="电子发票（增值税专用发票）",
        title_en="Electronic invoice (special value added tax invoice)",
        text_zh=(
            f"发票号码：{number}",
            f"购买方：{OPERATOR.name_zh}，统一社会信用代码 {OPERATOR.credit_code}",
            f"项目：专利许可费分成。价税合计 {amount}，税率 6%，其中税额 {within}。",
        ),
        text_en=(
            f"Invoice number: {number}",
            f"Buyer: {OPERATOR.name_en}, {OPERATOR.credit_code}",
            f"Share of patent royalties. Amount with tax {amount}, tax at 6 % within it {within}.",
        ),
        dated_on=day,
    )


def _close_here(running: Running, bundle: Path, output: Path) -> bool:
    return close_bundle(bundle, output).status == "closed"
