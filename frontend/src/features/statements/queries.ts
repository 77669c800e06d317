import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { api, keys, request, type Statement, type StatementExplanation, take } from "@/shared/api";
import type { PageOf } from "@/shared/table";

export const PATH = "/api/v1/statements";
export const SUBJECT = "close.statement";

export function useStatement(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(PATH, id),
    queryFn: () =>
      take(api.GET("/api/v1/statements/{statement_id}", { params: { path: { statement_id: id } } })),
  });
}

export function useExplanation(id: string) {
  return useQuery({
    queryKey: keys.part(PATH, id, "explanation"),
    queryFn: ({ signal }) => request<StatementExplanation>("GET", `${PATH}/${id}/explanation`, { signal }),
    staleTime: 300_000,
  });
}

/** A statement beside the one of the period before, as far as its reader may know why they differ. */
export interface Comparison {
  against_id: string | null;
  against_period: string | null;
  currency: string;
  this_minor: number;
  last_minor: number;
  difference_minor: number;
  reasons: { key: "earned" | "held"; amount_minor: number }[];
  facts: {
    terms_changed: boolean | null;
    families_this: number;
    families_last: number | null;
    pool_families_this: number;
    pool_families_last: number | null;
    patents_new: string[];
    patents_ended: string[];
  };
}

export function useComparison(id: string) {
  return useQuery({
    queryKey: keys.part(PATH, id, "comparison"),
    queryFn: ({ signal }) => request<Comparison>("GET", `${PATH}/${id}/comparison`, { signal }),
    staleTime: 300_000,
  });
}

/** The statements of the same member and programme, the earliest first. */
export function useSeries(statement: Statement) {
  return useQuery({
    queryKey: keys.part(PATH, statement.id, "series"),
    queryFn: async ({ signal }) => {
      const found = await request<PageOf<Statement>>("GET", PATH, {
        query: { membership: statement.membership_id, programme: statement.programme_id, limit: 200 },
        signal,
      });
      return seriesOf(statement, found.items);
    },
    staleTime: 60_000,
  });
}

/** The periods of one member in one programme; of several statements of a period the one looked at, or the latest. */
export function seriesOf(statement: Statement, all: readonly Statement[]): Statement[] {
  const own = all.filter(
    (other) =>
      other.programme_id === statement.programme_id && other.membership_id === statement.membership_id,
  );
  const byPeriod = new Map<string, Statement>();
  // The list comes the latest first, so what is put in first stays.
  for (const other of [statement, ...own]) if (!byPeriod.has(other.period)) byPeriod.set(other.period, other);
  return [...byPeriod.values()].sort((one, other) => one.period.localeCompare(other.period));
}

export function earned(statement: Statement): number {
  return statement.amount_minor + statement.held_minor;
}
