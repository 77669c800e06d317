import type { AmountPart } from "@/shared/api";

export interface Change {
  part: AmountPart;
  now: number;
  before: number;
  change: number;
}

/** Whose money it is: what is withheld from a member is still the member's. */
export function memberOf(payee: string): string {
  return payee.startsWith("~held:") ? payee.slice("~held:".length) : payee;
}

/** What each payee got last time and gets now, what is withheld counted with its member; the largest change first. */
export function changesOf(now: readonly AmountPart[], before: readonly AmountPart[]): Change[] {
  const all = new Map<string, Change>();
  const add = (part: AmountPart, when: "now" | "before") => {
    const key = memberOf(part.key);
    const row = all.get(key) ?? { part, now: 0, before: 0, change: 0 };
    row[when] += part.amount_minor ?? 0;
    all.set(key, row);
  };
  for (const part of now) add(part, "now");
  for (const part of before) add(part, "before");
  return [...all.values()]
    .map((row) => ({ ...row, change: row.now - row.before }))
    .sort((one, other) => Math.abs(other.change) - Math.abs(one.change));
}
