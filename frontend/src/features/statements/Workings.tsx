import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { keys, request, type Statement, type StatementWorkings, type WorkingsRow } from "@/shared/api";
import { Amount, Figure } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { FigureTable, Together, useCloseNames } from "@/shared/royalties";
import { Empty, Failure, Notice, Panel, Skeleton } from "@/shared/ui";
import { EyeInvisibleOutlined } from "@/shared/ui/icons";
import { PATH } from "./queries.ts";
import { texts } from "./workings/texts.ts";
import styles from "./workings.module.css";

const BEING_PREPARED = "being_prepared";

/** Milliseconds after which workings that are being prepared are asked for again. */
const AGAIN_AFTER = 5_000;

interface Props {
  statement: Statement;
}

/** What a statement's amount is made of, by product and country, as far as its reader may know it. */
export function Workings({ statement }: Props) {
  const t = useTexts(texts);
  const found = useQuery({
    queryKey: keys.part(PATH, statement.id, "workings"),
    queryFn: ({ signal }) =>
      request<StatementWorkings>("GET", `${PATH}/${statement.id}/workings`, { signal }),
    staleTime: 60_000,
    refetchInterval: (query) => (query.state.data?.why === BEING_PREPARED ? AGAIN_AFTER : false),
  });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={240} />;
  const workings = found.data;
  if (workings.why !== null) return <OnlyTheAmount workings={workings} />;
  if (workings.total === null) return <Empty title={t("empty")} />;
  return (
    <Panel title={t("title")} note={workings.exact ? t("note.exact") : t("note", { ...workings.rule })}>
      <Table workings={workings} total={workings.total} />
      {workings.cells.some((cell) => cell.units === null) && <p className={styles.hush}>{t("units.note")}</p>}
    </Panel>
  );
}

function OnlyTheAmount({ workings }: { workings: StatementWorkings }) {
  const t = useTexts(texts);
  const preparing = workings.why === BEING_PREPARED;
  return (
    <Panel title={t("title")}>
      <Notice kind="plain">
        <strong>{t(preparing ? "preparing.title" : "none.title")}</strong>
        <div>{preparing ? t("preparing") : t.maybe(`none.${workings.why}`)}</div>
      </Notice>
      <dl className={styles.only}>
        <dt>{t("total")}</dt>
        <dd>
          <Amount minor={workings.earned_minor} currency={workings.currency} />
        </dd>
      </dl>
    </Panel>
  );
}

function Table({ workings, total }: { workings: StatementWorkings; total: WorkingsRow }) {
  const t = useTexts(texts);
  const { currency } = workings;
  const several = workings.products.length > 1;
  const line = (row: WorkingsRow) => <Figures row={row} currency={currency} />;
  return (
    <FigureTable label={t("title")}>
      <thead>
        <tr>
          <th scope="col">{t("country")}</th>
          <th scope="col" data-numeric data-wide>
            {t("units")}
          </th>
          <th scope="col" data-numeric>
            {t("royalty")}
          </th>
          <th scope="col" data-numeric data-wide>
            {t("share")}
          </th>
          <th scope="col" data-numeric>
            {t("earned")}
          </th>
        </tr>
      </thead>
      {workings.products.map((product) => {
        const cells = workings.cells.filter((cell) => same(cell.products, product.products));
        return (
          <Section key={product.products.join("\n")} heading={<Products row={product} />}>
            {cells.map((cell) => (
              <tr key={cell.countries.join("\n")}>
                <th scope="row">
                  <Countries row={cell} />
                </th>
                {line(cell)}
              </tr>
            ))}
            {several && cells.length > 1 && (
              <tr data-sum>
                <th scope="row">{t("all")}</th>
                {line(product)}
              </tr>
            )}
          </Section>
        );
      })}
      {several && workings.countries.length > 1 && (
        <Section heading={t("all.products")}>
          {workings.countries.map((country) => (
            <tr key={country.countries.join("\n")}>
              <th scope="row">
                <Countries row={country} />
              </th>
              {line(country)}
            </tr>
          ))}
        </Section>
      )}
      <tfoot>
        {workings.untold_minor !== null && (
          <tr>
            <th scope="row">
              <Hidden /> {t("untold")}
            </th>
            <td data-wide />
            <td />
            <td data-wide />
            <td data-numeric>
              <Amount minor={workings.untold_minor} currency={currency} />
            </td>
          </tr>
        )}
        <tr data-total>
          <th scope="row">
            {t("total")}
            <div className={styles.hush}>{t("total.note")}</div>
          </th>
          {line(total)}
        </tr>
      </tfoot>
    </FigureTable>
  );
}

function Section({ heading, children }: { heading: ReactNode; children: ReactNode }) {
  return (
    <tbody>
      <tr data-heading>
        <th scope="rowgroup" colSpan={5}>
          {heading}
        </th>
      </tr>
      {children}
    </tbody>
  );
}

/** The figures of a line; on a phone units and share stand below what they are of. */
function Figures({ row, currency }: { row: WorkingsRow; currency: string }) {
  const t = useTexts(texts);
  const share = row.share_percent === null ? null : `${row.share_percent}%`;
  return (
    <>
      <td data-numeric data-wide>
        {row.units === null ? "–" : <Figure value={row.units} />}
      </td>
      <td data-numeric>
        <Amount minor={row.royalty_minor} currency={currency} />
        {row.units !== null && (
          <div className={styles.narrow}>
            {t("units")} <Figure value={row.units} />
          </div>
        )}
      </td>
      <td data-numeric data-wide>
        {share ?? "–"}
      </td>
      <td data-numeric>
        {row.earned_minor !== null ? (
          <>
            <Amount minor={row.earned_minor} currency={currency} />
            {share !== null && <div className={styles.narrow}>{share}</div>}
          </>
        ) : (
          <>
            <span className={styles.withheld}>
              <Hidden /> {t("withheld")}
            </span>
            {row.why !== null && <div className={styles.why}>{t.maybe(`why.${row.why}`)}</div>}
          </>
        )}
      </td>
    </>
  );
}

function Hidden() {
  return <EyeInvisibleOutlined className={styles.icon} aria-hidden />;
}

function Products({ row }: { row: WorkingsRow }) {
  const names = useCloseNames();
  return <Together names={row.products.map(names.product)} />;
}

function Countries({ row }: { row: WorkingsRow }) {
  const names = useCloseNames();
  return <Together names={row.countries.map(names.country)} />;
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((label, place) => label === other[place]);
}
