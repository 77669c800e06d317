import { useQueryClient } from "@tanstack/react-query";
import { fetchOrProblem, houseHeaders, keys } from "@/shared/api";

export const CUTOVERS = "/api/v1/cutovers";
export const OPENINGS = "/api/v1/openings";
export const OPENING_DIFFERENCES = "/api/v1/opening-differences";
export const RUNS = "/api/v1/parallel-runs";
export const RUN_DIFFERENCES = "/api/v1/parallel-differences";

export const CUTOVER = "cutover.cutover";
export const OPENING = "cutover.opening";
export const RUN = "cutover.parallelrun";

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}

async function sent<Answer>(path: string, body: FormData, key: string): Promise<Answer> {
  const response = await fetchOrProblem(path, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json", ...houseHeaders(true), "Idempotency-Key": key },
    body,
  });
  return (await response.json()) as Answer;
}

/** Has what is to be carried over read and set beside what is here; nothing is booked. */
export function bringOpening(cutover: string, files: readonly File[], key: string): Promise<{ id: string }> {
  const body = new FormData();
  for (const file of files) body.append("files", file);
  return sent(`${CUTOVERS}/${cutover}/openings`, body, key);
}

/** Sets what the old workbook came to beside our close of a past period. */
export function comparePeriod(
  cutover: string,
  period: string,
  invoices: File,
  payees: File,
  key: string,
): Promise<{ id: string }> {
  const body = new FormData();
  body.set("period", period);
  body.set("invoices", invoices);
  body.set("payees", payees);
  return sent(`${CUTOVERS}/${cutover}/comparisons`, body, key);
}
