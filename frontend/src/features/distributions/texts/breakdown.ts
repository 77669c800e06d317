/** What a statement's amount is made of, by product and country. */
export const breakdown = {
  zh: {
    breakdown: "金额构成",
    "breakdown.note": "按产品和销售地列出本次分配的金额；会透露个别被许可方销售的部分合并列示。",
    "breakdown.note.several":
      "按产品和销售地列出第 {{first}} 至 {{last}} 次分配金额的合计：此前分开列示会透露个别被许可方的销售。",
    "breakdown.country": "销售地",
    "breakdown.amount": "金额",
    "breakdown.others": "其他（合并列示）",
    "breakdown.total": "合计",
    "breakdown.none": "本次只列出合计",
    "breakdown.why.payments_differ":
      "有被许可方尚未付清，或所付比例与其他被许可方不同，分开列示会透露其销售。付清之后，与后续付款单合并列示。",
    "breakdown.why.corrected": "所涉期间自上次列示之后作过更正，差额只涉及个别被许可方。",
    "breakdown.why.unknown_before": "此前（包括启用本平台之前）所付部分的构成没有记录。",
    "breakdown.why.not_of_closes": "各期结算单也未分开列示：被许可方过少，或其中一家占比过大。",
    "breakdown.why.held": "暂扣的金额在解除暂扣后列示。",
    "breakdown.closes": "应得金额与专利的依据，见各期结算单：",
  },
  en: {
    breakdown: "What the amount is made of",
    "breakdown.note":
      "This distribution by product and country; what would tell what single licensees sold is told in one sum.",
    "breakdown.note.several":
      "Distributions {{first}} to {{last}} together, by product and country: told one by one they would have told what single licensees sold.",
    "breakdown.country": "Sold in",
    "breakdown.amount": "Amount",
    "breakdown.others": "Others, in one sum",
    "breakdown.total": "Total",
    "breakdown.none": "Only the sum is told this time",
    "breakdown.why.payments_differ":
      "Some licensees have not paid, or paid another part of what they owe than others, and the rest would tell what these sold. It is told with a later statement, once they have.",
    "breakdown.why.corrected":
      "A period was corrected since the last statement that told it, and the difference is of single licensees.",
    "breakdown.why.unknown_before":
      "What was paid before, here or elsewhere, is not on record by product and country.",
    "breakdown.why.not_of_closes":
      "The statements of the closes do not tell it either: too few licensees, or one of too large a part.",
    "breakdown.why.held": "What is held back is told once it is due.",
    "breakdown.closes": "What was earned, down to the patents, is on the statements of the closes:",
  },
};
