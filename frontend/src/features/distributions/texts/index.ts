import { defineTexts } from "@/shared/i18n";
import { breakdown } from "./breakdown.ts";
import { invoices } from "./invoices.ts";
import { runs } from "./runs.ts";
import { statements } from "./statements.ts";

export const texts = defineTexts("distributions", {
  zh: { ...runs.zh, ...statements.zh, ...breakdown.zh, ...invoices.zh },
  en: { ...runs.en, ...statements.en, ...breakdown.en, ...invoices.en },
});
