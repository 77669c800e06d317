import { pageOf } from "@/shared/subjects";

/** The home page as the server tells it; words are keys, values go into them. */
export interface Waiting {
  id: string;
  kind: string;
  subject_type: string;
  subject_id: string;
  title: string;
  detail: Record<string, unknown>;
  since: string | null;
  due_on: string | null;
  severity: "fine" | "attention" | "overdue";
  step: string | null;
}

export interface Changed {
  at: string;
  text_key: string;
  values: Record<string, unknown>;
  subject_type: string;
  subject_id: string;
}

export interface Figure {
  key: string;
  value: number;
  unit: string;
  previous: number | null;
  link: string | null;
  due_on: string | null;
  values: Record<string, unknown>;
}

export interface HomeDocument {
  waiting: Waiting[];
  changed: Changed[];
  figures: Figure[];
  since: string;
}

const RANK = { overdue: 0, attention: 1, fine: 2 };

/** What is most pressing first: the overdue, then what is due soonest, then what has waited longest. */
export function byUrgency(rows: readonly Waiting[]): Waiting[] {
  const day = (row: Waiting) => row.due_on ?? "9999-12-31";
  return [...rows].sort(
    (one, other) =>
      RANK[one.severity] - RANK[other.severity] ||
      day(one).localeCompare(day(other)) ||
      (one.since ?? "").localeCompare(other.since ?? ""),
  );
}

export interface Address {
  to: string;
  search?: Readonly<Record<string, string>>;
}

/** Where something that waits is done, which is not always the first thing on the page of what it is about. */
export function placeOf(row: Waiting): Address | null {
  if (row.kind === "close.start") {
    return { to: "/closes", search: { start: row.subject_id, of: textOf(row.detail.period) } };
  }
  // People are confirmed where seats are kept.
  if (row.kind === "seat.confirm") return { to: "/seats" };
  if (row.kind === "report.due") return { to: "/reports" };
  const to = pageOf(row.subject_type, row.subject_id);
  const tab = TABS[row.kind];
  return to === null ? null : { to, ...(tab ? { search: { tab } } : {}) };
}

const TABS: Readonly<Record<string, string>> = {
  "charter.unsigned": "missing",
  "report.missing": "missing",
  "deadline.annuity": "annuities",
  "deadline.annuity_confirmation": "annuities",
  "opinion.to_write": "opinions",
  "opinion.to_give": "opinions",
  "opinion.to_voice": "opinions",
};

/** How much a figure grew since the last period, as a ratio; null where there is nothing to compare. */
export function growth(figure: Figure): number | null {
  return figure.previous === null || figure.previous === 0
    ? null
    : (figure.value - figure.previous) / Math.abs(figure.previous);
}

export function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
