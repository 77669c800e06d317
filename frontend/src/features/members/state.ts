/** The steps that lead on in the usual course: the first of these that is allowed is what one came to do. */
const USUAL = ["review", "admission", "resumption"];

/** Sorts what may be done into the one next step and the rest, for which one looks. */
export function sorted(steps: readonly string[]): { next: string | undefined; rest: string[] } {
  const next = USUAL.find((step) => steps.includes(step));
  return { next, rest: steps.filter((step) => step !== next) };
}

/** The steps that need a reason. */
export const REASONED: ReadonlySet<string> = new Set(["refusal", "suspension", "resumption", "expulsion"]);

/** The steps that shares in royalties follow. */
export const SHARING: ReadonlySet<string> = new Set([
  "admission",
  "suspension",
  "resumption",
  "departure",
  "expulsion",
]);

/** How many days ahead a member itself may leave where its alliance's rules say nothing else, as the server has it. */
export const USUAL_NOTICE = 366;

/** The steps that cannot be taken back, or that take something away. */
export const GRAVE: ReadonlySet<string> = new Set([
  "refusal",
  "suspension",
  "departure",
  "expulsion",
  "withdrawal",
]);
