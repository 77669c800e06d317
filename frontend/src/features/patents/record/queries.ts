import { useSuspenseQuery } from "@tanstack/react-query";
import { api, keys, type LegalStatus, type PatentRecord, take } from "@/shared/api";

const PATH = "/api/v1/patents";

export function useRecord(id: string): PatentRecord {
  return useSuspenseQuery({
    queryKey: keys.part(PATH, id, "bibliography"),
    queryFn: () =>
      take(api.GET("/api/v1/patents/{patent_id}/bibliography", { params: { path: { patent_id: id } } })),
  }).data;
}

export function useLegalStatus(id: string): LegalStatus {
  return useSuspenseQuery({
    queryKey: keys.part(PATH, id, "legal-status"),
    queryFn: () =>
      take(api.GET("/api/v1/patents/{patent_id}/legal-status", { params: { path: { patent_id: id } } })),
  }).data;
}
