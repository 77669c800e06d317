/** Spreads minor units evenly over parts that add up to them; what does not divide goes to the earlier ones. */
export function spread(minor: number, count: number): number[] {
  const each = Math.floor(minor / count);
  const rest = minor - each * count;
  return Array.from({ length: count }, (_, place) => each + (place < rest ? 1 : 0));
}

/** The same day some months later, or the last one of a month that has no such day. */
export function monthsLater(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}
