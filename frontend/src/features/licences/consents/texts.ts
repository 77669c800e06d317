import { defineTexts } from "@/shared/i18n";

export const texts = defineTexts("consents", {
  zh: {
    record: "登记同意",
    recorded: "同意已登记",
    means: "同意针对当前内容；修改后须重新同意。",
    who: "由谁同意",
    owner: "共有人",
    pledgee: "质权人",
    day: "同意日期",
    paper: "同意书",
    needed: "请填写",
  },
  en: {
    record: "Record a consent",
    recorded: "Consent recorded",
    means: "A consent is to what the draft says now, and to nothing that is changed later.",
    who: "Who consents",
    owner: "Co-owner",
    pledgee: "Pledgee",
    day: "Given on",
    paper: "Letter of consent",
    needed: "Fill this in",
  },
});
