import { newKey } from "./idempotency.ts";

/** What this tab calls itself towards the server, so that it is not told of its own changes as of somebody else's. */
export const TAB = newKey();
