/** How an invoice came to its amount. */
export const workings = {
  zh: {
    "tab.workings": "金额构成",
    "workings.lead": "以下按您申报的销售逐月列出；各行精确相加，整张账单只取整一次。",
    "workings.lead.finance": "以下按被许可方申报的销售逐月列出；各行精确相加，整张账单只取整一次。",
    "workings.affiliates":
      "同一集团内其他被许可方的销量也计入分段和封顶。逐月列出会让人推算出它们的销量，因此这里只列出各产品的数量和账单上的金额。",
    "workings.files": "本次结算的文件暂时无法读取，因此这里只列出各产品的数量和账单上的金额。",
    "workings.large": "行数太多，无法当场逐行计算，因此这里只列出各产品的数量和账单上的金额。",
    "workings.differs":
      "按您的申报重新计算，得不到账单上的金额：请向开具账单的一方查询。这里只列出各产品的数量和账单上的金额。",
    "workings.differs.finance":
      "按被许可方的申报重新计算，得不到账单上的金额，已记入系统日志：请系统管理员查看。这里只列出各产品的数量和账单上的金额。",
    "workings.line": "账单行",
    "workings.none": "本期没有计费的行",
    "workings.month": "月份",
    "workings.way": "制造地 → 销售地",
    "workings.units": "数量",
    "workings.how": "如何计算",
    "workings.bears": "许可费",
    "workings.sales": "净销售额 {{amount}}",
    "workings.band": "当月各地合计 {{units}} 台在超过 {{above}} 台的一段，每台 {{price}}",
    "workings.cap": "年度封顶“{{id}}”为 {{limit}}，本月之前已计 {{before}}：减少 {{change}}",
    "workings.waiver": "年度不足 {{limit}} 的部分按“{{id}}”豁免，本月之前已计 {{before}}：减少 {{change}}",
    "workings.credit": "其中因双边许可抵扣 {{amount}}",
    "workings.rest_one": "另有 {{count}} 行未逐一列出",
    "workings.rest_other": "另有 {{count}} 行未逐一列出",
    "workings.royalty": "许可费合计",
    "workings.credits": "双边许可抵扣",
    "workings.due": "税前应付",
    "workings.before": "更正前应付",
    "workings.difference": "本次更正差额",
    "workings.interest": "逾期利息",
    "workings.interest.of": "账单 {{number}}，{{from}} 至 {{until}}",
  },
  en: {
    "tab.workings": "How it was worked out",
    "workings.lead":
      "Month by month, from the sales you reported. The rows add up exactly, and the invoice is rounded once.",
    "workings.lead.finance":
      "Month by month, from the sales that the licensee reported. The rows add up exactly, and the invoice is rounded once.",
    "workings.affiliates":
      "Sales of other licensees of the group count in bands and caps as well. Told month by month, these sales could be worked out, so that here are the units of each product and the amounts of the invoice only.",
    "workings.files":
      "The files of this close cannot be read at present, so that here are the units of each product and the amounts of the invoice only.",
    "workings.large":
      "There are too many rows to work them out while you wait, so that here are the units of each product and the amounts of the invoice only.",
    "workings.differs":
      "Worked out anew from your reports, this does not come to what the invoice says: ask whoever issued it. Here are the units of each product and the amounts of the invoice only.",
    "workings.differs.finance":
      "Worked out anew from the licensee's reports, this does not come to what the invoice says. The site's log has the run and the licence: have an administrator look. Here are the units of each product and the amounts of the invoice only.",
    "workings.line": "Line",
    "workings.none": "Nothing bears a royalty in this period",
    "workings.month": "Month",
    "workings.way": "Made in → sold in",
    "workings.units": "Units",
    "workings.how": "How",
    "workings.bears": "Royalty",
    "workings.sales": "Net sales {{amount}}",
    "workings.band": "{{units}} of the month's units lie above {{above}}, at {{price}} each",
    "workings.cap":
      "Cap “{{id}}” of {{limit}} a year, {{before}} of it before this month: {{change}} taken off",
    "workings.waiver":
      "Nothing is owed up to {{limit}} a year (“{{id}}”), {{before}} of it before this month: {{change}} taken off",
    "workings.credit": "Of it credited for bilateral licences: {{amount}}",
    "workings.rest_one": "{{count}} more row",
    "workings.rest_other": "{{count}} more rows",
    "workings.royalty": "Royalties",
    "workings.credits": "Credited for bilateral licences",
    "workings.due": "Due before tax",
    "workings.before": "Due before the correction",
    "workings.difference": "Difference of this correction",
    "workings.interest": "Interest on late payment",
    "workings.interest.of": "Invoice {{number}}, {{from}} to {{until}}",
  },
};
