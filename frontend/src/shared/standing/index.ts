export { MembershipMark, useStanding } from "./Mark.tsx";
export { STATES } from "./standings.ts";
