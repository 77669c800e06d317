import { useQueryClient } from "@tanstack/react-query";
import { keys } from "@/shared/api";
import type { Standing } from "@/shared/ui";

export const DEADLINES = "/api/v1/deadlines";
export const DEADLINE = "deadlines.deadline";
export const RUNS = "/api/v1/deadline-runs";
export const FEEDS = "/api/v1/calendar-feeds";
export const ANNUITIES = "/api/v1/annuities";
export const ORDERS = "/api/v1/payment-orders";
export const ORDER = "upkeep.paymentorder";

export const STATES = ["open", "settled", "waived", "missed", "void"] as const;
export const KINDS = [
  "annuity",
  "annuity_confirmation",
  "sales_report",
  "offer_reply",
  "counter_offer_reply",
  "licence_application",
  "licence_agreed",
  "dealing_talks",
  "licence_recordal",
  "open_licence_recordal",
  "open_licence_sum",
] as const;
export const ORDER_STATES = ["draft", "ordered", "paid", "cancelled"] as const;

export const STANDINGS: Record<string, Standing> = {
  open: "attention",
  settled: "fine",
  waived: "closed",
  missed: "overdue",
  void: "closed",
};

export const ORDER_STANDINGS: Record<string, Standing> = {
  draft: "attention",
  ordered: "attention",
  paid: "fine",
  cancelled: "closed",
};

/** The seats that see and pay what their patents cost. */
export const COST_DESK = ["member_admin", "member_staff", "member_finance"] as const;

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}
