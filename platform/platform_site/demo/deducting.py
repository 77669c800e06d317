"""The scene about deductions for licensed brands: one claim agrees with the brand's report, one is doubtful."""

from datetime import date, timedelta
from functools import partial
from typing import Final

from licensing.deductions.calculation import Outcome
from licensing.deductions.services import ask_about_deduction, compare_deductions
from licensing.reports.models import SalesReport
from platform_site.demo.days import TODAY, months_of, on_weekday
from platform_site.demo.people import CALCULATOR
from platform_site.demo.sales import CLAIMING
from platform_site.demo.stage import Script, Stage

CODE: Final = "brand-licensed"
REASON: Final = "年度抽查：代工产品的品牌扣除"
REQUEST: Final = "请上传证明这些电视由该品牌计费的文件，或提交不含该扣除的更正报告。"


def plan_deducting(stage: Stage, script: Script) -> None:
    """Plan that finance compares what one report claims, and asks its licensee about what is doubtful."""
    script.add(on_weekday(TODAY - timedelta(days=5)), "14:30", "licences", partial(_compare, stage))


def _compare(stage: Stage) -> None:
    code, quarter = CLAIMING
    first = date.fromisoformat(f"{months_of(quarter)[0]}-01")
    report = SalesReport.objects.get(licence__code=code, first_month=first, superseded_by=None)
    actor = stage.acting(CALCULATOR)
    comparison = compare_deductions(actor=actor, report_id=report.pk, codes=[CODE], reason=REASON)
    for deduction in comparison.deductions.exclude(outcome=Outcome.AGREES.value):
        ask_about_deduction(actor=actor, comparison_id=comparison.pk, deduction_id=deduction.pk, request=REQUEST)
