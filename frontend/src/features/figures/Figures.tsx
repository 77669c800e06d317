import { useSuspenseQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useState } from "react";
import { type Figures as FiguresDocument, type FiguresRow, keys, type Problem, request } from "@/shared/api";
import { type Bar, Chart, columnsOption } from "@/shared/charts";
import { Amount, Figure, formatMinor } from "@/shared/format";
import { minorDigits } from "@/shared/format/plain";
import { useLanguage, useTexts } from "@/shared/i18n";
import { DownloadMenu } from "@/shared/papers";
import { FigureTable } from "@/shared/royalties";
import { Empty, Facts, FailureLine, Page, PageTabs, Panel } from "@/shared/ui";
import styles from "./figures.module.css";
import { Lines } from "./Lines.tsx";
import { FIGURES, MEASURES, type Measure } from "./queries.ts";
import { texts } from "./texts.ts";

const AGES = ["not_due", "to_30", "to_60", "to_90", "over_90"] as const;
const FORMS = [
  { key: "pdf-zh", as: "pdf", language: "zh" },
  { key: "pdf-en", as: "pdf", language: "en" },
  { key: "xlsx", as: "xlsx" },
  { key: "csv", as: "csv" },
] as const;

/** What came and what is to come, for finance: each currency by itself. */
export function Figures() {
  const t = useTexts(texts);
  const own = useLanguage() === "en" ? "en" : "zh";
  const [problem, setProblem] = useState<Problem | null>(null);
  const found = useSuspenseQuery({
    queryKey: keys.object(FIGURES, "all"),
    queryFn: ({ signal }) => request<FiguresDocument>("GET", FIGURES, { signal }),
  });
  const told = found.data;
  const span = { from: told.first_month, to: told.last_month };
  return (
    <Page
      title={t("title")}
      subtitle={t("lead")}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        told.programmes.length > 0 && (
          <DownloadMenu
            path={`${FIGURES}/document`}
            name={`figures-${told.on}`}
            forms={FORMS.map((form) => ({ language: own, ...form, label: t(`download.${form.key}`) }))}
            onProblem={setProblem}
          />
        )
      }
    >
      {problem && <FailureLine error={problem} />}
      {told.programmes.length === 0 ? (
        <Empty title={t("none")}>{t("none.text")}</Empty>
      ) : (
        <PageTabs
          tabs={[
            { key: "overview", label: t("tab.overview"), children: <Overview told={told} /> },
            { key: "come", label: t("tab.come"), children: <ToCome told={told} /> },
            ...MEASURES.map((measure) => ({
              key: measure,
              label: t(`tab.${measure}`),
              children: <Lines measure={measure} span={span} />,
            })),
          ]}
        />
      )}
    </Page>
  );
}

function Overview({ told }: { told: FiguresDocument }) {
  return (
    <div className={styles.stack}>
      {told.currencies.map((row) => (
        <OfCurrency
          key={row.currency}
          row={row}
          on={told.on}
          programmes={told.programmes.filter((one) => one.currency === row.currency)}
        />
      ))}
    </div>
  );
}

interface CurrencyProps {
  row: FiguresRow;
  on: string;
  programmes: readonly FiguresRow[];
}

function OfCurrency({ row, on, programmes }: CurrencyProps) {
  const t = useTexts(texts);
  const language = useLanguage();
  const { currency, total } = row;
  const shown = (minor: number) => `${formatMinor(minor, currency, language)} ${currency}`;
  return (
    <section className={styles.stack} aria-label={currency}>
      <Facts
        facts={[
          ...MEASURES.map((measure) => ({
            key: measure,
            label: `${t(measure)} · ${currency}`,
            value: <Amount minor={total[`${measure}_minor`]} currency={currency} />,
            note: t("before", { amount: formatMinor(total[`before_${measure}_minor`], currency, language) }),
          })),
          {
            key: "overdue",
            label: `${t("overdue")} · ${currency}`,
            value: <Amount minor={row.overdue_minor} currency={currency} />,
            note: t("of.open", { amount: formatMinor(row.open_minor, currency, language) }),
          },
        ]}
      />
      <Months row={row} on={on} shown={shown} />
      <Panel title={t("programmes")} flush>
        <FigureTable label={`${t("programmes")} · ${currency}`} unbroken>
          <thead>
            <tr>
              <th scope="col">{t("programme")}</th>
              {MEASURES.map((measure) => (
                <th scope="col" key={measure} data-numeric>
                  {t(measure)}
                </th>
              ))}
              <th scope="col" data-numeric>
                {t("open")}
              </th>
              {AGES.slice(1).map((age) => (
                <th scope="col" key={age} data-numeric>
                  {t(`age.${age}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {programmes.map((one) => (
              <tr key={one.programme_id}>
                <th scope="row">{one.programme_code}</th>
                {MEASURES.map((measure) => (
                  <td key={measure} data-numeric>
                    <Amount minor={one.total[`${measure}_minor`]} currency={currency} />
                  </td>
                ))}
                <td data-numeric>
                  <Amount minor={one.open_minor} currency={currency} />
                </td>
                {AGES.slice(1).map((age) => (
                  <td key={age} data-numeric>
                    {one.ages[age] === 0 ? "–" : <Amount minor={one.ages[age]} currency={currency} />}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </FigureTable>
      </Panel>
    </section>
  );
}

function Months({ row, on, shown }: { row: FiguresRow; on: string; shown: (minor: number) => string }) {
  const t = useTexts(texts);
  const [measure, setMeasure] = useState<Measure>("billed");
  const { currency, months } = row;
  const columns: Bar[] = months.map((month) => ({
    key: month.month,
    label: month.month.slice(2),
    value: month[`${measure}_minor`] / 10 ** minorDigits(currency),
    text: "",
  }));
  const span = `${months[0]?.month} – ${months.at(-1)?.month}`;
  return (
    <div className={styles.months}>
      <Segmented<Measure>
        aria-label={t("what")}
        value={measure}
        onChange={setMeasure}
        options={MEASURES.map((one) => ({ value: one, label: t(one) }))}
      />
      <Chart
        finding={t(`finding.${measure}`, { span, amount: shown(row.total[`${measure}_minor`]) })}
        about={t(`about.${measure}`)}
        option={(look) => columnsOption(look, columns, currency)}
        height={240}
        table={{
          columns: [
            { title: t("month") },
            ...MEASURES.map((one) => ({ title: `${t(one)} · ${currency}`, numeric: true })),
          ],
          rows: months.map((month) => [month.month, ...MEASURES.map((one) => shown(month[`${one}_minor`]))]),
        }}
        file={`figures-${measure}-${currency}-${on}`}
      />
    </div>
  );
}

function ToCome({ told }: { told: FiguresDocument }) {
  const t = useTexts(texts);
  const due = told.programmes.flatMap((row) => row.due.map((one) => ({ ...one, row })));
  const expected = told.programmes.flatMap((row) => row.expected.map((one) => ({ ...one, row })));
  return (
    <div className={styles.stack}>
      <Panel title={t("expected")} note={expected.length === 0 ? t("expected.none") : t("expected.note")}>
        {expected.length > 0 && (
          <FigureTable label={t("expected")}>
            <thead>
              <tr>
                <th scope="col">{t("period")}</th>
                <th scope="col">{t("programme")}</th>
                <th scope="col">{t("basis")}</th>
                <th scope="col" data-numeric data-wide>
                  {t("units")}
                </th>
                <th scope="col" data-numeric>
                  {t("amount")}
                </th>
              </tr>
            </thead>
            <tbody>
              {expected.map((one) => (
                <tr key={`${one.programme_id} ${one.period} ${one.basis} ${one.amount_minor}`}>
                  <th scope="row">{one.period}</th>
                  <td>{one.programme_code}</td>
                  <td>{t(`basis.${one.basis}`)}</td>
                  <td data-numeric data-wide>
                    {one.units === null ? "–" : <Figure value={one.units} />}
                  </td>
                  <td data-numeric>
                    <Amount minor={one.amount_minor} currency={one.row.currency} />
                  </td>
                </tr>
              ))}
            </tbody>
          </FigureTable>
        )}
      </Panel>
      <Panel title={t("due")} note={due.length === 0 ? t("due.none") : t("due.note")}>
        {due.length > 0 && (
          <FigureTable label={t("due")}>
            <thead>
              <tr>
                <th scope="col">{t("month")}</th>
                <th scope="col">{t("programme")}</th>
                <th scope="col" data-numeric>
                  {t("amount")}
                </th>
              </tr>
            </thead>
            <tbody>
              {due.map((one) => (
                <tr key={`${one.row.programme_id} ${one.month}`}>
                  <th scope="row">{one.month}</th>
                  <td>{one.row.programme_code}</td>
                  <td data-numeric>
                    <Amount minor={one.due_minor} currency={one.row.currency} />
                  </td>
                </tr>
              ))}
            </tbody>
          </FigureTable>
        )}
      </Panel>
    </div>
  );
}
