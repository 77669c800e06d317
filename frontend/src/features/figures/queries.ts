export const FIGURES = "/api/v1/figures";
export const MEASURES = ["billed", "received", "distributed"] as const;
export type Measure = (typeof MEASURES)[number];
