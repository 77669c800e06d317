"""The scenes about what licensees do not keep: a quarter that nobody reported, and a part that was not paid."""

from datetime import date
from decimal import Decimal
from typing import Final

from licensing.breaches.models import BreachKind
from licensing.breaches.services import notice_breach
from licensing.reports.services import (
    NewEstimateTerms,
    confirm_estimate_terms,
    estimate_report,
    record_estimate_terms,
)
from platform_site.demo.contracting import Contracting
from platform_site.demo.days import first_day
from platform_site.demo.people import APPROVER, CALCULATOR, SECRETARY
from platform_site.demo.programmes import UHD_PRO
from platform_site.demo.sales import ESTIMATED
from platform_site.demo.settling import Settling
from platform_site.demo.stage import Script, Stage
from platform_site.demo.withholding import withhold

BROKEN: Final = "PRO-003"
"""Which pays an invoice in parts, as two people agreed: the first of them is late."""
NOTICED_ON: Final = date(2026, 11, 5)
CURE_DAYS: Final = 45


class Lapsing:
    """Plays the scenes about an estimate and a breach."""

    def __init__(self, stage: Stage, contracting: Contracting, settling: Settling) -> None:
        self._stage = stage
        self._contracting = contracting
        self._settling = settling

    def plan(self, script: Script) -> None:
        """Plan all scenes about what is not kept."""
        script.add(date(2026, 8, 18), "10:00", "estimates", self._agree_on_estimates)
        script.add(date(2026, 11, 9), "14:30", "estimates", self._estimate)
        script.add(NOTICED_ON, "11:10", "breaches", self._notice)

    def _agree_on_estimates(self) -> None:
        terms = record_estimate_terms(
            actor=self._stage.acting(CALCULATOR),
            programme_id=self._contracting.programmes[UHD_PRO.code],
            terms=NewEstimateTerms(
                from_on=date(2025, 7, 1),
                stands_in="第 5.2 条 Clause 5.2",
                after_days=7,
                percent=Decimal(110),
                bears_interest=True,
            ),
        )
        confirm_estimate_terms(actor=self._stage.acting(APPROVER), terms_id=terms.pk)

    def _estimate(self) -> None:
        code, quarter = ESTIMATED
        report = estimate_report(
            actor=self._stage.acting(CALCULATOR),
            licence_id=self._contracting.licences[code],
            month=first_day(quarter),
        )
        self._settling.keep(report.pk)

    def _notice(self) -> None:
        notice_breach(
            actor=self._stage.acting(SECRETARY),
            licence_id=self._contracting.licences[BROKEN],
            kind=BreachKind.UNPAID,
            cure_days=CURE_DAYS,
            text="9 月 30 日到期的第一期分期款未付。The first part, due on 30 September, has not been paid.",
        )
        withhold(self._stage, "breach.")
