import type { Job } from "@/shared/api";

/** Seconds left by what is done so far; null where nothing can be said yet. */
export function secondsLeft(job: Pick<Job, "done" | "total" | "started_at">, now: number): number | null {
  const { done = 0, total = 0, started_at } = job;
  if (!started_at || total === 0 || done === 0) return null;
  const gone = (now - Date.parse(started_at)) / 1000;
  return Math.max(0, Math.round((gone * (total - done)) / done));
}
