import { useQuery } from "@tanstack/react-query";
import { api, type Job, keys, take } from "@/shared/api";

/** A piece of background work, asked again while it is in hand. */
export function useJob(id: string | null, isInHand: boolean) {
  return useQuery({
    queryKey: keys.object("/api/v1/jobs", id ?? ""),
    queryFn: () =>
      take(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: id ?? "" } } })) as Promise<Job>,
    enabled: id !== null && isInHand,
    refetchInterval: isInHand ? 1_500 : false,
    staleTime: 0,
  });
}
