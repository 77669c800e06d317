import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import {
  api,
  type DoubtfulDeductionPage,
  type DueReport,
  fetchOrProblem,
  houseHeaders,
  keys,
  type ReportDraft,
  request,
  take,
} from "@/shared/api";
import type { Language } from "@/shared/i18n";
import { DOUBTS } from "./deductions/queries.ts";

export const DUE = "/api/v1/due-reports";
export const DRAFTS = "/api/v1/report-drafts";
export const REPORTS = "/api/v1/sales-reports";
export const ALIASES = "/api/v1/product-aliases";
export const AUTHORITIES = "/api/v1/report-authorities";
export const ESTIMATE_TERMS = "/api/v1/estimate-terms";
export const DRAFT = "reports.reportdraft";
export const REPORT = "reports.salesreport";

/** What the own organisation has to report, the earliest first. */
export function useDue() {
  return useSuspenseQuery({
    queryKey: keys.list(DUE, {}),
    queryFn: () => request<DueReport[]>("GET", DUE),
  });
}

export function useReportDraft(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(DRAFTS, id),
    queryFn: () => take(api.GET("/api/v1/report-drafts/{draft_id}", { params: { path: { draft_id: id } } })),
  });
}

export function useFigures(id: string, language: "zh" | "en", open: boolean) {
  return useQuery({
    queryKey: keys.part(DRAFTS, id, "figures", { language }),
    queryFn: () =>
      take(
        api.GET("/api/v1/report-drafts/{draft_id}/figures", {
          params: { path: { draft_id: id }, query: { language } },
        }),
      ),
    enabled: open,
  });
}

export function usePreview(id: string, open: boolean) {
  return useQuery({
    queryKey: keys.part(DRAFTS, id, "preview"),
    queryFn: () =>
      take(api.GET("/api/v1/report-drafts/{draft_id}/preview", { params: { path: { draft_id: id } } })),
    enabled: open,
  });
}

export function useLines(id: string, skip: number, open: boolean) {
  return useQuery({
    queryKey: keys.part(DRAFTS, id, "lines", { skip }),
    queryFn: () =>
      take(
        api.GET("/api/v1/report-drafts/{draft_id}/lines", {
          params: { path: { draft_id: id }, query: { skip } },
        }),
      ),
    enabled: open,
  });
}

/** A filed report with who signed it and what stands around it. */
export function useFiledReport(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(REPORTS, id),
    queryFn: () =>
      take(api.GET("/api/v1/sales-reports/{report_id}", { params: { path: { report_id: id } } })),
  });
}

export function useFiledFigures(id: string) {
  return useQuery({
    queryKey: keys.part(REPORTS, id, "figures"),
    queryFn: () =>
      take(api.GET("/api/v1/sales-reports/{report_id}/figures", { params: { path: { report_id: id } } })),
  });
}

/** What a report changed of the one it took the place of. */
export function useFiledDifferences(id: string) {
  return useQuery({
    queryKey: keys.part(REPORTS, id, "differences"),
    queryFn: () =>
      take(api.GET("/api/v1/sales-reports/{report_id}/differences", { params: { path: { report_id: id } } })),
  });
}

/** Has the kept files of a report read and compared with its receipt, only when it is asked to by `refetch`. */
export function useFilesCheck(id: string) {
  return useQuery({
    queryKey: keys.part(REPORTS, id, "files-check"),
    queryFn: () =>
      take(api.GET("/api/v1/sales-reports/{report_id}/files-check", { params: { path: { report_id: id } } })),
    enabled: false,
  });
}

export function useFiledLines(id: string, skip: number) {
  return useQuery({
    queryKey: keys.part(REPORTS, id, "lines", { skip }),
    queryFn: () =>
      take(
        api.GET("/api/v1/sales-reports/{report_id}/lines", {
          params: { path: { report_id: id }, query: { skip } },
        }),
      ),
  });
}

/** The posted closes that counted a report, as far as the reader may know, and what was billed by them. */
export function useUses(id: string) {
  return useQuery({
    queryKey: keys.part(REPORTS, id, "closes"),
    queryFn: () =>
      take(api.GET("/api/v1/sales-reports/{report_id}/closes", { params: { path: { report_id: id } } })),
  });
}

/** For what in a report an open close could not be calculated. */
export function useMistakes(id: string) {
  return useQuery({
    queryKey: keys.part(REPORTS, id, "mistakes"),
    queryFn: () =>
      take(api.GET("/api/v1/sales-reports/{report_id}/mistakes", { params: { path: { report_id: id } } })),
  });
}

/** The deductions of a report that are doubtful; only those who deal with them may ask. */
export function useDoubtsOf(id: string, open: boolean) {
  return useQuery({
    queryKey: keys.list(DOUBTS, { report: id }),
    queryFn: async () =>
      (await request<DoubtfulDeductionPage>("GET", DOUBTS, { query: { report: id } })).items,
    enabled: open,
  });
}

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}

export interface Wanted {
  licence_id: string;
  period: string;
  supersedes_id?: string | undefined;
  reason?: string | undefined;
  replaces_id?: string | undefined;
  is_estimate?: boolean | undefined;
}

/** Sends a file to be checked, or that nothing was sold. */
export async function sendDraft(wanted: Wanted, file: File | null, key: string): Promise<ReportDraft> {
  const body = new FormData();
  for (const [name, value] of Object.entries(wanted)) if (value) body.set(name, String(value));
  if (file) body.set("file", file);
  else body.set("nothing_sold", "true");
  const response = await fetchOrProblem(DRAFTS, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json", ...houseHeaders(true), "Idempotency-Key": key },
    body,
  });
  return (await response.json()) as ReportDraft;
}

/** The months of a row as the server takes them: one month, a quarter, a half or a year. */
export function periodOf(first: string, last: string): string {
  if (first === last) return first;
  const year = first.slice(0, 4);
  const months = `${first.slice(5)}-${last.slice(5)}`;
  const named: Readonly<Record<string, string>> = {
    "01-03": "Q1",
    "04-06": "Q2",
    "07-09": "Q3",
    "10-12": "Q4",
    "01-06": "H1",
    "07-12": "H2",
    "01-12": "",
  };
  return `${year}${named[months] ?? ""}`;
}

export function monthsOf(row: { first_month: string; last_month: string }): string {
  return row.first_month === row.last_month ? row.first_month : `${row.first_month} – ${row.last_month}`;
}

export function shortOf(language: Language): "zh" | "en" {
  return language === "en" ? "en" : "zh";
}
