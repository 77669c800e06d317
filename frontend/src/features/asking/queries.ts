import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { api, keys, take } from "@/shared/api";

export const REQUESTS = "/api/v1/licence-requests";
export const CONFIRMATION = "/api/v1/licence-requests/confirmation";
export const POOLS = "/api/v1/pools";
export const SUBJECT = "asking.licencerequest";

/** One request that one's organisation was sent. */
export function useLicenceRequest(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(REQUESTS, id),
    queryFn: () =>
      take(api.GET("/api/v1/licence-requests/{request_id}", { params: { path: { request_id: id } } })),
  });
}

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}
