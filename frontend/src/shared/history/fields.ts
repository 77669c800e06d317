import { defineTexts } from "@/shared/i18n";
import { licensing } from "./fields/licensing.ts";
import { members } from "./fields/members.ts";
import { openLicences } from "./fields/openlicences.ts";
import { payments } from "./fields/payments.ts";
import { platform } from "./fields/platform.ts";
import { pools } from "./fields/pools.ts";

/** The names of what events changed. */
export const fieldTexts = defineTexts("fields", {
  zh: { ...platform.zh, ...members.zh, ...pools.zh, ...licensing.zh, ...openLicences.zh, ...payments.zh },
  en: { ...platform.en, ...members.en, ...pools.en, ...licensing.en, ...openLicences.en, ...payments.en },
});
