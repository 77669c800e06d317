import { defineTexts } from "@/shared/i18n";
import { declared } from "./declared.ts";
import { taken } from "./taken.ts";

export const openTexts = defineTexts("open-licences", {
  zh: { ...declared.zh, ...taken.zh },
  en: { ...declared.en, ...taken.en },
});
