import { defineTexts } from "@/shared/i18n";

export const texts = defineTexts("outside", {
  zh: {
    "brand.lead": "同行共建专利池，靠的是大家都信得过的数字。",
    "brand.text": "谁该付、谁该得、为什么，逐分可查；各家只看得到属于自己的内容。",
  },
  en: {
    "brand.lead": "Rivals who pool their patents need figures they can all trust.",
    "brand.text":
      "Who owes what, who is due what, and why, to the cent; and everybody sees only what is theirs.",
  },
});
