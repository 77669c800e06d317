/** What changes with online payments. */
export const payments = {
  zh: {
    "field.account_id": "支付平台账户编号",
  },
  en: {
    "field.account_id": "Account at the payment service",
  },
} as const;
