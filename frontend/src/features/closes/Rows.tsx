import { Link } from "@tanstack/react-router";
import { Tooltip } from "antd";
import type {
  Adjustment,
  CloseBucket,
  CloseRunDetail,
  LicenceResult,
  PayeeResult,
  RejectedRow,
  SalesReport,
  Statement,
} from "@/shared/api";
import { Amount, Figure } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn, useOrganisationName } from "@/shared/names";
import { exactMicros, percentOf, roundedMinor, royaltyTexts, useCloseNames } from "@/shared/royalties";
import { ListTable } from "@/shared/table";
import { Empty, Notice } from "@/shared/ui";
import styles from "./closes.module.css";
import { explainSearch } from "./Explain.tsx";
import { type Node, PATH, useAll, usePayees } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  run: CloseRunDetail;
}

/** An amount that opens its explanation. */
function Why({ node, children }: { node: Node; children: React.ReactNode }) {
  const t = useTexts(texts);
  return (
    <Tooltip title={t("explain.why")} mouseEnterDelay={0.4}>
      <Link to="." search={explainSearch(node) as never} className={styles.why ?? ""}>
        {children}
      </Link>
    </Tooltip>
  );
}

export function Payees({ run }: Props) {
  const t = useTexts(texts);
  const names = useCloseNames();
  const language = useLanguage();
  const parts = usePayees(run).data?.parts ?? [];
  const known = new Map(parts.map((part) => [part.key, nameIn(language, part)]));
  const currency = run.currency ?? "";
  const label = (row: PayeeResult) => names.payee(row.payee, known.get(row.payee) ?? "");
  return (
    <ListTable<PayeeResult>
      inner
      path={`${PATH}/${run.id}/payee-results`}
      caption={t("tab.payees")}
      defaultOrder="position"
      nameOf={label}
      columns={[
        {
          key: "payee",
          title: t("payee"),
          main: true,
          render: (row) => <Why node={{ payee: row.payee }}>{label(row)}</Why>,
        },
        { key: "code", title: t("code"), render: (row) => <code>{row.payee}</code> },
        { key: "kind", title: t("kind"), render: (row) => names.kind(row.kind) },
        {
          key: "share",
          title: t("share"),
          numeric: true,
          render: (row) => percentOf(row.amount_minor, run.distributed_minor ?? 0),
        },
        {
          key: "amount",
          title: t("amount"),
          numeric: true,
          render: (row) => <Amount minor={row.amount_minor} currency={currency} />,
        },
      ]}
    />
  );
}

export function Licences({ run }: Props) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const currency = run.currency ?? "";
  return (
    <ListTable<LicenceResult>
      inner
      path={`${PATH}/${run.id}/licence-results`}
      caption={t("tab.licences")}
      defaultOrder="position"
      nameOf={(row) => row.licence_code}
      columns={[
        {
          key: "licensee",
          title: t("licensee"),
          main: true,
          render: (row) => organisationName(null, row.licensee),
        },
        { key: "code", title: t("licence"), render: (row) => <code>{row.licence_code}</code> },
        {
          key: "royalty",
          title: t("royalty"),
          numeric: true,
          render: (row) => <Amount minor={row.royalty_minor} currency={currency} />,
        },
        {
          key: "credit",
          title: t("credit"),
          numeric: true,
          render: (row) => <Amount minor={row.credit_minor} currency={currency} />,
        },
        {
          key: "due",
          title: t("due"),
          numeric: true,
          render: (row) => <Amount minor={row.due_minor} currency={currency} />,
        },
      ]}
    />
  );
}

export function Buckets({ run }: Props) {
  const t = useTexts(texts);
  const r = useTexts(royaltyTexts);
  const names = useCloseNames();
  const currency = run.currency ?? "";
  return (
    <ListTable<CloseBucket>
      inner
      path={`${PATH}/${run.id}/buckets`}
      caption={t("tab.buckets")}
      defaultOrder="position"
      nameOf={(row) => `${row.licence_code} ${row.product} ${row.month}`}
      columns={[
        { key: "licence", title: t("licence"), main: true, render: (row) => <code>{row.licence_code}</code> },
        { key: "product", title: t("product"), render: (row) => names.product(row.product) },
        { key: "made", title: t("made_in"), render: (row) => names.country(row.made_in) },
        { key: "sold", title: t("sold_in"), render: (row) => names.country(row.sold_in) },
        { key: "month", title: t("month"), render: (row) => row.month },
        { key: "rate", title: t("rate"), render: (row) => row.rate_id || "–" },
        { key: "units", title: t("units"), numeric: true, render: (row) => <Figure value={row.units} /> },
        {
          key: "royalty",
          title: t("royalty"),
          numeric: true,
          render: (row) =>
            row.reason ? (
              <Tooltip title={r.maybe(`close.${row.reason}`)}>
                <span className={styles.noRoyalty}>{t("no_royalty")}</span>
              </Tooltip>
            ) : (
              <Rounded micros={row.royalty_micros} currency={currency} />
            ),
        },
        {
          key: "billed",
          title: t("billed"),
          numeric: true,
          extra: true,
          render: (row) => <Rounded micros={row.billed_micros} currency={currency} />,
        },
      ]}
    />
  );
}

/** An amount of so many micros in whole minor units, the exact one on hover. */
function Rounded({ micros, currency }: { micros: string; currency: string }) {
  return <Amount minor={roundedMinor(micros)} currency={currency} exact={exactMicros(micros, currency)} />;
}

export function Rejected({ run }: Props) {
  const t = useTexts(texts);
  const reports = useReports(run);
  return (
    <>
      <Notice>{t("rejected.help")}</Notice>
      <ListTable<RejectedRow>
        inner
        path={`${PATH}/${run.id}/rejected-rows`}
        caption={t("rejected")}
        defaultOrder="position"
        nameOf={(row) => `${row.file} ${row.line ?? ""}`}
        empty={<Empty title={t("rejected.none")} />}
        columns={[
          {
            key: "place",
            title: t("place"),
            main: true,
            render: (row) => <Place row={row} reports={reports} />,
          },
          {
            key: "column",
            title: t("column"),
            render: (row) => (row.column ? <code>{row.column}</code> : "–"),
          },
          { key: "code", title: t("problem"), render: (row) => t.maybe(`code.${row.code}`, {}, row.code) },
          { key: "value", title: t("found"), render: (row) => (row.value ? <code>{row.value}</code> : "–") },
          { key: "message", title: t("message"), render: (row) => row.message },
        ]}
      />
    </>
  );
}

/** The reports of the close's programme by their ids, which is how a bundle names their files. */
function useReports(run: CloseRunDetail): ReadonlyMap<string, SalesReport> {
  const found = useAll<SalesReport>("/api/v1/sales-reports", { programme: run.programme_id });
  return new Map((found.data ?? []).map((report) => [report.id, report]));
}

/** Where a mistake stands: in whose report and line, or in which table of the bundle. */
function Place({ row, reports }: { row: RejectedRow; reports: ReadonlyMap<string, SalesReport> }) {
  const t = useTexts(texts);
  const report = reports.get(/^sales\/([\da-f-]{36})\./.exec(row.file)?.[1] ?? "");
  return (
    <>
      {report ? (
        <Link to={`/sales-reports/${report.id}`} title={row.file}>
          <code>{report.licence_code}</code>{" "}
          <span className={styles.months}>
            {report.first_month.slice(0, 7)}–{report.last_month.slice(0, 7)}
          </span>
        </Link>
      ) : (
        <code className={styles.fileName}>{row.file}</code>
      )}
      {row.line ? (
        <span className={styles.fileLine}>{t(report ? "line.sales" : "line", { number: row.line })}</span>
      ) : null}
    </>
  );
}

export function Adjustments({ run }: Props) {
  const t = useTexts(texts);
  const names = useCloseNames();
  const language = useLanguage();
  const parts = usePayees(run).data?.parts ?? [];
  const known = new Map(parts.map((part) => [part.key, nameIn(language, part)]));
  return (
    <ListTable<Adjustment>
      inner
      path={`${PATH}/${run.id}/adjustments`}
      caption={t("tab.adjustments")}
      defaultOrder="position"
      nameOf={(row) => row.licence_code ?? row.payee ?? ""}
      empty={<Empty title={t("adjustments.none")}>{t("adjustments.none.text")}</Empty>}
      columns={[
        {
          key: "whom",
          title: t("adjusted"),
          main: true,
          render: (row) =>
            row.side === "licence"
              ? (row.licence_code ?? "–")
              : names.payee(row.payee ?? "", known.get(row.payee ?? "") ?? ""),
        },
        { key: "side", title: t("side"), render: (row) => t(`side.${row.side}`) },
        {
          key: "amount",
          title: t("difference"),
          numeric: true,
          render: (row) => <Amount minor={row.amount_minor} currency={row.currency} signed />,
        },
      ]}
    />
  );
}

export function Statements({ run }: Props) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  return (
    <ListTable<Statement>
      inner
      path={`${PATH}/${run.id}/statements`}
      caption={t("tab.statements")}
      defaultOrder="member"
      nameOf={(row) => row.member}
      addressOf={(row) => `/statements/${row.id}`}
      columns={[
        {
          key: "member",
          title: t("member"),
          main: true,
          order: "member",
          render: (row) => organisationName(null, row.member),
        },
        { key: "code", title: t("code"), render: (row) => <code>{row.member_code}</code> },
        {
          key: "amount",
          title: t("amount"),
          numeric: true,
          render: (row) => <Amount minor={row.amount_minor} currency={row.currency} />,
        },
        {
          key: "held",
          title: t("held"),
          numeric: true,
          render: (row) => <Amount minor={row.held_minor} currency={row.currency} />,
        },
      ]}
    />
  );
}
