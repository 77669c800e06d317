import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, keys, takeVersion, useMe, useRoles } from "@/shared/api";
import { type Live, useLive } from "@/shared/realtime";

export const TARGETS = "/api/v1/chart-targets";
export const CHARTS = "/api/v1/claim-charts";
export const SUBJECT = "charts.claimchart";
export const TARGET = "charts.charttarget";

const DESKS = ["member_admin", "member_staff"];

/** Whether the acting seat may have anything to see here: its own charts, or those of a patent assigned to it. */
export function useSeesCharts(): boolean {
  const roles = useRoles();
  return [...DESKS, "operator", "legal"].some((role) => roles.has(role));
}

/** The organisation whose charts the acting seat writes, where it works on patents. */
export function useCharts(): string | undefined {
  const me = useMe();
  const roles = useRoles();
  const own = me.seats.find((seat) => seat.id === me.seat)?.organisation;
  return DESKS.some((role) => roles.has(role)) ? own : undefined;
}

const readChart = (id: string) =>
  takeVersion(api.GET("/api/v1/claim-charts/{chart_id}", { params: { path: { chart_id: id } } }));

/** One version of a chart with the tag of what is shown. */
export function useClaimChart(id: string) {
  return useSuspenseQuery({ queryKey: keys.object(CHARTS, id), queryFn: () => readChart(id) });
}

/** Hears what others change: one's own saving is told of too, so it is asked first whether what is shown is still so. */
export function useOthersChanges(id: string, etag: string, isSaving: boolean): Live {
  const { changed, withdrawn, seen, refresh } = useLive(SUBJECT, id);
  const [isOther, setOther] = useState(false);
  useEffect(() => {
    if (!changed) setOther(false);
    if (!changed || isSaving) return undefined;
    let isAsked = true;
    const tell = (now: { etag: string } | null) => {
      if (!isAsked) return;
      if (now?.etag === etag) seen();
      else setOther(true);
    };
    void readChart(id).then(tell, () => tell(null));
    return () => {
      isAsked = false;
    };
  }, [changed, etag, id, isSaving, seen]);
  return { changed: isOther, withdrawn, seen, refresh };
}

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}
