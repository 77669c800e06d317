import { useQueryClient } from "@tanstack/react-query";
import { keys } from "@/shared/api";
import type { Standing } from "@/shared/ui";

export const CONNECTIONS = "/api/v1/connections";
export const CONNECTION = "connections.connection";

export const KINDS = ["epo_ops", "file_drop"] as const;
export const STATES = ["on", "paused", "ended"] as const;
export const RHYTHMS = ["day", "week", "month"] as const;
export const QUESTIONS = ["all", "country", "differences"] as const;

export const RUN_STANDINGS: Record<string, Standing> = {
  running: "attention",
  finished: "fine",
  stopped: "attention",
  failed: "overdue",
};

/** What the other side last said of our quota, in bytes, and of how busy it is. */
export interface Told {
  week_used?: number;
  week_quota?: number;
  hour_used?: number;
  hour_quota?: number;
  system?: "idle" | "busy" | "overloaded";
  at?: string;
}

export interface Settings {
  ask_for?: (typeof QUESTIONS)[number];
  country?: string;
  legal?: boolean;
  source_kind?: string;
}

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}
