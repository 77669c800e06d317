import { Link } from "@tanstack/react-router";
import { Button, Checkbox, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useLanguage, useTexts } from "@/shared/i18n";
import { CaretDownOutlined, CaretUpOutlined } from "@/shared/ui/icons";
import { Skeleton } from "@/shared/ui/States";
import styles from "./table.module.css";
import { texts } from "./texts.ts";
import type { BulkAction, Column } from "./types.ts";
import { nextOrder } from "./view.ts";

interface HeadProps<Row> {
  column: Column<Row>;
  order: string;
  onOrder: (order: string) => void;
}

/** A column's heading, by which its list is ordered where the server can. */
export function Head<Row>({ column, order, onOrder }: HeadProps<Row>) {
  const t = useTexts(texts);
  const name = column.order;
  const direction = order === name ? "ascending" : order === `-${name}` ? "descending" : undefined;
  return (
    <th
      scope="col"
      aria-sort={direction}
      className={column.numeric ? styles.numeric : undefined}
      style={{ width: column.width }}
    >
      {name === undefined ? (
        column.title
      ) : (
        <Tooltip title={t("sort.by", { title: column.title })} mouseEnterDelay={0.6}>
          <button type="button" className={styles.sort} onClick={() => onOrder(nextOrder(order, name))}>
            {column.title}
            <span className={styles.sortMark} data-on={direction !== undefined || undefined}>
              {direction === "descending" ? (
                <CaretDownOutlined aria-hidden />
              ) : (
                <CaretUpOutlined aria-hidden />
              )}
            </span>
          </button>
        </Tooltip>
      )}
    </th>
  );
}

interface RowLineProps<Row extends { id: string }> {
  row: Row;
  columns: readonly Column<Row>[];
  selectable: boolean;
  isSelected: boolean;
  hasChanged: boolean;
  nameOf: (row: Row) => string;
  address?: string;
  onSelect: (on: boolean) => void;
}

/** One row: chosen or not, marked where it changed elsewhere. */
export function RowLine<Row extends { id: string }>(props: RowLineProps<Row>) {
  const { row, columns, selectable, isSelected, hasChanged, nameOf, address, onSelect } = props;
  const t = useTexts(texts);
  return (
    <tr data-selected={isSelected || undefined} data-changed={hasChanged || undefined}>
      {selectable && (
        <td className={styles.check}>
          <Checkbox
            aria-label={t("select.row", { name: nameOf(row) })}
            checked={isSelected}
            onChange={(event) => onSelect(event.target.checked)}
          />
        </td>
      )}
      {columns.map((column) => (
        <td
          key={column.key}
          data-label={column.title}
          className={[column.numeric ? styles.numeric : "", column.main ? styles.main : ""].join(" ")}
        >
          {column.main && address !== undefined ? (
            <Link to={address} className={styles.rowLink} data-row-link>
              {column.render(row)}
            </Link>
          ) : (
            // As one item, which on a phone stands beside its label.
            <div>{column.render(row)}</div>
          )}
          {column.main && hasChanged && <span className={styles.changed}>{t("changed.row")}</span>}
        </td>
      ))}
    </tr>
  );
}

interface BulkBarProps<Row> {
  rows: readonly Row[];
  actions: readonly BulkAction<Row>[];
  onClear: () => void;
  onDone: () => void;
}

/** What can be done with the chosen rows: with how many, and why not with the others. */
export function BulkBar<Row>({ rows, actions, onClear, onDone }: BulkBarProps<Row>) {
  const t = useTexts(texts);
  return (
    <div className={styles.bulk} role="status">
      <span>{t("select.count", { count: rows.length })}</span>
      {actions.map((action) => {
        const able = rows.filter((row) => action.refusal?.(row) === undefined);
        const reasons = [...new Set(rows.flatMap((row) => action.refusal?.(row) ?? []))];
        const button = (
          <Button
            size="small"
            danger={action.danger ?? false}
            disabled={able.length === 0}
            onClick={() => void Promise.resolve(action.run(able)).then(onClear).then(onDone)}
          >
            {action.label} ({able.length})
          </Button>
        );
        return (
          <span key={action.key} className={styles.bulkAction}>
            {button}
            {able.length < rows.length && (
              <span className={styles.bulkWhy}>
                {t("select.some", {
                  able: able.length,
                  refused: rows.length - able.length,
                  why: reasons.join(" "),
                })}
              </span>
            )}
          </span>
        );
      })}
      <Button size="small" type="text" onClick={onClear}>
        {t("select.clear")}
      </Button>
    </div>
  );
}

interface FootProps {
  shown: number;
  total: number;
  isExact: boolean;
  isCounting: boolean;
  isPending: boolean;
  onCount: () => void;
  more: ReactNode;
}

/** How many rows there are, as far as that is known. */
export function Foot({ shown, total, isExact, isCounting, isPending, onCount, more }: FootProps) {
  const t = useTexts(texts);
  const language = useLanguage();
  if (isPending) {
    return (
      <div className={styles.foot}>
        <Skeleton width={80} />
      </div>
    );
  }
  if (total === 0) return null;
  return (
    <div className={styles.foot}>
      <span>
        {isExact
          ? t("rows", { count: total, formatParams: { count: { lng: language } } })
          : t("rows.many", { count: total })}
        {shown < total && <> · {t("rows.shown", { shown: shown.toLocaleString(language) })}</>}
      </span>
      {!isExact && !isCounting && (
        <Button size="small" type="link" onClick={onCount}>
          {t("rows.count")}
        </Button>
      )}
      {more}
    </div>
  );
}
