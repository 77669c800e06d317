import { api } from "@/shared/api";

export type Step = "calculate" | "approve" | "post" | "cancel";

/** Asks for a step of a close, from the version that the reader has seen. */
export function takeStep(step: Step, id: string, etag: string) {
  const params = { path: { run_id: id }, header: { "If-Match": etag } };
  switch (step) {
    case "calculate":
      return api.POST("/api/v1/close-runs/{run_id}/calculation", { params });
    case "approve":
      return api.POST("/api/v1/close-runs/{run_id}/approval", { params });
    case "post":
      return api.POST("/api/v1/close-runs/{run_id}/posting", { params });
    case "cancel":
      return api.POST("/api/v1/close-runs/{run_id}/cancellation", { params });
  }
}
