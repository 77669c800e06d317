import { defineTexts } from "@/shared/i18n";

export const texts = defineTexts("close approvals", {
  zh: {
    title: "结算审批",
    lead: "等待第二人审批的结算，以及由您审批的结算；您看到的是审批单。",
    empty: "没有等待审批的结算",
    "empty.text": "结算计算完成后，会在这里等待您审批，并通知您。",
    calculated: "计算完成",
  },
  en: {
    title: "Approvals",
    lead: "Closes that wait for a second person, and those you approved; what you see is the approval sheet.",
    empty: "No close waits for approval",
    "empty.text": "Once a close is calculated it waits here for you, and you are told.",
    calculated: "Calculated",
  },
});
