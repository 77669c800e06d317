import { useQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useState } from "react";
import { keys, type ProgrammeTotals, request, type TotalsRow } from "@/shared/api";
import { Amount } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { FigureTable, royaltyTexts, Together, useCloseNames } from "@/shared/royalties";
import { Empty, Failure, Notice, Panel, Skeleton } from "@/shared/ui";
import styles from "./programmes.module.css";
import { PATH } from "./queries.ts";
import { texts } from "./totals/texts.ts";

const LAYOUTS = ["period", "product", "country"] as const;
type Layout = (typeof LAYOUTS)[number];

/** Who may be told a programme's totals; what of them, the server says. */
export const TOLD_TOTALS = ["finance", "secretariat", "authority", "member_admin", "member_finance"] as const;

/** What the posted closes of a programme came to, as far as its reader may know it. */
export function Totals({ programme }: { programme: string }) {
  const t = useTexts(texts);
  const [by, setBy] = useState<Layout>("period");
  const found = useQuery({
    queryKey: keys.part(PATH, programme, "totals", { by }),
    queryFn: ({ signal }) =>
      request<ProgrammeTotals>("GET", `${PATH}/${programme}/totals`, { query: { by }, signal }),
    staleTime: 60_000,
  });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  return (
    <Panel
      title={t("title")}
      note={found.data && (found.data.exact ? t("note.exact") : t("note", { ...found.data.rule }))}
      extra={
        <Segmented<Layout>
          aria-label={t("by")}
          value={by}
          onChange={setBy}
          options={LAYOUTS.map((layout) => ({ value: layout, label: t(`by.${layout}`) }))}
        />
      }
    >
      {found.data === undefined ? <Skeleton height={160} /> : <Told totals={found.data} by={by} />}
    </Panel>
  );
}

function Told({ totals, by }: { totals: ProgrammeTotals; by: Layout }) {
  const t = useTexts(texts);
  const r = useTexts(royaltyTexts);
  const { rows, waiting, currency } = totals;
  if (rows.length === 0 && waiting === null) return <Empty title={t("empty")}>{t("empty.text")}</Empty>;
  const areMonthsApart = by !== "period";
  return (
    <>
      {waiting && (
        <Notice>
          <strong>{t("waiting", { periods: waiting.periods.join(r("separator")) })}</strong>{" "}
          {t(`waiting.${waiting.reason}`)}
        </Notice>
      )}
      {rows.length > 0 && (
        <FigureTable label={t("title")}>
          <thead>
            <tr>
              <th scope="col">{t(`by.${by}`)}</th>
              {areMonthsApart && (
                <th scope="col" data-wide>
                  {t("months")}
                </th>
              )}
              <th scope="col" data-numeric>
                {t("amount")}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.labels.join("\n")} ${row.first_month}`}>
                <th scope="row">
                  <Labels row={row} by={by} />
                  {areMonthsApart && <div className={styles.narrow}>{monthsOf(row)}</div>}
                  {row.corrected.length > 0 && row.labels.length > 0 && (
                    <div className={styles.small}>
                      {t("corrected", { periods: row.corrected.join(r("separator")) })}
                    </div>
                  )}
                </th>
                {areMonthsApart && <td data-wide>{monthsOf(row)}</td>}
                <td data-numeric>
                  <Amount minor={row.amount_minor} currency={currency} />
                </td>
              </tr>
            ))}
          </tbody>
          {totals.total_minor !== null && (
            <tfoot>
              <tr data-total>
                <th scope="row">{t("total")}</th>
                {areMonthsApart && <td data-wide />}
                <td data-numeric>
                  <Amount minor={totals.total_minor} currency={currency} />
                </td>
              </tr>
            </tfoot>
          )}
        </FigureTable>
      )}
      {!totals.exact && rows.some((row) => row.labels.length > 1) && (
        <p className={styles.small}>{t("together.note")}</p>
      )}
    </>
  );
}

function Labels({ row, by }: { row: TotalsRow; by: Layout }) {
  const t = useTexts(texts);
  const r = useTexts(royaltyTexts);
  const names = useCloseNames();
  if (row.labels.length === 0) {
    return t("corrected.only", { periods: row.corrected.join(r("separator")) });
  }
  const name = { period: (label: string) => label, product: names.product, country: names.country }[by];
  return <Together names={row.labels.map(name)} />;
}

function monthsOf(row: TotalsRow): string {
  return row.first_month === row.last_month ? row.first_month : `${row.first_month} – ${row.last_month}`;
}
