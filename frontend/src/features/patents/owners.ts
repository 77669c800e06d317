interface Span {
  from_on?: string | null;
  to_on?: string | null;
}

/** Tells whether somebody owns a patent on a day: from the first day on, and on the last day no longer. */
export function ownsOn(day: string, { from_on, to_on }: Span): boolean {
  return (!from_on || from_on <= day) && (!to_on || to_on > day);
}

/** Tells whether somebody owned a patent before a day, and does not own it any more. */
export function ownedBefore(day: string, { to_on }: Span): boolean {
  return Boolean(to_on) && (to_on ?? "") <= day;
}
