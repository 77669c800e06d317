import { useQuery } from "@tanstack/react-query";
import { type Difference, keys, type Patent, request, useMe, useRoles } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import type { PageOf } from "@/shared/table";
import { ownsOn } from "../owners.ts";
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

/** Whether the acting seat keeps the record of this patent: the office does, an operator may, and a member its own. */
export function useKeepsRecordOf(patent: Pick<Patent, "owners">): boolean {
  const me = useMe();
  const roles = useRoles();
  if (roles.has("secretariat") || roles.has("operator")) return true;
  if (!roles.has("member_admin") && !roles.has("member_staff")) return false;
  const own = me.seats.find((seat) => seat.id === me.seat)?.organisation;
  const today = todayHere();
  return patent.owners.some((owner) => owner.owner_id === own && ownsOn(today, owner));
}
