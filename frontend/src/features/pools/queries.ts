import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { api, keys, request, take } from "@/shared/api";
import type { PageOf } from "@/shared/table";

export const PATH = "/api/v1/pools";
export const LISTS = "/api/v1/list-versions";
export const SUBJECT = "composition.pool";

export function usePool(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(PATH, id),
    queryFn: () => take(api.GET("/api/v1/pools/{pool_id}", { params: { path: { pool_id: id } } })),
  });
}

/** How many rows a list has for the reader; lists count exactly as far as they do quickly. */
export function useCount(path: string, query: Record<string, string>) {
  return useQuery({
    queryKey: [...keys.list(path, query), "count"],
    queryFn: async ({ signal }) => {
      const page = await request<PageOf<unknown>>("GET", path, {
        query: { ...query, limit: 1, count: "bounded" },
        signal,
      });
      return { total: page.total, isExact: page.total_is_exact };
    },
    staleTime: 60_000,
  });
}

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}
