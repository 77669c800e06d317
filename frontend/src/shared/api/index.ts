export {
  addressOf,
  api,
  csrfToken,
  fetchOrProblem,
  houseHeaders,
  type RequestOptions,
  request,
  take,
  takeVersion,
  whenSignedOut,
} from "./client.ts";
export { Intention, newKey, useIntention, useOnce } from "./idempotency.ts";
export { useKept } from "./keeping.ts";
export { keys } from "./keys.ts";
export { type Me, useMe, useRoles } from "./me.ts";
export {
  asProblem,
  type FieldProblem,
  Problem,
  pathOf,
  type RejectedCell,
  sortedErrors,
} from "./problems.ts";
export type * from "./schema";
export { actInSeat, currentSeat, useSeat } from "./seat.ts";
export { TAB } from "./tab.ts";
