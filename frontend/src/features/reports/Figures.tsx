import type { UseQueryResult } from "@tanstack/react-query";
import { Button } from "antd";
import type { ProductDifference, ReportLines, Totals } from "@/shared/api";
import { Figure } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { FigureTable, plainDecimal } from "@/shared/royalties";
import { Failure, Notice, Panel, Skeleton } from "@/shared/ui";
import { Head } from "./Head.tsx";
import styles from "./reports.module.css";
import { texts } from "./texts.ts";

/** What lines come to by product, country and month. */
export function TotalsTables({ totals }: { totals: Totals }) {
  const t = useTexts(texts);
  return (
    <>
      {(["product", "country", "month"] as const).map((name) => {
        const rows = totals[`by_${name}`];
        const count = totals.counts[name] ?? 0;
        return (
          <Panel
            key={name}
            title={t(`totals.${name}`)}
            note={count > rows.length ? t("totals.more", { shown: rows.length, count }) : undefined}
            flush
          >
            <FigureTable label={t(`totals.${name}`)}>
              <Head
                labels={[
                  t(name === "country" ? "sold_in" : name),
                  t("units"),
                  t("net_amount"),
                  t("currency"),
                ]}
                numeric={[1, 2]}
              />
              <tbody>
                {rows.map((row) => (
                  <tr key={`${row.key} ${row.currency}`}>
                    <th scope="row">{row.key}</th>
                    <td data-numeric>
                      <Figure value={row.units} />
                    </td>
                    <td data-numeric>
                      <Net amount={row.net_amount} />
                    </td>
                    <td>{row.currency}</td>
                  </tr>
                ))}
              </tbody>
            </FigureTable>
          </Panel>
        );
      })}
    </>
  );
}

interface Compared {
  before_id: string | null;
  differences: readonly ProductDifference[];
}

/** What changed of the products of the report before. */
export function Differences({ figures }: { figures: Compared }) {
  const t = useTexts(texts);
  if (figures.before_id === null) return <Notice>{t("differences.none")}</Notice>;
  return (
    <Panel title={t("differences")} flush>
      <FigureTable label={t("differences")}>
        <Head
          labels={[
            t("product"),
            t("currency"),
            `${t("units")} (${t("before")})`,
            `${t("units")} (${t("now")})`,
            `${t("net_amount")} (${t("before")})`,
            `${t("net_amount")} (${t("now")})`,
          ]}
          numeric={[2, 3, 4, 5]}
        />
        <tbody>
          {figures.differences.map((row) => (
            <tr key={`${row.product} ${row.currency}`}>
              <th scope="row">{row.product}</th>
              <td>{row.currency}</td>
              <td data-numeric>
                <Figure value={row.units_before} />
              </td>
              <td data-numeric>
                <Figure value={row.units} />
              </td>
              <td data-numeric>
                <Net amount={row.net_amount_before} />
              </td>
              <td data-numeric>
                <Net amount={row.net_amount} />
              </td>
            </tr>
          ))}
        </tbody>
      </FigureTable>
    </Panel>
  );
}

const COLUMNS = ["month", "product", "made_in", "sold_in", "units", "net_amount", "currency"] as const;
const DETAILS = ["brand_or_customer", "model", "first_sold_in", "exclusion_code", "evidence"] as const;
const AT_ONCE = 200;

interface LinesProps {
  /** So many lines come before those that are shown. */
  skip: number;
  onSkip: (skip: number) => void;
  found: UseQueryResult<ReportLines>;
}

/** The lines of a report or a draft, so many at once. */
export function Lines({ skip, onSkip, found }: LinesProps) {
  const t = useTexts(texts);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  const { lines, count } = found.data;
  const details = DETAILS.filter((name) => lines.some((line) => line[name]));
  return (
    <Panel
      title={t("lines.title")}
      extra={
        count > AT_ONCE && (
          <span className={styles.row}>
            <Button size="small" disabled={skip === 0} onClick={() => onSkip(skip - AT_ONCE)}>
              ←
            </Button>
            {skip + 1} – {Math.min(skip + AT_ONCE, count)} / {count}
            <Button size="small" disabled={skip + AT_ONCE >= count} onClick={() => onSkip(skip + AT_ONCE)}>
              →
            </Button>
          </span>
        )
      }
      flush
    >
      <FigureTable label={t("lines.title")}>
        <Head labels={["#", ...[...COLUMNS, ...details].map((name) => t(name))]} />
        <tbody>
          {lines.map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place alone
            <tr key={skip + at}>
              <td>
                <Figure value={skip + at + 1} />
              </td>
              {[...COLUMNS, ...details].map((name) => (
                <td key={name}>
                  {name === "net_amount" ? (
                    <Net amount={line.net_amount} />
                  ) : name === "units" ? (
                    <Figure value={line.units} />
                  ) : (
                    line[name]
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </FigureTable>
    </Panel>
  );
}

/** An exact decimal without the zeros at its end. */
function Net({ amount }: { amount: string | null }) {
  if (amount === null) return "–";
  return <Figure value={plainDecimal(amount)} />;
}
