import type { ChartTable } from "./Chart.tsx";

/** Writes a table as CSV. What a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvText(table: ChartTable): string {
  const lines = [table.columns.map((column) => column.title), ...table.rows];
  const text = lines
    .map((line) => line.map((cell, place) => cellText(cell, table, place)).join(","))
    .join("\r\n");
  return `\uFEFF${text}\r\n`;
}

function cellText(cell: string, table: ChartTable, place: number): string {
  const plain = table.columns[place]?.numeric ? cell.replaceAll(",", "").replace("−", "-") : cell;
  const isNumber = /^[+-]?\d+(\.\d+)?%?$/.test(plain);
  const safe = !isNumber && /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function keepFile(contents: Blob, name: string): void {
  const address = URL.createObjectURL(contents);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
