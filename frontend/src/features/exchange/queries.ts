import { useQueryClient } from "@tanstack/react-query";
import { keys, useMe } from "@/shared/api";

export const SHEETS = "/api/v1/rate-sheets";
export const FILES = "/api/v1/rate-files";
export const CONVERSIONS = "/api/v1/conversions";
export const RUNS = "/api/v1/distribution-runs";
export const ENTITIES = "/api/v1/operating-entities";

export const SHEET = "distribution.ratesheet";
export const CONVERSION = "distribution.conversion";

export const SHEET_STATES = ["entered", "confirmed", "withdrawn"] as const;
export const CONVERSION_STATES = ["drafted", "confirmed", "cancelled"] as const;
export const CURRENCIES = ["USD", "EUR", "JPY", "HKD", "GBP", "KRW", "CNY"].map((value) => ({
  value,
  label: value,
}));

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}

/** Whether one settles royalties of an operating entity, and not a member's own side. */
export function useIsFinance(): boolean {
  return useMe().roles.some(({ role, purpose }) => role === "finance" && purpose === "royalties");
}
