import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, type BillRow, type InvoiceDetail, type InvoiceWorkings, keys, take } from "@/shared/api";
import { Amount, Figure } from "@/shared/format";
import { formatNumber } from "@/shared/format/plain";
import { useLanguage, useTexts } from "@/shared/i18n";
import {
  FigureTable,
  microsInWords,
  plainDecimal,
  priceText,
  useCloseNames,
  useReasonText,
} from "@/shared/royalties";
import { Empty, Failure, Notice, Pairs, Panel, Skeleton } from "@/shared/ui";
import styles from "./invoices.module.css";
import { useLineName } from "./marks.tsx";
import { INVOICES, useBills } from "./queries.ts";
import { texts } from "./texts/index.ts";

const MICROS = 1_000_000n;

/** How an invoice came to its amount: units, rates, bands, caps and credits, month by month. */
export function Workings({ invoice }: { invoice: InvoiceDetail }) {
  const t = useTexts(texts);
  const bills = useBills();
  const found = useQuery({
    queryKey: keys.part(INVOICES, invoice.id, "workings"),
    queryFn: () =>
      take(
        api.GET("/api/v1/invoices/{invoice_id}/workings", { params: { path: { invoice_id: invoice.id } } }),
      ),
  });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={240} />;
  const { data } = found;
  return (
    <div className={styles.stack}>
      {data.untold ? (
        <>
          <Notice>
            {t(bills && data.untold === "differs" ? "workings.differs.finance" : `workings.${data.untold}`)}
          </Notice>
          <SummedRows data={data} />
        </>
      ) : (
        <>
          <p className={styles.note}>{t(bills ? "workings.lead.finance" : "workings.lead")}</p>
          <Rows data={data} />
        </>
      )}
      <Sums data={data} />
      <ChargedInterest data={data} />
    </div>
  );
}

/** The lines of the invoice with the units of each product, where nothing is told month by month. */
function SummedRows({ data }: { data: InvoiceWorkings }) {
  const t = useTexts(texts);
  const lineName = useLineName();
  if (data.rows.length === 0) return <Empty title={t("workings.none")} />;
  return (
    <FigureTable label={t("tab.workings")}>
      <thead>
        <tr>
          <th scope="col">{t("workings.line")}</th>
          <th scope="col" data-numeric>
            {t("workings.units")}
          </th>
          <th scope="col" data-numeric>
            {t("amount")}
          </th>
        </tr>
      </thead>
      <tbody>
        {data.rows.map((row) => (
          <tr key={row.product}>
            <th scope="row">{lineName(row.product)}</th>
            <td data-numeric>{row.units === "0" ? "–" : <Figure value={row.units} />}</td>
            <td data-numeric>
              <Amount minor={BigInt(row.billed_micros) / MICROS} currency={data.currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </FigureTable>
  );
}

function Rows({ data }: { data: InvoiceWorkings }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const names = useCloseNames();
  const lineName = useLineName();
  const say = useReasonText(data.currency);
  if (data.rows.length === 0) return <Empty title={t("workings.none")} />;
  return (
    <FigureTable label={t("tab.workings")}>
      <thead>
        <tr>
          <th scope="col">{t("workings.month")}</th>
          <th scope="col">{t("workings.way")}</th>
          <th scope="col" data-numeric>
            {t("workings.units")}
          </th>
          <th scope="col" data-numeric>
            {t("workings.bears")}
          </th>
          <th scope="col">{t("workings.how")}</th>
        </tr>
      </thead>
      {groupsOf(data.rows).map((rows) => (
        <tbody key={groupOf(rows[0])}>
          <tr data-heading>
            <th scope="rowgroup" colSpan={5}>
              {lineName(rows[0].product)}
              {rows[0].rate && <span className={styles.rate}>{say(rows[0].rate)}</span>}
            </th>
          </tr>
          {rows.map((row, at) => (
            <tr key={[row.month, row.made_in, row.sold_in, row.sales_currency].join(" ")}>
              <th scope="row">{row.month}</th>
              <td>
                {row.made_in || row.sold_in
                  ? `${names.country(row.made_in)} → ${names.country(row.sold_in)}`
                  : "–"}
              </td>
              <td data-numeric>{row.product.startsWith("~") ? "–" : <Figure value={row.units} />}</td>
              <td data-numeric>{microsInWords(row.billed_micros, data.currency, language)}</td>
              <td>
                <How row={row} currency={data.currency} first={rows[at - 1]?.month !== row.month} />
              </td>
            </tr>
          ))}
        </tbody>
      ))}
      {data.rest_count > 0 && (
        <tbody>
          <tr>
            <th scope="row" colSpan={3}>
              {t("workings.rest", { count: data.rest_count })}
            </th>
            <td data-numeric>{microsInWords(data.rest_micros, data.currency, language)}</td>
            <td />
          </tr>
        </tbody>
      )}
    </FigureTable>
  );
}

const groupOf = (row: BillRow) => `${row.product} ${String(row.rate?.values.id ?? "")}`;

/** The rows by product and rate, within them by month. */
function groupsOf(rows: readonly BillRow[]): [BillRow, ...BillRow[]][] {
  const groups = new Map<string, [BillRow, ...BillRow[]]>();
  for (const row of [...rows].sort((one, other) => one.month.localeCompare(other.month))) {
    const group = groups.get(groupOf(row));
    if (group) group.push(row);
    else groups.set(groupOf(row), [row]);
  }
  return [...groups.values()];
}

interface HowProps {
  row: BillRow;
  currency: string;
  /** Whether it is the first row of its month, where what holds for the month as a whole is told. */
  first: boolean;
}

/** What the month's units fell into, and what was taken off. */
function How({ row, currency, first }: HowProps) {
  const t = useTexts(texts);
  const language = useLanguage();
  const say = useReasonText(currency);
  const amount = (micros: string) => microsInWords(micros, currency, language);
  const price = String(row.rate?.values.currency ?? currency);
  const number = (value: string) => formatNumber(plainDecimal(value), language);
  const percent = row.rate?.key.startsWith("close.rate.percent") && row.net_amount !== null;
  return (
    <ul className={styles.how}>
      {percent && (
        <li>{t("workings.sales", { amount: `${number(row.net_amount ?? "0")} ${row.sales_currency}` })}</li>
      )}
      {row.reason && <li>{say({ key: `close.${row.reason}`, values: {} })}</li>}
      {(first ? row.bands : []).map((band) => (
        <li key={band.above}>
          {t("workings.band", {
            above: number(band.above),
            units: number(band.units),
            price: priceText(band.per_unit, price, language),
          })}
        </li>
      ))}
      {row.limits.map((limit) => (
        <li key={`${limit.kind} ${limit.id}`}>
          {t(`workings.${limit.kind}`, {
            id: limit.id,
            limit: amount(limit.limit_micros),
            before: amount(limit.before_month_micros),
            change: amount(limit.change_micros.replace(/^-/, "")),
          })}
        </li>
      ))}
      {row.credit_micros !== "0" && <li>{t("workings.credit", { amount: amount(row.credit_micros) })}</li>}
    </ul>
  );
}

function Sums({ data }: { data: InvoiceWorkings }) {
  const t = useTexts(texts);
  const money = (minor: number) => <Amount minor={minor} currency={data.currency} />;
  return (
    <Pairs
      pairs={[
        ...(data.royalty_minor === null
          ? []
          : [{ label: t("workings.royalty"), value: money(data.royalty_minor) }]),
        ...(data.credit_minor ? [{ label: t("workings.credits"), value: money(-data.credit_minor) }] : []),
        { label: t("workings.due"), value: money(data.due_minor) },
        ...(data.before_minor === null
          ? []
          : [
              { label: t("workings.before"), value: money(data.before_minor) },
              { label: t("workings.difference"), value: money(data.due_minor - data.before_minor) },
            ]),
      ]}
    />
  );
}

function ChargedInterest({ data }: { data: InvoiceWorkings }) {
  const t = useTexts(texts);
  if (data.interest.length === 0) return null;
  return (
    <Panel title={t("workings.interest")}>
      <ul className={styles.how}>
        {data.interest.map((note) => (
          <li key={note.id}>
            <Link to={`/invoices/${note.late_invoice_id}`} search={{ tab: "interest" } as never}>
              {t("workings.interest.of", {
                number: note.late_invoice_number,
                from: note.from_on,
                until: note.until_on,
              })}
            </Link>{" "}
            <Amount minor={note.amount_minor} currency={data.currency} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
