import { useQuery } from "@tanstack/react-query";
import { type Difference, keys, request, useRoles } from "@/shared/api";
import type { PageOf } from "@/shared/table";
import { DIFFERENCES } from "./deciding.tsx";

const KEEPERS = ["secretariat", "operator", "member_admin", "member_staff"];

/** Whether the acting seat keeps the record of some patents, so that differences are its business. */
export function useKeepsRecords(): boolean {
  const roles = useRoles();
  return KEEPERS.some((role) => roles.has(role));
}

/** Whether others say otherwise than our record of a patent, as far as that is the reader's business. */
export function useHasDifferences(patent: string): boolean {
  const keeps = useKeepsRecords();
  const query = { patent, limit: 1 };
  const found = useQuery({
    queryKey: keys.list(DIFFERENCES, query),
    queryFn: ({ signal }) => request<PageOf<Difference>>("GET", DIFFERENCES, { query, signal }),
    enabled: keeps,
  });
  return (found.data?.items.length ?? 0) > 0;
}
