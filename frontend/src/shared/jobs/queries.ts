import { useQuery } from "@tanstack/react-query";
import { api, type Job, keys, take } from "@/shared/api";

const ENDED: ReadonlySet<Job["state"]> = new Set(["succeeded", "failed", "cancelled"]);

/** A piece of background work, asked again while it is in hand and has not ended. */
export function useJob(id: string | null, isInHand: boolean) {
  return useQuery({
    queryKey: keys.object("/api/v1/jobs", id ?? ""),
    queryFn: () =>
      take(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: id ?? "" } } })) as Promise<Job>,
    enabled: id !== null && isInHand,
    refetchInterval: ({ state }) =>
      isInHand && !(state.data && ENDED.has(state.data.state)) ? 1_500 : false,
    staleTime: 0,
  });
}
