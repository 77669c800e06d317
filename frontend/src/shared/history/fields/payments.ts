/** What changes with payments of invoices. */
export const payments = {
  zh: {
    "field.payouts": "付款",
    "field.account_id": "支付平台账户编号",
    "field.payments.BankReceipt.licensee": "银行到账的预收款项",
    "field.charge_tolerance_minor": "银行扣费容差",
    "field.invoices": "账单数",
    "field.shares": "份额数",
    "field.prepaid_minor": "预收款项",
    "field.on_day": "切换日",
    "field.due_difference_minor": "应收差额",
    "field.paid_difference_minor": "应付差额",
    "field.accepted": "已接受的差异数",
  },
  en: {
    "field.payouts": "Payments",
    "field.account_id": "Account at the payment service",
    "field.payments.BankReceipt.licensee": "What was paid ahead at banks",
    "field.charge_tolerance_minor": "What banks may keep",
    "field.invoices": "Invoices",
    "field.shares": "Shares",
    "field.prepaid_minor": "Paid ahead",
    "field.on_day": "Cut-over day",
    "field.due_difference_minor": "Difference in what is owed",
    "field.paid_difference_minor": "Difference in what is due",
    "field.accepted": "Differences accepted",
  },
} as const;
