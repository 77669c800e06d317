/** What can happen to online payments, said as it is on record. */
export const payments = {
  zh: {
    "event.stripe_account.connected": "连接 Stripe 账户",
    "event.stripe_account.closed": "停用 Stripe 账户",
    "event.online_payment.started": "发起在线付款",
    "event.online_payment.moved": "在线付款状态变化",
    "event.online_payment.booked": "在线付款资金入账",
    "event.online_refund.proposed": "提出在线退款",
    "event.online_refund.approved": "批准在线退款",
    "event.online_refund.refused": "不同意在线退款",
    "event.online_refund.moved": "在线退款状态变化",
  },
  en: {
    "event.stripe_account.connected": "Connected the Stripe account",
    "event.stripe_account.closed": "Closed the Stripe account",
    "event.online_payment.started": "Began to pay online",
    "event.online_payment.moved": "The payment service told how the payment stands",
    "event.online_payment.booked": "Booked what moved at the payment service",
    "event.online_refund.proposed": "Proposed to give money back",
    "event.online_refund.approved": "Approved to give money back",
    "event.online_refund.refused": "Refused to give money back",
    "event.online_refund.moved": "The payment service told how the refund stands",
  },
} as const;
