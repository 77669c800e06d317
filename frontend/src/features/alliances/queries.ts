import { useSuspenseQuery } from "@tanstack/react-query";
import { api, keys, take } from "@/shared/api";

export const PATH = "/api/v1/alliances";
export const SUBJECT = "identity.alliance";

export function useAlliance(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(PATH, id),
    queryFn: () =>
      take(api.GET("/api/v1/alliances/{alliance_id}", { params: { path: { alliance_id: id } } })),
  });
}
