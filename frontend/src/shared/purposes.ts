import { defineTexts, useTexts } from "@/shared/i18n";

export const PURPOSES = ["royalties", "custody_deposits", "case_costs"] as const;

const texts = defineTexts("purposes", {
  zh: { royalties: "许可费", custody_deposits: "托管押金", case_costs: "案件费用" },
  en: { royalties: "Royalties", custody_deposits: "Custody deposits", case_costs: "Case costs" },
});

/** Returns a function that says for what money is. */
export function usePurposeName(): (purpose: string) => string {
  const t = useTexts(texts);
  return (purpose) => t.maybe(purpose);
}
