import { defineTexts } from "@/shared/i18n";
import { findings } from "./findings.ts";
import { moving } from "./moving.ts";

export const texts = defineTexts("cutover", {
  zh: { ...moving.zh, ...findings.zh },
  en: { ...moving.en, ...findings.en },
});
