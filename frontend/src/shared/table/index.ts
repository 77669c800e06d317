export { downloadFile } from "./exporting.ts";
export { ListTable, type ListTableProps } from "./ListTable.tsx";
export type { BulkAction, Choice, Column, Filter, PageOf } from "./types.ts";
