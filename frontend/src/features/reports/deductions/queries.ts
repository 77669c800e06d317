import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import {
  asProblem,
  type DeductionComparisonDetail,
  type DoubtfulDeduction,
  keys,
  request,
} from "@/shared/api";

export const COMPARISONS = "/api/v1/deduction-comparisons";
export const DOUBTS = "/api/v1/doubtful-deductions";
export const COMPARISON = "deductions.deductioncomparison";
export const DOUBT = "deductions.doubtfuldeduction";

export const STATES = ["asked", "answered", "accepted", "rejected", "corrected"] as const;

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}

/** A comparison, or null while there is none of that id: it has the id of the job that makes it. */
export function useComparison(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(COMPARISONS, id),
    queryFn: async ({ signal }) => {
      try {
        return await request<DeductionComparisonDetail>("GET", `${COMPARISONS}/${id}`, { signal });
      } catch (error) {
        if (asProblem(error).isGone) return null;
        throw error;
      }
    },
  });
}

export function useDoubt(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(DOUBTS, id),
    queryFn: ({ signal }) => request<DoubtfulDeduction>("GET", `${DOUBTS}/${id}`, { signal }),
  });
}
