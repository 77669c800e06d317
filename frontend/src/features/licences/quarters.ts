import type { FiledMonth } from "@/shared/api";

export interface Quarter {
  quarter: string;
  months: FiledMonth[];
  /** Whether it ended before today: only then its months lack, as on the home page. */
  isOver: boolean;
}

function quarterOf(month: string): string {
  return `${month.slice(0, 4)}Q${Math.ceil(Number(month.slice(5, 7)) / 3)}`;
}

/** Months, the latest first, by the quarters they belong to; within a quarter in their order. */
export function quartersOf(rows: readonly FiledMonth[], today: string): Quarter[] {
  const found = new Map<string, FiledMonth[]>();
  for (const row of rows) {
    const quarter = quarterOf(row.month);
    found.set(quarter, [row, ...(found.get(quarter) ?? [])]);
  }
  return [...found].map(([quarter, months]) => ({ quarter, months, isOver: quarter < quarterOf(today) }));
}
