import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import {
  api,
  type DistributionItem,
  type DistributionRun,
  keys,
  type MemberInvoiceDetail,
  type Objection,
  request,
  take,
  takeVersion,
  useKept,
} from "@/shared/api";
import type { PageOf } from "@/shared/table";

export const RUNS = "/api/v1/distribution-runs";
export const STATEMENTS = "/api/v1/distribution-statements";
export const OBJECTIONS = "/api/v1/objections";

export const INVOICES = "/api/v1/member-invoices";
export const INVOICE_TERMS = "/api/v1/member-invoice-terms";

export const RUN = "distribution.distributionrun";
export const ITEM = "distribution.distributionitem";
export const OBJECTION = "distribution.objection";
export const INVOICE = "distribution.memberinvoice";

export const INVOICE_STATES = ["awaited", "recorded", "sent_back", "accepted", "waiving", "exempt"] as const;

export const STATES = [
  "draft",
  "calculated",
  "reviewed",
  "approved",
  "released",
  "closed",
  "cancelled",
] as const;

export type Step = "calculate" | "approve" | "release" | "close" | "cancel";

/** Asks for a step of a distribution that needs no word, from the version that the reader has seen. */
export function takeStep(step: Step, id: string, etag: string) {
  const params = { path: { run_id: id }, header: { "If-Match": etag } };
  switch (step) {
    case "calculate":
      return api.POST("/api/v1/distribution-runs/{run_id}/calculation", { params });
    case "approve":
      return api.POST("/api/v1/distribution-runs/{run_id}/approval", { params });
    case "release":
      return api.POST("/api/v1/distribution-runs/{run_id}/release", { params });
    case "close":
      return api.POST("/api/v1/distribution-runs/{run_id}/closing", { params });
    case "cancel":
      return api.POST("/api/v1/distribution-runs/{run_id}/cancellation", { params });
  }
}

export const runQuery = (id: string) => ({
  queryKey: keys.object(RUNS, id),
  queryFn: () =>
    takeVersion(api.GET("/api/v1/distribution-runs/{run_id}", { params: { path: { run_id: id } } })),
});

export function useRun(id: string) {
  return useSuspenseQuery(runQuery(id));
}

export function isInHand(run: Pick<DistributionRun, "calculation" | "status">): boolean {
  return run.status !== "cancelled" && (run.calculation === "queued" || run.calculation === "running");
}

/** What the payees of the distribution before this one got, by payee; null where this is the first. */
export function useBefore(run: DistributionRun) {
  return useQuery({
    queryKey: keys.part(RUNS, run.id, "before"),
    queryFn: async ({ signal }) => {
      const runs = await request<PageOf<DistributionRun>>("GET", RUNS, {
        query: { programme: run.programme_id, limit: 200 },
        signal,
      });
      const made = runs.items.filter(
        (other) => other.number < run.number && (other.status === "released" || other.status === "closed"),
      );
      const [last] = made.sort((one, other) => other.number - one.number);
      if (last === undefined) return null;
      const items = await request<PageOf<DistributionItem>>("GET", `${RUNS}/${last.id}/items`, {
        query: { limit: 200 },
        signal,
      });
      return { run: last, amounts: new Map(items.items.map((item) => [item.payee, item.amount_minor])) };
    },
    staleTime: 300_000,
  });
}

export function useStatement(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(STATEMENTS, id),
    queryFn: () =>
      take(
        api.GET("/api/v1/distribution-statements/{statement_id}", {
          params: { path: { statement_id: id } },
        }),
      ),
  });
}

export function useObjections(statement: string) {
  return useQuery({
    queryKey: keys.list(OBJECTIONS, { statement }),
    queryFn: ({ signal }) =>
      request<PageOf<Objection>>("GET", OBJECTIONS, { query: { statement, limit: 50 }, signal }),
  });
}

export function useObjection(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(OBJECTIONS, id),
    queryFn: () =>
      take(api.GET("/api/v1/objections/{objection_id}", { params: { path: { objection_id: id } } })),
  });
}

export function useMemberInvoice(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(INVOICES, id),
    queryFn: () =>
      takeVersion(api.GET("/api/v1/member-invoices/{invoice_id}", { params: { path: { invoice_id: id } } })),
  });
}

/** Keeps what a step led to; the sums of what waits are another than before. */
export function useKeepingInvoice(invoice: MemberInvoiceDetail) {
  const kept = useKept(INVOICES);
  const client = useQueryClient();
  return (now: { data: MemberInvoiceDetail; etag: string }) => {
    kept(invoice.id, now);
    void client.invalidateQueries({ queryKey: keys.object(INVOICES, "ageing") });
    void client.invalidateQueries({ queryKey: keys.object(STATEMENTS, invoice.statement_id) });
  };
}
