import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { api, keys, takeVersion, useRoles } from "@/shared/api";
import type { Standing } from "@/shared/ui";

export const INVOICES = "/api/v1/invoices";
export const INVOICE = "billing.invoice";
export const WRITE_OFFS = "/api/v1/write-offs";
export const WRITE_OFF = "billing.writeoff";
export const SERIES = "/api/v1/invoice-series";
export const IDENTITIES = "/api/v1/tax-identities";
export const TAXES = "/api/v1/tax-rules";
export const TERMS = "/api/v1/billing-terms";
export const WAITING = "/api/v1/unassigned-receipts";

export const STATES = ["draft", "issued", "discarded"] as const;
export const PAYMENTS = ["open", "overdue", "part_paid", "paid"] as const;
export const PAPERS = ["invoice", "credit_note"] as const;
export const TAX_INVOICES = ["not_needed", "awaited", "issued", "cancelled"] as const;

export const TAX_INVOICE_STANDINGS: Record<string, Standing> = {
  not_needed: "closed",
  awaited: "attention",
  issued: "fine",
  cancelled: "closed",
};

export const WRITE_OFF_STANDINGS: Record<string, Standing> = {
  proposed: "attention",
  approved: "fine",
  refused: "closed",
  withdrawn: "closed",
};

/** Whether the seat works with invoices, and does not only read its own. */
export function useBills(): boolean {
  return useRoles().has("finance");
}

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}

export function useInvoice(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(INVOICES, id),
    queryFn: () =>
      takeVersion(api.GET("/api/v1/invoices/{invoice_id}", { params: { path: { invoice_id: id } } })),
  });
}
