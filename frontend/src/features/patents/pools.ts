import { useQuery } from "@tanstack/react-query";
import { keys, type Pool, request } from "@/shared/api";
import type { PageOf } from "@/shared/table";

/** Names pools by their id, as far as they may be seen. */
export function usePoolNames(): (id: string) => string {
  const pools = useQuery({
    queryKey: keys.list("/api/v1/pools", { limit: 200 }),
    queryFn: ({ signal }) => request<PageOf<Pool>>("GET", "/api/v1/pools", { query: { limit: 200 }, signal }),
    staleTime: 300_000,
  });
  return (id) => pools.data?.items.find((pool) => pool.id === id)?.name ?? id.slice(-6);
}
