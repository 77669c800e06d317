import { useInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  api,
  asProblem,
  fetchOrProblem,
  houseHeaders,
  type ImportedRows,
  keys,
  type Problem,
  request,
  take,
  useIntention,
  useKept,
  type WholeImport,
} from "@/shared/api";

export const PATH = "/api/v1/imports";
export const SUBJECT = "exchange.import";
export const OUTCOMES = ["new", "changed", "same", "doubtful", "refused", "part"] as const;
export type Outcome = (typeof OUTCOMES)[number];

const ROWS_AT_ONCE = 50;

/** A column of a table: what it was taken for, and what its first cells hold. */
export interface ReadColumn {
  heading: string;
  field: string;
  samples: string[];
}

/** What a file was taken for. */
export interface Told {
  kind?: "csv" | "xlsx" | "xls" | "xml";
  encoding?: string;
  is_sure_of_encoding?: boolean;
  delimiter?: string;
  sheet?: string;
  sheets?: string[];
  preamble?: string[];
  header_line?: number;
  columns?: ReadColumn[];
  profile?: string;
  verified?: boolean;
  saved_mapping?: string;
  day_order?: string;
  day_samples?: string[];
  legal_events?: number;
  /** Events that name no office or no code of the usual form. */
  legal_events_left_out?: number;
  patents_without_owner?: number;
  /** Names that no organisation here has, with how many patents name them. */
  owners_unknown?: [string, number][];
  refused?: string;
}

export const toldOf = (found: WholeImport): Told => found.told as Told;
export const chosenIn = (found: WholeImport): Record<string, unknown> =>
  (found.choices ?? {}) as Record<string, unknown>;

const WORKING = new Set(["checking", "importing", "undoing"]);
export const isWorking = (found: Pick<WholeImport, "state">): boolean => WORKING.has(found.state ?? "");

/** One import; asked again while work on it is in hand. */
export function useImport(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(PATH, id),
    queryFn: () => take(api.GET("/api/v1/imports/{import_id}", { params: { path: { import_id: id } } })),
    refetchInterval: ({ state }) => (state.data && isWorking(state.data) ? 1_500 : false),
  });
}

/** The rows of an import that would do something, part by part; they are read anew with the file. */
export function useRows(found: WholeImport, outcome: Outcome | undefined) {
  return useInfiniteQuery({
    queryKey: keys.part(PATH, found.id, "rows", {
      outcome,
      told: JSON.stringify(found.counts),
      state: found.state,
    }),
    queryFn: ({ pageParam, signal }) =>
      request<ImportedRows>("GET", `${PATH}/${found.id}/rows`, {
        query: { outcome, behind: pageParam, limit: ROWS_AT_ONCE },
        signal,
      }),
    initialPageParam: 0,
    getNextPageParam: (page) => page.behind ?? undefined,
  });
}

/** Brings a file in; sending it again under the same key brings it once. */
export async function bringFile(alliance: string, file: File, key: string): Promise<WholeImport> {
  const body = new FormData();
  body.set("alliance_id", alliance);
  body.set("subject", "patents.patent");
  body.set("file", file);
  const response = await fetchOrProblem(PATH, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json", ...houseHeaders(true), "Idempotency-Key": key },
    body,
  });
  return (await response.json()) as WholeImport;
}

/** Takes steps with an import; what it led to is shown at once. */
export function useSteps(id: string) {
  const keep = useKept(PATH);
  const intention = useIntention();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const step = async (name: string, body?: unknown): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      const key = intention.keyFor([name, body]);
      const led = await request<WholeImport>("POST", `${PATH}/${id}/${name}`, { body, key });
      intention.done();
      keep(id, led, { later: true });
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { step, busy, problem, setProblem };
}
