import type { Licence } from "@/shared/api";
import type { Standing } from "@/shared/ui";

type State = NonNullable<Licence["state"]>;

export const STANDINGS: Record<State, Standing> = {
  draft: "closed",
  sent: "attention",
  signed: "attention",
  in_force: "fine",
  suspended: "overdue",
  expired: "closed",
  terminated: "closed",
  cancelled: "closed",
};

export const STATES = Object.keys(STANDINGS) as State[];
export const PATH = "/api/v1/licences";
export const SUBJECT = "agreements.licence";
