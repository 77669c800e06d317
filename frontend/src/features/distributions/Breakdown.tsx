import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import type { BreakdownCell, DistributionStatementDetail, StatementBreakdown } from "@/shared/api";
import { Amount } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { FigureTable, Together, useCloseNames } from "@/shared/royalties";
import { Notice, Panel } from "@/shared/ui";
import styles from "./distributions.module.css";
import { texts } from "./texts/index.ts";

interface Props {
  statement: DistributionStatementDetail;
}

/** What a statement's amount is made of, as far as its payee may know it, or why it is told in one sum. */
export function Breakdown({ statement }: Props) {
  const t = useTexts(texts);
  const { breakdown, currency } = statement;
  if (breakdown === null) return statement.closes.length > 0 ? <Closes statement={statement} titled /> : null;
  if (breakdown.unshown !== null) {
    return (
      <Panel title={t("breakdown")}>
        <Notice kind="plain">
          <strong>{t("breakdown.none")}</strong>
          <div>{t.maybe(`breakdown.why.${breakdown.unshown}`)}</div>
        </Notice>
        <Closes statement={statement} />
      </Panel>
    );
  }
  const { covers } = breakdown;
  return (
    <Panel
      title={t("breakdown")}
      note={
        covers.length > 1
          ? t("breakdown.note.several", { first: covers[0], last: covers.at(-1) })
          : t("breakdown.note")
      }
    >
      <Cells breakdown={breakdown} currency={currency} />
      <Closes statement={statement} />
    </Panel>
  );
}

function Cells({ breakdown, currency }: { breakdown: StatementBreakdown; currency: string }) {
  const t = useTexts(texts);
  const names = useCloseNames();
  const others = breakdown.others_minor ?? 0;
  const total = breakdown.cells.reduce((sum, cell) => sum + cell.amount_minor, others);
  return (
    <FigureTable label={t("breakdown")}>
      <thead>
        <tr>
          <th scope="col">{t("breakdown.country")}</th>
          <th scope="col" data-numeric>
            {t("breakdown.amount")}
          </th>
        </tr>
      </thead>
      {byProduct(breakdown.cells).map((cells) => (
        <tbody key={cells[0]?.products.join("\n")}>
          <tr data-heading>
            <th scope="rowgroup" colSpan={2}>
              <Together names={(cells[0]?.products ?? []).map(names.product)} />
            </th>
          </tr>
          {cells.map((cell) => (
            <tr key={cell.countries.join("\n")}>
              <th scope="row">
                <Together names={cell.countries.map(names.country)} />
              </th>
              <td data-numeric>
                <Amount minor={cell.amount_minor} currency={currency} />
              </td>
            </tr>
          ))}
        </tbody>
      ))}
      <tfoot>
        {others !== 0 && (
          <tr>
            <th scope="row">{t("breakdown.others")}</th>
            <td data-numeric>
              <Amount minor={others} currency={currency} />
            </td>
          </tr>
        )}
        <tr data-total>
          <th scope="row">{t("breakdown.total")}</th>
          <td data-numeric>
            <Amount minor={total} currency={currency} />
          </td>
        </tr>
      </tfoot>
    </FigureTable>
  );
}

/** The statements of the closes behind it, which explain what was earned down to the patents. */
function Closes({ statement, titled = false }: Props & { titled?: boolean }) {
  const t = useTexts(texts);
  if (statement.closes.length === 0) return null;
  const links = (
    <p className={styles.closes}>
      {t("breakdown.closes")}
      {statement.closes.map((close) => (
        <Fragment key={close.statement_id}>
          {" "}
          <Link to={`/statements/${close.statement_id}`}>{close.period}</Link>
        </Fragment>
      ))}
    </p>
  );
  return titled ? <Panel title={t("breakdown")}>{links}</Panel> : links;
}

function byProduct(cells: readonly BreakdownCell[]): BreakdownCell[][] {
  const found = new Map<string, BreakdownCell[]>();
  for (const cell of cells) {
    const key = cell.products.join("\n");
    found.set(key, [...(found.get(key) ?? []), cell]);
  }
  return [...found.values()];
}
