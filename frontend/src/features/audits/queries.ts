import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { keys, type LicenseeAuditDetail, request } from "@/shared/api";
import type { Standing } from "@/shared/ui";

export const AUDITS = "/api/v1/licensee-audits";
export const CLAUSES = "/api/v1/audit-clauses";
export const AUDIT = "audits.audit";

export const STATES = [
  "proposed",
  "noticed",
  "fieldwork",
  "reported",
  "answered",
  "calculated",
  "settled",
  "cancelled",
] as const;

export const STANDINGS: Readonly<Record<string, Standing>> = {
  proposed: "closed",
  noticed: "attention",
  fieldwork: "attention",
  reported: "attention",
  answered: "attention",
  calculated: "attention",
  settled: "fine",
  cancelled: "closed",
};

export function useAudit(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(AUDITS, id),
    queryFn: () => request<LicenseeAuditDetail>("GET", `${AUDITS}/${id}`),
  });
}

/** Has everything on the page fetched again. */
export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}

/** Sends a step of an audit, and has the page show where it stands then. */
export function useStep(id: string) {
  const client = useQueryClient();
  return async (step: string, body: object | undefined, key: string) => {
    const now = await request<LicenseeAuditDetail>("POST", `${AUDITS}/${id}/${step}`, {
      key,
      ...(body === undefined ? {} : { body }),
    });
    // A finding is answered with itself, and every other step with where the audit stands.
    if (step !== "findings") client.setQueryData(keys.object(AUDITS, id), now);
    await client.invalidateQueries({ queryKey: keys.everything() });
  };
}
