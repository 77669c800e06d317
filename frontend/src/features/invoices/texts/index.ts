import { defineTexts } from "@/shared/i18n";
import { papers } from "./papers.ts";
import { setting } from "./setting.ts";
import { steps } from "./steps.ts";
import { workings } from "./workings.ts";

export const texts = defineTexts("invoices", {
  zh: { ...papers.zh, ...steps.zh, ...setting.zh, ...workings.zh },
  en: { ...papers.en, ...steps.en, ...setting.en, ...workings.en },
});
