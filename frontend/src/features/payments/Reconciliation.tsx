import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button, Dropdown, Form } from "antd";
import { useState } from "react";
import { asProblem, type Compared, type Reconciliation as Found, keys, request } from "@/shared/api";
import { Amount, CalendarDay, formatMinor } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { FigureTable } from "@/shared/royalties";
import { downloadFile } from "@/shared/table";
import { Empty, Failure, Notice, Panel, Skeleton } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { DownloadOutlined } from "@/shared/ui/icons";
import { EntityChoice } from "./parts.tsx";
import styles from "./payments.module.css";
import { ENTITIES, useKeptEntities } from "./queries.ts";
import { texts } from "./texts.ts";

/** The order of the comparisons: first the bank, then what is owed by licensees, then what is owed to members. */
const CHECKS = [
  "bank",
  "service",
  "waiting",
  "receivable",
  "billed",
  "collected",
  "output_vat",
  "payable",
  "withheld_tax",
] as const;

/** Bank, books and papers beside one another at the end of a day, and why they differ where they do. */
export function Reconciliation() {
  const t = useTexts(texts);
  const language = useLanguage();
  const { message } = App.useApp();
  const [chosen, setChosen] = useState("");
  const [on, setOn] = useState<string | null>(null);
  const kept = useKeptEntities();
  const entity = chosen || kept[0]?.id || "";
  const address = `${ENTITIES}/${entity}/reconciliation`;
  const query: Record<string, string> = on === null ? {} : { on };
  const found = useQuery({
    queryKey: [...keys.object(ENTITIES, entity), "reconciliation", on],
    queryFn: ({ signal }) => request<Found>("GET", address, { query, signal }),
    enabled: entity !== "",
  });
  const keep = (form: string) => {
    void downloadFile(
      `${address}/document`,
      { as: form, language, ...query },
      `reconciliation.${form}`,
    ).catch((error: unknown) => void message.error(asProblem(error).message));
  };
  return (
    <>
      <Form layout="vertical" className={styles.choices ?? ""}>
        <EntityChoice value={entity} onChange={setChosen} />
        <Form.Item label={t("rec.on")} htmlFor="reconciliation-on">
          <DayInput id="reconciliation-on" value={on} onChange={setOn} clearable />
        </Form.Item>
        <Form.Item label=" " colon={false}>
          <Dropdown
            trigger={["click"]}
            menu={{
              items: ["xlsx", "csv", "pdf"].map((key) => ({ key, label: t.maybe(`rec.as.${key}`) })),
              onClick: ({ key }) => keep(key),
            }}
          >
            <Button icon={<DownloadOutlined />}>{t("rec.take")}</Button>
          </Dropdown>
        </Form.Item>
      </Form>
      {found.isError ? (
        <Failure error={found.error} retry={() => void found.refetch()} />
      ) : found.data ? (
        <Outcome found={found.data} />
      ) : (
        <Skeleton height={240} />
      )}
    </>
  );
}

function Outcome({ found }: { found: Found }) {
  const t = useTexts(texts);
  const differing = found.rows.filter((row) => row.difference_minor !== 0);
  if (found.rows.length === 0) return <Empty title={t("rec.none")}>{t("rec.none.text")}</Empty>;
  return (
    <div className={styles.stack}>
      {differing.length === 0 ? (
        <Notice kind="fine">
          {t("rec.agrees")} <CalendarDay day={found.on} />
        </Notice>
      ) : (
        <Notice kind="overdue">{t("rec.differs", { count: differing.length })}</Notice>
      )}
      {differing.map((row) => (
        <Difference key={`${row.check} ${row.title} ${row.currency}`} row={row} />
      ))}
      {CHECKS.map((check) => {
        const rows = found.rows.filter((row) => row.check === check);
        return rows.length === 0 ? null : <Rows key={check} check={check} rows={rows} />;
      })}
    </div>
  );
}

function Difference({ row }: { row: Compared }) {
  const t = useTexts(texts);
  const money = (minor: number) => <Amount minor={minor} currency={row.currency} signed />;
  return (
    <Panel
      title={
        <>
          {t.maybe(`rec.${row.check}`)} {row.title} · {t("rec.difference")} {money(row.difference_minor)}
        </>
      }
      flush
    >
      <FigureTable label={`${t("rec.causes")} ${t.maybe(`rec.${row.check}`)} ${row.title} ${row.currency}`}>
        <thead>
          <tr>
            <th scope="col">{t("rec.cause")}</th>
            <th scope="col">{t("day")}</th>
            <th scope="col">{t("in_books")}</th>
            <th scope="col" data-numeric>
              {t("amount")}
            </th>
          </tr>
        </thead>
        <tbody>
          {row.causes.map((one) => (
            <tr key={`${one.because} ${one.on} ${one.entry_id} ${one.amount_minor}`}>
              <th scope="row">
                {t.maybe(`cause.${one.because}`)}
                {one.memo && <span className={styles.soft}> {one.memo}</span>}
              </th>
              <td>
                <CalendarDay day={one.on} />
              </td>
              <td>
                {one.entry_id ? (
                  <Link to={`/ledger-entries/${one.entry_id}`}>
                    {t("entry.number", { number: one.entry_number ?? "" })}
                  </Link>
                ) : (
                  "–"
                )}
              </td>
              <td data-numeric>{money(one.amount_minor)}</td>
            </tr>
          ))}
          {row.unexplained_minor !== 0 && (
            <tr data-total>
              <th scope="row">{t("cause.unexplained")}</th>
              <td />
              <td>
                {row.ledger_account_ids.map((id) => (
                  <Link key={id} to={`/ledger-accounts/${id}`}>
                    {t("account.open")}
                  </Link>
                ))}
              </td>
              <td data-numeric>{money(row.unexplained_minor)}</td>
            </tr>
          )}
        </tbody>
      </FigureTable>
    </Panel>
  );
}

function Rows({ check, rows }: { check: string; rows: readonly Compared[] }) {
  const t = useTexts(texts);
  const language = useLanguage();
  // The currency stands at the head of the row, so that a phone has room for the difference.
  const figure = (minor: number, currency: string) => formatMinor(minor, currency, language);
  return (
    <section>
      <h2 className={styles.heading}>{t.maybe(`rec.${check}`)}</h2>
      <p className={styles.soft}>{t.maybe(`rec.${check}.text`)}</p>
      <FigureTable label={t.maybe(`rec.${check}`)}>
        <thead>
          <tr>
            <th scope="col">{t("rec.of")}</th>
            <th scope="col" data-numeric>
              {t.maybe(`rec.${check}.papers`)}
            </th>
            <th scope="col" data-numeric>
              {t("rec.books")}
            </th>
            <th scope="col" data-numeric>
              {t("rec.difference")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.title} ${row.currency}`}>
              <th scope="row">
                {row.ledger_account_ids[0] ? (
                  <Link to={`/ledger-accounts/${row.ledger_account_ids[0]}`}>
                    {row.title || t("rec.all")} · {row.currency}
                  </Link>
                ) : (
                  `${row.title || t("rec.all")} · ${row.currency}`
                )}
              </th>
              <td data-numeric>{figure(row.papers_minor, row.currency)}</td>
              <td data-numeric>{figure(row.books_minor, row.currency)}</td>
              <td data-numeric data-off={row.difference_minor !== 0 || undefined} className={styles.off}>
                {row.difference_minor > 0 && "+"}
                {row.difference_minor === 0 ? "–" : figure(row.difference_minor, row.currency)}
              </td>
            </tr>
          ))}
        </tbody>
      </FigureTable>
    </section>
  );
}
