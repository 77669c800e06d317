import type { Membership } from "@/shared/api";
import type { Standing } from "@/shared/ui";

type MembershipState = NonNullable<Membership["state"]>;

/** How each state of a membership is marked. */
const STANDINGS: Record<string, Standing> = {
  applied: "attention",
  under_review: "attention",
  admitted: "fine",
  suspended: "overdue",
  left: "closed",
  expelled: "closed",
  refused: "closed",
  withdrawn: "closed",
};

export const STATES = Object.keys(STANDINGS) as MembershipState[];

export function standingOf(state: string): Standing {
  return STANDINGS[state] ?? "attention";
}
