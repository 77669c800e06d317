import type { Column, Filter, View } from "./types.ts";

export type Search = Record<string, string | undefined>;

/** Reads a list's view out of the address; what it does not know stays out. */
export function viewOf(search: Search, filters: readonly Filter[], defaultOrder: string): View {
  const given = filters.flatMap(({ name }) => {
    const value = search[name];
    return value ? [[name, value] as const] : [];
  });
  return {
    order: search.order || defaultOrder,
    filters: Object.fromEntries(given),
    columns: search.columns ? search.columns.split(",").filter(Boolean) : null,
  };
}

/** Writes a view into the address; what is as usual is left out, so that addresses stay short. */
export function searchOf(
  view: View,
  before: Search,
  filters: readonly Filter[],
  defaultOrder: string,
): Search {
  const after: Search = { ...before };
  for (const { name } of filters) after[name] = view.filters[name] || undefined;
  after.order = view.order === defaultOrder ? undefined : view.order;
  after.columns = view.columns === null ? undefined : view.columns.join(",");
  return after;
}

export function shownColumns<Row>(
  columns: readonly Column<Row>[],
  chosen: readonly string[] | null,
): Column<Row>[] {
  return columns.filter(
    (column) => column.main || (chosen === null ? !column.extra : chosen.includes(column.key)),
  );
}

/** The order after a click on a column's head: upwards, then downwards, then upwards again. */
export function nextOrder(present: string, name: string): string {
  return present === name ? `-${name}` : name;
}

/** The query of a saved view: the address without its question mark, in a fixed order. */
export function queryText(view: View, filters: readonly Filter[], defaultOrder: string): string {
  const search = searchOf(view, {}, filters, defaultOrder);
  const given = Object.entries(search).filter((pair): pair is [string, string] => Boolean(pair[1]));
  given.sort(([one], [other]) => one.localeCompare(other));
  return new URLSearchParams(given).toString();
}
