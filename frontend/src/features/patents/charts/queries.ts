import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { api, keys, takeVersion, useRoles } from "@/shared/api";

export const TARGETS = "/api/v1/chart-targets";
export const CHARTS = "/api/v1/claim-charts";
export const SUBJECT = "charts.claimchart";

const DESKS = ["member_admin", "member_staff"];

/** Whether the acting seat may have anything to see here: its own charts, or those of a patent assigned to it. */
export function useSeesCharts(): boolean {
  const roles = useRoles();
  return [...DESKS, "operator", "legal"].some((role) => roles.has(role));
}

/** Whether the acting seat works on patents of its own. */
export function useCharts(): boolean {
  const roles = useRoles();
  return DESKS.some((role) => roles.has(role));
}

/** One version of a chart with the tag of what is shown. */
export function useClaimChart(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(CHARTS, id),
    queryFn: () =>
      takeVersion(api.GET("/api/v1/claim-charts/{chart_id}", { params: { path: { chart_id: id } } })),
  });
}

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}
