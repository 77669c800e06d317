import { Button, Dropdown, Segmented } from "antd";
import { useEffect, useId, useRef, useState } from "react";
import { useLanguage, useTexts } from "@/shared/i18n";
import { BarChartOutlined, DownloadOutlined, TableOutlined } from "@/shared/ui/icons";
import { Skeleton } from "@/shared/ui/States";
import styles from "./charts.module.css";
import { csvText, keepFile } from "./files.ts";
import { useLook } from "./look.ts";
import { EXPORT_WIDTH } from "./options.ts";
import { texts } from "./texts.ts";
import type { Look, Option } from "./types.ts";

export interface ChartColumn {
  title: string;
  numeric?: boolean;
}

export interface ChartTable {
  columns: readonly ChartColumn[];
  rows: readonly (readonly string[])[];
}

interface ChartProps {
  /** What the chart shows to whoever has one second: a sentence. */
  finding: string;
  /** What is drawn, of what, in which unit. */
  about: string;
  option: (look: Look) => Option;
  height: number;
  /** The same as numbers, for those who read, hear or copy them. */
  table: ChartTable;
  /** What the files are called. */
  file: string;
  onPick?: (place: number) => void;
}

/** A chart whose title says the finding, with the same as a table, to be kept as PNG, SVG or CSV. */
export function Chart({ finding, about, option, height, table, file, onPick }: ChartProps) {
  const t = useTexts(texts);
  const look = useLook();
  const [isTable, setTable] = useState(false);
  const title = useId();
  const save = async (kind: "png" | "svg" | "csv") => {
    if (kind === "csv") {
      keepFile(new Blob([csvText(table)], { type: "text/csv;charset=utf-8" }), `${file}.csv`);
      return;
    }
    const { init } = await import("./echarts.ts");
    const size = { width: EXPORT_WIDTH, height: height + 16 };
    if (kind === "svg") {
      const drawn = init(null, null, { renderer: "svg", ssr: true, ...size });
      drawn.setOption({ ...option(look), animation: false, backgroundColor: look.surface });
      keepFile(new Blob([drawn.renderToSVGString()], { type: "image/svg+xml" }), `${file}.svg`);
      drawn.dispose();
      return;
    }
    const canvas = document.createElement("canvas");
    const drawn = init(canvas, null, { renderer: "canvas", devicePixelRatio: 2, ...size });
    drawn.setOption({ ...option(look), animation: false, backgroundColor: look.surface });
    drawn.getZr().flush();
    canvas.toBlob((blob) => {
      if (blob) keepFile(blob, `${file}.png`);
      drawn.dispose();
    });
  };
  return (
    <section className={styles.chart} aria-labelledby={title}>
      <div className={styles.head}>
        <div className={styles.headText}>
          <h2 id={title}>{finding}</h2>
          <p>{about}</p>
        </div>
        <div className={styles.tools}>
          <Segmented
            size="small"
            aria-label={t("view")}
            value={isTable ? "table" : "chart"}
            onChange={(chosen) => setTable(chosen === "table")}
            options={[
              { value: "chart", label: t("chart"), icon: <BarChartOutlined aria-hidden /> },
              { value: "table", label: t("table"), icon: <TableOutlined aria-hidden /> },
            ]}
          />
          <Dropdown
            trigger={["click"]}
            placement="bottomRight"
            menu={{
              items: [
                { key: "png", label: t("save.png") },
                { key: "svg", label: t("save.svg") },
                { key: "csv", label: t("save.csv") },
              ],
              onClick: ({ key }) => void save(key as "png" | "svg" | "csv"),
            }}
          >
            <Button
              size="small"
              type="text"
              icon={<DownloadOutlined />}
              aria-label={t("save", { title: finding })}
            />
          </Dropdown>
        </div>
      </div>
      {isTable ? (
        <Numbers table={table} caption={finding} />
      ) : (
        <Drawing option={option(look)} height={height} label={finding} {...(onPick ? { onPick } : {})} />
      )}
    </section>
  );
}

/** Below this width, in pixels, names take less room. */
const NARROW = 480;

interface DrawingProps {
  option: Option;
  height: number;
  label: string;
  onPick?: (place: number) => void;
}

type Drawn = ReturnType<typeof import("./echarts.ts").init>;

function Drawing({ option, height, label, onPick }: DrawingProps) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const [isReady, setReady] = useState(false);
  const [isNarrow, setNarrow] = useState(false);
  const language = useLanguage();
  useEffect(() => {
    let gone = false;
    let watch: ResizeObserver | undefined;
    void import("./echarts.ts").then(({ init }) => {
      if (gone || place.current === null) return;
      const made = init(place.current, null, { renderer: "canvas" });
      drawn.current = made;
      watch = new ResizeObserver(() => {
        made.resize();
        setNarrow(made.getWidth() < NARROW);
      });
      watch.observe(place.current);
      setNarrow(made.getWidth() < NARROW);
      setReady(true);
    });
    return () => {
      gone = true;
      watch?.disconnect();
      drawn.current?.dispose();
      drawn.current = null;
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: numbers are written anew in another language
  useEffect(() => {
    if (!isReady) return;
    const fitting = isNarrow ? narrowed(option) : option;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    drawn.current?.setOption(isStill ? { ...fitting, animation: false } : fitting, true);
  }, [option, isNarrow, isReady, language]);
  useEffect(() => {
    const made = drawn.current;
    if (!isReady || made === null || onPick === undefined) return undefined;
    const pick = (event: unknown) => onPick((event as { dataIndex: number }).dataIndex);
    made.on("click", pick);
    return () => void made.off("click", pick);
  }, [isReady, onPick]);
  return (
    <div className={styles.drawing} style={{ height }}>
      <div ref={place} role="img" aria-label={label} style={{ height }} />
      {!isReady && (
        <div className={styles.waiting}>
          <Skeleton height={height - 48} />
        </div>
      )}
    </div>
  );
}

/** On a phone names take less room, so that the bars have some. */
function narrowed(option: Option): Option {
  const grid = option.grid as object;
  const axis = option.yAxis as { type: string; axisLabel: object };
  if (axis.type !== "category") return option;
  return {
    ...option,
    grid: { ...grid, left: 96, right: 128 },
    yAxis: { ...axis, axisLabel: { ...axis.axisLabel, width: 88 } },
  };
}

export function Numbers({ table, caption }: { table: ChartTable; caption: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className={styles.numbers} tabIndex={0} role="group" aria-label={caption}>
      <table>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column.title} scope="col" data-numeric={column.numeric || undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row.join(" ")}>
              {row.map((cell, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other name than their place
                <td key={place} data-numeric={table.columns[place]?.numeric || undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
