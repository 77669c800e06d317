import { defineTexts } from "@/shared/i18n";

export const texts = defineTexts("close checks", {
  zh: {
    "check.run.first": "该期间尚未结算",
    "check.run.correction": "该期间已入账：将计算更正，只结算差额",
    "check.run.open": "该期间已有未完成的结算，请先完成或取消",
    "check.terms": "第 {{number}} 版条款自 {{day}} 起生效",
    "check.terms.none": "{{day}} 没有已发布且生效的条款，请先发布",
    "check.reports": "{{all}} 份许可的销售报告均已提交",
    "check.reports.missing": "{{all}} 份许可中已有 {{filed}} 份申报；未申报：{{missing}}",
    "check.reports.none": "没有需要申报的许可",
    "check.rates": "汇率齐全：{{currencies}}",
    "check.rates.missing": "缺少汇率：{{missing}}；有该币种销售时无法计算",
    "check.rates.unneeded": "没有登记外币汇率；全部以结算币种申报时不需要",
    "check.invoices_add_up": "各份许可之和等于总额",
    "check.payees_add_up": "各收款方之和等于分配总额",
    "check.payees_are_their_shares": "各收款方所得等于其精确份额，只取整一次",
    "check.everybody_reported": "全部许可均已申报",
    "check.everybody_reported.not": "有许可尚未申报：{{missing}}",
    "check.records_unchanged": "计算之后，记录没有变化",
    "check.records_unchanged.not": "计算之后，记录有变化：{{changed}}；建议退回重新计算",
    "check.reports_unchanged": "计算之后，没有新的或更正的报告",
    "check.reports_unchanged.not": "计算之后有新的或更正的报告；建议退回重新计算",
    "check.failed": "不成立：{{what}}",
  },
  en: {
    "check.run.first": "This period has not been closed yet",
    "check.run.correction": "This period is posted: a correction will settle the difference only",
    "check.run.open": "A close of this period is open already: finish or cancel it first",
    "check.terms": "Version {{number}} of the terms is in force since {{day}}",
    "check.terms.none": "No published terms are in force on {{day}}: publish them first",
    "check.reports": "The sales reports of all {{all}} licences are in",
    "check.reports.missing": "{{filed}} of {{all}} licences have reported; missing: {{missing}}",
    "check.reports.none": "No licence has to report",
    "check.rates": "Exchange rates are complete: {{currencies}}",
    "check.rates.missing":
      "Exchange rates are missing: {{missing}}. It cannot be calculated if there are sales in them",
    "check.rates.unneeded":
      "No exchange rates on record; none are needed if all report in the programme's currency",
    "check.invoices_add_up": "Licences add up to the totals",
    "check.payees_add_up": "Payees add up to what is shared out",
    "check.payees_are_their_shares": "Every payee gets its exact share, rounded once",
    "check.everybody_reported": "Every licence has reported",
    "check.everybody_reported.not": "Licences that have not reported: {{missing}}",
    "check.records_unchanged": "Nothing on record has changed since it was calculated",
    "check.records_unchanged.not":
      "Records changed since it was calculated: {{changed}}. Better send it back to be calculated again",
    "check.reports_unchanged": "No reports were filed or superseded since it was calculated",
    "check.reports_unchanged.not":
      "Reports were filed or superseded since it was calculated. Better send it back to be calculated again",
    "check.failed": "Does not hold: {{what}}",
  },
});
