import { defineTexts } from "@/shared/i18n";

export const texts = defineTexts("standing", {
  zh: {
    "state.applied": "已申请",
    "state.under_review": "审核中",
    "state.admitted": "在籍",
    "state.suspended": "暂停中",
    "state.left": "已退出",
    "state.expelled": "已除名",
    "state.refused": "未予接纳",
    "state.withdrawn": "已撤回申请",
  },
  en: {
    "state.applied": "Applied",
    "state.under_review": "Under review",
    "state.admitted": "Member",
    "state.suspended": "Suspended",
    "state.left": "Has left",
    "state.expelled": "Expelled",
    "state.refused": "Refused",
    "state.withdrawn": "Application withdrawn",
  },
});
