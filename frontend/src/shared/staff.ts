import { useQuery } from "@tanstack/react-query";
import { currentSeat, keys, request, type StaffSession, useRoles } from "@/shared/api";
import type { PageOf } from "@/shared/table";

export const STAFF_SESSIONS = "/api/v1/staff-sessions";

const LOOKED_AT = 50;
const AGAIN_AFTER = 30_000;

export function isOpen(session: Pick<StaffSession, "ended_at" | "ends_at">, now = Date.now()): boolean {
  return !session.ended_at && Date.parse(session.ends_at) > now;
}

/** The staff session that the acting seat has open: while there is one, everything it reads is on record. */
export function useOpenStaffSession(): StaffSession | undefined {
  const seat = currentSeat();
  const isAdmin = useRoles().has("site_admin");
  const query = { order: "-started", limit: LOOKED_AT };
  const found = useQuery({
    queryKey: [...keys.list(STAFF_SESSIONS, query), "open"],
    queryFn: ({ signal }) => request<PageOf<StaffSession>>("GET", STAFF_SESSIONS, { query, signal }),
    enabled: isAdmin && seat !== null,
    refetchInterval: AGAIN_AFTER,
    retry: false,
  });
  return found.data?.items.find((one) => one.seat_id === seat && isOpen(one));
}
