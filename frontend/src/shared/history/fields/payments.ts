/** What changes with online payments. */
export const payments = {
  zh: {
    "field.account_id": "支付平台账户编号",
    "field.on_day": "切换日",
    "field.due_difference_minor": "应收差额",
    "field.paid_difference_minor": "应付差额",
    "field.accepted": "已接受的差异数",
  },
  en: {
    "field.account_id": "Account at the payment service",
    "field.on_day": "Cut-over day",
    "field.due_difference_minor": "Difference in what is owed",
    "field.paid_difference_minor": "Difference in what is due",
    "field.accepted": "Differences accepted",
  },
} as const;
