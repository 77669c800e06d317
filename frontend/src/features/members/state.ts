import type { Membership } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import type { Standing } from "@/shared/ui";

export type MembershipState = "active" | "coming" | "left";

/** Where a membership stands on a day; the last day is the day before the first day out. */
export function stateOf(
  row: Pick<Membership, "enters_on" | "leaves_on">,
  today = todayHere(),
): MembershipState {
  if (row.leaves_on && row.leaves_on <= today) return "left";
  return row.enters_on && row.enters_on > today ? "coming" : "active";
}

export const STANDING: Record<MembershipState, Standing> = {
  active: "fine",
  coming: "attention",
  left: "closed",
};
