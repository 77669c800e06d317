import { useQuery } from "@tanstack/react-query";
import { type Ageing as AgeingDocument, type AgeingRow, keys, request } from "@/shared/api";
import { type Bar, barsOption, Chart, heightOf } from "@/shared/charts";
import { Amount, Figure } from "@/shared/format";
import { formatMinor, minorDigits } from "@/shared/format/plain";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { Empty, Failure, Panel, Skeleton } from "@/shared/ui";
import styles from "./invoices.module.css";
import { INVOICES } from "./queries.ts";
import { texts } from "./texts/index.ts";

export const AGES = ["not_due", "to_30", "to_60", "to_90", "over_90"] as const;

const amountAt = (row: AgeingRow, age: (typeof AGES)[number]): number => row[`${age}_minor`];

/** What is open, by how long it is overdue: each currency as a chart, each licensee as a row. */
export function Ageing() {
  const t = useTexts(texts);
  const found = useQuery({
    queryKey: keys.object(INVOICES, "ageing"),
    queryFn: ({ signal }) => request<AgeingDocument>("GET", `${INVOICES}/ageing`, { signal }),
  });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={240} />;
  const { totals, licensees, on } = found.data;
  if (totals.length === 0) return <Empty title={t("ageing.none")}>{t("ageing.none.text")}</Empty>;
  return (
    <div className={styles.stack}>
      {totals.map((total) => (
        <AgeChart key={total.currency} total={total} on={on} />
      ))}
      <Panel title={t("ageing.licensees")} flush>
        <Rows rows={licensees} />
      </Panel>
    </div>
  );
}

function AgeChart({ total, on }: { total: AgeingRow; on: string }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const { currency } = total;
  const shown = (minor: number) => `${formatMinor(minor, currency, language)} ${currency}`;
  const overdue = total.total_minor - total.not_due_minor;
  const bars: Bar[] = AGES.map((age) => ({
    key: age,
    label: t(`age.${age}`),
    value: amountAt(total, age) / 10 ** minorDigits(currency),
    text: shown(amountAt(total, age)),
    past: age === "not_due",
  }));
  return (
    <Chart
      finding={
        overdue === 0
          ? t("ageing.fine", { amount: shown(total.total_minor) })
          : t("ageing.finding", { overdue: shown(overdue), amount: shown(total.total_minor) })
      }
      about={t("ageing.about", { on, currency })}
      option={(look) => barsOption(look, bars, currency)}
      height={heightOf(bars.length)}
      table={{
        columns: [{ title: t("ageing") }, { title: currency, numeric: true }],
        rows: bars.map((bar) => [bar.label, bar.text]),
      }}
      file={`ageing-${currency}-${on}`}
    />
  );
}

function Rows({ rows }: { rows: readonly AgeingRow[] }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section className={styles.scroll} aria-label={t("ageing.licensees")} tabIndex={0}>
      <table className={styles.ages}>
        <thead>
          <tr>
            <th scope="col">{t("licensee")}</th>
            <th scope="col">{t("invoices.count")}</th>
            {AGES.map((age) => (
              <th scope="col" key={age}>
                {t(`age.${age}`)}
              </th>
            ))}
            <th scope="col">{t("ageing.total")}</th>
            <th scope="col">{t("ageing.credit")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.licensee_id} ${row.currency}`}>
              <th scope="row">{organisationName(row.licensee_id, row.licensee_name)}</th>
              <td>
                <Figure value={row.invoices} />
              </td>
              {AGES.map((age) => (
                <td key={age}>
                  {amountAt(row, age) === 0 ? (
                    "–"
                  ) : (
                    <Amount minor={amountAt(row, age)} currency={row.currency} />
                  )}
                </td>
              ))}
              <td>
                <Amount minor={row.total_minor} currency={row.currency} />
              </td>
              <td>
                {row.credit_minor === 0 ? "–" : <Amount minor={row.credit_minor} currency={row.currency} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
