import type { EChartsCoreOption } from "echarts/core";

/** The colours a chart is drawn in, from the design tokens of the present theme. */
export interface Look {
  ink: string;
  inkSoft: string;
  line: string;
  surface: string;
  accent: string;
  past: string;
  more: string;
  less: string;
  quiet: string;
  font: string;
}

export type Option = EChartsCoreOption;

export interface Bar {
  key: string;
  label: string;
  /** For the length of the bar only; what is written stands in `text`, exactly. */
  value: number;
  text: string;
  /** Set apart from the others, such as what is withheld; told by its pattern besides its colour. */
  apart?: boolean;
  /** Beside what is looked at, such as an earlier period. */
  past?: boolean;
}

export interface Step {
  key: string;
  label: string;
  /** A total stands on the axis; a change goes on from where the one before ended. */
  kind: "total" | "change";
  value: number;
  text: string;
}
