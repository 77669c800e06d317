export { Chart, type ChartTable, Numbers } from "./Chart.tsx";
export { axisStart, barsOption, columnsOption, heightOf, spansOf, waterfallOption } from "./options.ts";
export { tilesHeight, tilesOption } from "./tiles.ts";
export type { Bar, Look, Step } from "./types.ts";
