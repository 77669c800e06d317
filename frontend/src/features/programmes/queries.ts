import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { api, keys, type Pool, request, type Tariff, type TermsVersion, take } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import type { PageOf } from "@/shared/table";

export const PATH = "/api/v1/programmes";
export const SUBJECT = "terms.programme";

export function useProgramme(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(PATH, id),
    queryFn: () =>
      take(api.GET("/api/v1/programmes/{programme_id}", { params: { path: { programme_id: id } } })),
  });
}

function usePart<Row>(path: string, programme: string) {
  return useQuery({
    queryKey: keys.list(path, { programme, limit: 100 }),
    queryFn: ({ signal }) => request<PageOf<Row>>("GET", path, { query: { programme, limit: 100 }, signal }),
    staleTime: 60_000,
  });
}

/** The rates by version, the latest first; published ones are anybody's to read. */
export function useTariffs(programme: string) {
  return usePart<Tariff>("/api/v1/tariffs", programme);
}

/** The versions of which the reader may see the whole document; none for most. */
export function useTerms(programme: string) {
  return usePart<TermsVersion>("/api/v1/terms-versions", programme);
}

export function usePoolName(id: string) {
  return useQuery({
    queryKey: keys.object("/api/v1/pools", id),
    queryFn: () =>
      take(api.GET("/api/v1/pools/{pool_id}", { params: { path: { pool_id: id } } })) as Promise<Pool>,
    retry: false,
  }).data?.name;
}

/** The version in force on a day: the latest published one that has begun. */
export function inForce<Version extends { in_force_from: string; published_at?: string | null }>(
  versions: readonly Version[],
  day = todayHere(),
): Version | undefined {
  return versions
    .filter((version) => version.published_at && version.in_force_from <= day)
    .sort((one, other) => other.in_force_from.localeCompare(one.in_force_from))[0];
}
