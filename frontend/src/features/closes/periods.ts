/** Reads a period as terms write it: 2025-03, 2025Q1, 2025H1 or 2025. */
export function spanOf(period: string): { first: string; last: string; lastDay: string } | null {
  const [, year, part] = /^(\d{4})(?:-(0[1-9]|1[0-2])|(Q[1-4])|(H[12]))?$/.exec(period)
    ? splitUp(period)
    : [];
  if (year === undefined) return null;
  const [start, length] = monthsOf(part ?? "");
  const first = `${year}-${two(start)}`;
  const last = `${year}-${two(start + length - 1)}`;
  const lastDay = new Date(Date.UTC(Number(year), start + length - 1, 0)).toISOString().slice(0, 10);
  return { first, last, lastDay };
}

function splitUp(period: string): [string, string, string] {
  return [period, period.slice(0, 4), period.slice(4)];
}

function monthsOf(part: string): [number, number] {
  if (part === "") return [1, 12];
  if (part.startsWith("Q")) return [(Number(part[1]) - 1) * 3 + 1, 3];
  if (part.startsWith("H")) return [(Number(part[1]) - 1) * 6 + 1, 6];
  return [Number(part.slice(1)), 1];
}

const two = (month: number) => String(month).padStart(2, "0");

/** The months from the first to the last, both included: 2025-01, 2025-02, 2025-03. */
export function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  let [year, month] = first.split("-").map(Number) as [number, number];
  for (let at = first; at <= last; at = `${year}-${two(month)}`) {
    months.push(at);
    month += 1;
    if (month > 12) [year, month] = [year + 1, 1];
  }
  return months;
}

/** The period after one, of the same length: after 2025Q4 comes 2026Q1. */
export function nextPeriod(period: string): string {
  const year = Number(period.slice(0, 4));
  const part = period.slice(4);
  if (part === "") return String(year + 1);
  const kind = part[0] ?? "";
  const most = { Q: 4, H: 2, "-": 12 }[kind] ?? 1;
  const next = Number(part.slice(1)) + 1;
  const write = (number: number) => (kind === "-" ? `-${two(number)}` : `${kind}${number}`);
  return next > most ? `${year + 1}${write(1)}` : `${year}${write(next)}`;
}
