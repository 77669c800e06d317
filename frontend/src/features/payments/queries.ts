import { useQueryClient } from "@tanstack/react-query";
import { keys, type OperatingEntity, useMe } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import type { Standing } from "@/shared/ui";

export const RECEIPTS = "/api/v1/bank-receipts";
export const PREPAID = "/api/v1/prepaid";
export const ONLINE = "/api/v1/online-payments";
export const REFUNDS = "/api/v1/online-refunds";
export const TERMS = "/api/v1/matching-terms";
export const ENTITIES = "/api/v1/operating-entities";
export const INVOICES = "/api/v1/invoices";
export const ACCOUNTS = "/api/v1/stripe-accounts";
export const PAYOUTS = "/api/v1/payouts";

export const RECEIPT = "payments.bankreceipt";
export const ONLINE_PAYMENT = "payments.onlinepayment";
export const ACCOUNT = "payments.stripeaccount";
export const INVOICE = "billing.invoice";

export const PAYMENT_STATES = ["intended", "open", "processing", "succeeded", "cancelled", "failed"] as const;

/** Whether somebody may still pay it. */
export function isUnderWay({ state }: { state?: string | undefined }): boolean {
  return state === "intended" || state === "open" || state === "processing";
}

export const STANDINGS: Record<string, Standing> = {
  succeeded: "fine",
  cancelled: "closed",
  refused: "closed",
  failed: "overdue",
};

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}

/** The operating entities whose royalties the acting seat keeps. */
export function useKeptEntities(): OperatingEntity[] {
  const me = useMe();
  const kept = new Set(
    me.roles
      .filter(({ role, purpose }) => role === "finance" && purpose === "royalties")
      .map((held) => held.operating_entity),
  );
  return (useEvery<OperatingEntity>(ENTITIES).data ?? []).filter((entity) => kept.has(entity.id));
}
