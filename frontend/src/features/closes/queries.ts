import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, type CloseRun, type Explanation, keys, request, takeVersion, useRoles } from "@/shared/api";
import type { PageOf } from "@/shared/table";

export const PATH = "/api/v1/close-runs";
export const SUBJECT = "close.closerun";

export const LEVELS = ["payee", "product", "country", "licence", "bucket", "rule"] as const;
export type Level = (typeof LEVELS)[number];
export type Node = Partial<Record<Level, string>>;

export const closeRunQuery = (id: string) => ({
  queryKey: keys.object(PATH, id),
  queryFn: () => takeVersion(api.GET("/api/v1/close-runs/{run_id}", { params: { path: { run_id: id } } })),
});

export function useCloseRun(id: string) {
  return useSuspenseQuery(closeRunQuery(id));
}

export const explanationQuery = (id: string, node: Node) => ({
  queryKey: keys.part(PATH, id, "explanation", node),
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    request<Explanation>("GET", `${PATH}/${id}/explanation`, { query: node, signal }),
  staleTime: 300_000,
});

/** Payees with their names and amounts, as long as there are results. */
export function usePayees(run: CloseRun | undefined) {
  return useQuery({
    ...explanationQuery(run?.id ?? "", {}),
    enabled: run !== undefined && Boolean(run.results_sha256),
  });
}

/** The last posted close of the programme before this one's period, or the one that this one corrects. */
export function usePrevious(run: CloseRun) {
  return useQuery({
    queryKey: keys.part(PATH, run.id, "previous"),
    queryFn: async ({ signal }) => {
      const found = await request<PageOf<CloseRun>>("GET", PATH, {
        query: { programme: run.programme_id, status: "posted", order: "-period", limit: 100 },
        signal,
      });
      return previousOf(run, found.items);
    },
    staleTime: 60_000,
  });
}

export function previousOf(run: CloseRun, posted: readonly CloseRun[]): CloseRun | null {
  const corrected = posted.find((other) => other.id === run.corrects_id);
  if (corrected) return corrected;
  const earlier = posted.filter((other) => other.last_month < run.first_month);
  earlier.sort((one, other) => other.last_month.localeCompare(one.last_month) || other.number - one.number);
  return earlier[0] ?? null;
}

/** One thing that was compared: what it came to now and last, and why, in parts that add up to the difference. */
export interface ComparedRow {
  key: string;
  kind: string;
  name_zh: string;
  name_en: string;
  this_minor: number;
  last_minor: number;
  difference_minor: number;
  reasons: { key: string; amount_minor: number }[];
}

export interface Comparison {
  run: { id: string; period: string; number: number };
  against: { id: string; period: string; number: number } | null;
  currency: string;
  total: ComparedRow;
  payees: ComparedRow[];
  products: ComparedRow[];
  countries: ComparedRow[];
}

export interface Sheet {
  checks: { key: string; passed: boolean; values: Record<string, unknown> }[];
  comparison: Comparison;
}

/** A close beside the one before it, with the reasons for each difference. */
export function useComparison(run: CloseRun) {
  return useQuery({
    queryKey: keys.part(PATH, run.id, "explanation", { of: "comparison" }),
    queryFn: ({ signal }) => request<Comparison>("GET", `${PATH}/${run.id}/comparison`, { signal }),
    enabled: Boolean(run.results_sha256),
    staleTime: 300_000,
  });
}

export const SHEETS = "/api/v1/approval-sheets";

/** Whether the acting seat approves closes and sees nothing of them but their approval sheets. */
export function useSeesSheetsOnly(): boolean {
  const roles = useRoles();
  return roles.has("close_approver") && !roles.has("finance") && !roles.has("close_auditor");
}

/** The sheet with the version of the close that approving it starts from; checked anew each time it is opened. */
export function useApproval(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(SHEETS, id),
    queryFn: () =>
      takeVersion(api.GET("/api/v1/close-runs/{run_id}/sheet", { params: { path: { run_id: id } } })),
    staleTime: 0,
    gcTime: 0,
  });
}

/** What the second person looks at; checked anew each time it is opened. */
export function useSheet(run: CloseRun, isOpen: boolean) {
  return useQuery({
    enabled: isOpen,
    queryKey: keys.part(PATH, run.id, "sheet"),
    queryFn: ({ signal }) => request<Sheet>("GET", `${PATH}/${run.id}/sheet`, { signal }),
    staleTime: 0,
    gcTime: 0,
  });
}

export function isInHand(run: Pick<CloseRun, "calculation" | "status">): boolean {
  return run.status !== "cancelled" && (run.calculation === "queued" || run.calculation === "running");
}

/** Has everything that stands on a close's results read anew once they are others, however that came to be known. */
export function useFreshResults(run: CloseRun): void {
  const client = useQueryClient();
  const shown = useRef(run.results_sha256);
  useEffect(() => {
    if (shown.current === run.results_sha256) return;
    shown.current = run.results_sha256;
    const itself = keys.object(PATH, run.id);
    void client.invalidateQueries({
      queryKey: itself,
      predicate: (query) => query.queryKey.length > itself.length,
    });
    const rows = `${PATH}/${run.id}/`;
    void client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[3]).startsWith(rows) });
  }, [client, run.id, run.results_sha256]);
}

/** All rows of a list that is known to be short. */
export function useAll<Row>(path: string, query: Record<string, string | undefined>, enabled = true) {
  return useQuery({
    queryKey: [...keys.list(path, query), "all"],
    queryFn: async ({ signal }) => {
      const rows: Row[] = [];
      let after: string | undefined;
      for (let page = 0; page < 10; page += 1) {
        const part = await request<PageOf<Row>>("GET", path, {
          query: { ...query, limit: 200, after },
          signal,
        });
        rows.push(...part.items);
        if (part.next === null) break;
        after = part.next;
      }
      return rows;
    },
    enabled,
    staleTime: 30_000,
  });
}
