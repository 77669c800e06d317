import type { Bar, Look, Option, Step } from "./types.ts";

const ROW = 30;
const AROUND = 44;
const LABEL_WIDTH = 168;
const LONGEST_LABEL = 24;

export function heightOf(rows: number): number {
  return rows * ROW + AROUND;
}

function shortened(text: string): string {
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text;
}

function frame(look: Look, labels: readonly string[], unit: string): Option {
  return {
    animationDuration: 300,
    textStyle: { fontFamily: look.font, color: look.ink, fontSize: 12 },
    backgroundColor: "transparent",
    grid: { left: LABEL_WIDTH, right: 128, top: 8, bottom: 34 },
    xAxis: {
      type: "value",
      name: unit,
      nameLocation: "middle",
      nameGap: 20,
      nameTextStyle: { color: look.inkSoft, fontSize: 12 },
      axisLabel: { color: look.inkSoft, fontSize: 11, hideOverlap: true, formatter: shortNumber },
      splitLine: { lineStyle: { color: look.line } },
      splitNumber: 4,
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: labels.map(shortened),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: look.line } },
      axisLabel: { color: look.ink, fontSize: 12, width: LABEL_WIDTH - 16, overflow: "truncate" },
    },
  };
}

/** Writes an axis' number shortly: 12,000,000 becomes 12M. */
function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${+(value / 1e9).toFixed(3)}G`;
  if (size >= 1e6) return `${+(value / 1e6).toFixed(3)}M`;
  if (size >= 1e3) return `${+(value / 1e3).toFixed(1)}k`;
  return String(+value.toFixed(2));
}

/** Bars from the left, the longest first, each with its amount at its end. */
export function barsOption(look: Look, bars: readonly Bar[], unit: string): Option {
  return {
    ...frame(
      look,
      bars.map((bar) => bar.label),
      unit,
    ),
    series: [
      {
        type: "bar",
        barMaxWidth: 16,
        data: bars.map((bar) => ({
          value: bar.value,
          itemStyle: {
            color: bar.apart ? look.quiet : bar.past ? look.past : look.accent,
            borderRadius: [0, 3, 3, 0],
            ...(bar.apart
              ? {
                  decal: {
                    symbol: "rect",
                    dashArrayX: [1, 0],
                    dashArrayY: [2, 3],
                    rotation: -0.8,
                    color: look.surface,
                  },
                }
              : {}),
          },
          label: {
            show: true,
            position: "right",
            color: look.ink,
            fontSize: 12,
            formatter: bar.text,
          },
        })),
      },
    ],
  };
}

/** Columns side by side in the order given, such as years, each with its amount above where there is room. */
export function columnsOption(look: Look, columns: readonly Bar[], unit: string): Option {
  return {
    animationDuration: 300,
    textStyle: { fontFamily: look.font, color: look.ink, fontSize: 12 },
    backgroundColor: "transparent",
    grid: { left: 48, right: 16, top: 28, bottom: 28 },
    xAxis: {
      type: "category",
      data: columns.map((column) => column.label),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: look.line } },
      axisLabel: { color: look.inkSoft, fontSize: 11, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      name: unit,
      nameTextStyle: { color: look.inkSoft, fontSize: 12 },
      minInterval: 1,
      axisLabel: { color: look.inkSoft, fontSize: 11, formatter: shortNumber },
      splitLine: { lineStyle: { color: look.line } },
      splitNumber: 4,
    },
    series: [
      {
        type: "bar",
        barMaxWidth: 24,
        labelLayout: { hideOverlap: true },
        data: columns.map((column) => ({
          value: column.value,
          itemStyle: { color: look.accent, borderRadius: [3, 3, 0, 0] },
          label: { show: true, position: "top", color: look.ink, fontSize: 11, formatter: column.text },
        })),
      },
    ],
  };
}

/** From one total to another, change by change; more and less are told apart by sign and place besides colour. */
export function waterfallOption(look: Look, steps: readonly Step[], unit: string, from = 0): Option {
  const spans = spansOf(steps).map(([start, end]) => [Math.max(start, from), Math.max(end, from)]);
  const around = frame(
    look,
    steps.map((step) => step.label),
    unit,
  );
  return {
    ...around,
    xAxis: { ...(around.xAxis as object), min: from },
    series: [
      {
        type: "custom",
        // From, to, and the place in the list.
        encode: { x: [0, 1], y: 2 },
        data: spans.map(([from, to], place) => [from, to, place]),
        renderItem: (
          _: unknown,
          at: {
            value: (dimension: number) => number;
            coord: (point: [number, number]) => [number, number];
            size: (point: [number, number]) => [number, number];
          },
        ) => {
          const place = at.value(2);
          const step = steps[place];
          const [x, y] = at.coord([Math.min(at.value(0), at.value(1)), place]);
          const [end] = at.coord([Math.max(at.value(0), at.value(1)), place]);
          const height = Math.min(16, at.size([0, 1])[1] * 0.6);
          const colour =
            step === undefined || step.kind === "total"
              ? look.accent
              : step.value < 0
                ? look.less
                : look.more;
          return {
            type: "group",
            children: [
              {
                type: "rect",
                shape: { x, y: y - height / 2, width: Math.max(end - x, 1.5), height, r: 2 },
                style: { fill: colour },
              },
              {
                type: "text",
                x: end + 6,
                y,
                style: {
                  text: step?.text ?? "",
                  fill: look.ink,
                  font: `12px ${look.font}`,
                  textVerticalAlign: "middle",
                },
              },
            ],
          };
        },
      },
    ],
  };
}

/** Where each step begins and ends on the axis. */
export function spansOf(steps: readonly Step[]): [number, number][] {
  let here = 0;
  return steps.map((step) => {
    const from = step.kind === "total" ? 0 : here;
    here = step.kind === "total" ? step.value : here + step.value;
    return [from, here];
  });
}

const SMALL = 0.2;

/**
 * Where the axis of a waterfall begins: at nought, or, where changes are so small beside the totals that they would
 * be hairs, shortly before them. Whoever draws it so says so.
 */
export function axisStart(steps: readonly Step[]): number {
  const ends = spansOf(steps).map(([, end]) => end);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const range = most - least;
  if (least <= 0 || range === 0 || range / most > SMALL) return 0;
  const step = 10 ** Math.floor(Math.log10(range));
  return Math.max(0, Math.floor((least - range) / step) * step);
}

export const EXPORT_WIDTH = 960;
