import type { ReactNode } from "react";

export interface Column<Row> {
  key: string;
  title: string;
  render: (row: Row) => ReactNode;
  /** The name by which the server orders by this column. */
  order?: string;
  /** Numbers stand at the right. */
  numeric?: boolean;
  /** Shown only when chosen. */
  extra?: boolean;
  /** What the row is: always shown, links to the object, and heads the card on a phone. */
  main?: boolean;
  width?: number | string;
}

export interface Choice {
  value: string;
  label: string;
}

export interface Filter {
  /** The parameter of the address, here and at the server. */
  name: string;
  label: string;
  /** What can be chosen; without choices, text is typed. */
  choices?: readonly Choice[];
  kind?: "choice" | "text" | "day";
}

export interface PageOf<Row> {
  items: Row[];
  next: string | null;
  total: number;
  total_is_exact: boolean;
}

export interface BulkAction<Row> {
  key: string;
  label: string;
  danger?: boolean;
  /** Says why it cannot be done with a row; nothing where it can. */
  refusal?: (row: Row) => string | undefined;
  run: (rows: readonly Row[]) => Promise<void> | void;
}

/** Everything of a list that stands in the address bar. */
export interface View {
  order: string;
  filters: Readonly<Record<string, string>>;
  columns: readonly string[] | null;
}
