import { defineTexts } from "@/shared/i18n";
import { papers } from "./papers.ts";
import { setting } from "./setting.ts";
import { steps } from "./steps.ts";

export const texts = defineTexts("invoices", {
  zh: { ...papers.zh, ...steps.zh, ...setting.zh },
  en: { ...papers.en, ...steps.en, ...setting.en },
});
