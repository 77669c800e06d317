import { useQueryClient } from "@tanstack/react-query";
import { keys, useMe } from "@/shared/api";

export const WITHHOLDINGS = "/api/v1/withholdings";
export const RULES = "/api/v1/withholding-rules";
export const RELIEFS = "/api/v1/treaty-reliefs";
export const REMITTANCES = "/api/v1/tax-remittances";

export const WITHHOLDING = "distribution.withholding";
export const RULE = "distribution.withholdingrule";
export const RELIEF = "distribution.treatyrelief";
export const REMITTANCE = "distribution.taxremittance";

export const RELIEF_STATES = ["entered", "confirmed", "withdrawn"] as const;
export const REMITTANCE_STATES = ["prepared", "confirmed", "paid", "cancelled"] as const;

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}

/** Whether one settles royalties of an operating entity, and not a member's own side. */
export function useIsFinance(): boolean {
  return useMe().roles.some(({ role, purpose }) => role === "finance" && purpose === "royalties");
}
