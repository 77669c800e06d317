import { defineTexts } from "@/shared/i18n";
import { contracts } from "./contracts.ts";
import { talks } from "./talks.ts";

export const texts = defineTexts("dealings", {
  zh: { ...talks.zh, ...contracts.zh },
  en: { ...talks.en, ...contracts.en },
});
