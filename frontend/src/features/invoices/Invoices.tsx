import { Link } from "@tanstack/react-router";
import { App, Button, Modal } from "antd";
import { useState } from "react";
import {
  type CloseRun,
  type Invoice as InvoiceRow,
  type InvoiceSeries,
  type Programme,
  request,
  type WriteOff,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { type BulkAction, type Column, ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice, Page, PageTabs, Pairs } from "@/shared/ui";
import { Ageing } from "./Ageing.tsx";
import { Decide } from "./Decide.tsx";
import { IssueFields } from "./fields.tsx";
import styles from "./invoices.module.css";
import { InvoiceMark, TaxInvoiceMark, useInvoiceName, WriteOffMark } from "./marks.tsx";
import {
  INVOICE,
  INVOICES,
  PAPERS,
  PAYMENTS,
  SERIES,
  STATES,
  TAX_INVOICES,
  useBills,
  useRefresh,
  WRITE_OFF,
  WRITE_OFFS,
} from "./queries.ts";
import { texts } from "./texts/index.ts";

/** What was billed and how much of it is open; for a licensee, what it is billed itself. */
export function Invoices() {
  const t = useTexts(texts);
  const bills = useBills();
  return (
    <Page
      title={t("title")}
      subtitle={t(bills ? "lead" : "lead.own")}
      primary={
        bills && (
          <Link to="/billing">
            <Button tabIndex={-1}>{t("settings")}</Button>
          </Link>
        )
      }
    >
      <PageTabs
        tabs={[
          { key: "invoices", label: t("title"), children: <List bills={bills} /> },
          { key: "ageing", label: t("ageing"), children: <Ageing /> },
          ...(bills ? [{ key: "write-offs", label: t("write_offs"), children: <WriteOffs /> }] : []),
        ]}
      />
    </Page>
  );
}

function List({ bills }: { bills: boolean }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const nameOf = useInvoiceName();
  const organisationName = useOrganisationName();
  const programmes = useEvery<Programme>("/api/v1/programmes").data ?? [];
  const runs = useEvery<CloseRun>("/api/v1/close-runs", { status: "posted" }, bills).data ?? [];
  const [asked, ask] = useState<{ rows: readonly InvoiceRow[]; close: () => void } | null>(null);
  const choices = <Value extends string>(values: readonly Value[], prefix: string) =>
    values.map((value) => ({ value, label: t.maybe(`${prefix}.${value}`) }));
  const bulk: BulkAction<InvoiceRow>[] = bills
    ? [
        {
          key: "issue",
          label: t("issue"),
          refusal: (row) =>
            row.state === "draft"
              ? undefined
              : t(row.state === "issued" ? "issue.already" : "issue.discarded"),
          run: (rows) =>
            new Promise<void>((resolve) => {
              ask({
                rows,
                close: () => {
                  ask(null);
                  resolve();
                },
              });
            }),
        },
      ]
    : [];
  const columns: Column<InvoiceRow>[] = [
    { key: "number", title: t("number"), main: true, order: "number", render: nameOf },
    ...(bills
      ? [
          {
            key: "licensee",
            title: t("licensee"),
            render: (row: InvoiceRow) => organisationName(row.licensee_id, row.licensee_name),
          },
        ]
      : []),
    { key: "programme", title: t("programme"), render: (row) => <code>{row.programme_code}</code> },
    { key: "licence", title: t("licence"), extra: true, render: (row) => <code>{row.licence_code}</code> },
    {
      key: "period",
      title: t("period"),
      render: (row) => <span className={styles.whole}>{row.period}</span>,
    },
    {
      key: "gross",
      title: t("gross"),
      numeric: true,
      render: (row) => <Amount minor={row.gross_minor} currency={row.currency} />,
    },
    {
      key: "open",
      title: t("open"),
      numeric: true,
      render: (row) =>
        row.state === "issued" ? <Amount minor={row.open_minor} currency={row.currency} /> : "–",
    },
    {
      key: "due",
      title: t("due"),
      order: "due",
      render: (row) => <CalendarDay day={row.next_due_on} />,
    },
    { key: "state", title: w("state"), render: (row) => <InvoiceMark invoice={row} /> },
    {
      key: "tax_invoice",
      title: t("tax_invoice"),
      extra: true,
      render: (row) => <TaxInvoiceMark state={row.tax_invoice ?? "not_needed"} />,
    },
    {
      key: "prepared",
      title: t("prepared"),
      order: "prepared",
      extra: true,
      render: (row) => <Instant at={row.prepared_at} />,
    },
  ];
  return (
    <>
      <ListTable<InvoiceRow>
        path={INVOICES}
        caption={t("title")}
        defaultOrder="-prepared"
        subjectType={INVOICE}
        nameOf={nameOf}
        addressOf={(row) => `/invoices/${row.id}`}
        empty={<Empty title={t("empty")}>{t(bills ? "empty.text" : "empty.own")}</Empty>}
        bulk={bulk}
        filters={[
          { name: "payment", label: t("payment"), choices: choices(PAYMENTS, "payment") },
          ...(bills
            ? [
                { name: "state", label: w("state"), choices: choices(STATES, "state") },
                {
                  name: "tax_invoice",
                  label: t("tax_invoice"),
                  choices: choices(TAX_INVOICES, "tax_invoice"),
                },
              ]
            : []),
          { name: "paper", label: t("paper"), choices: choices(PAPERS, "paper") },
          {
            name: "programme",
            label: t("programme"),
            choices: programmes.map((one) => ({ value: one.id, label: one.name })),
          },
          { name: "period", label: t("period"), kind: "text" },
          {
            name: "disputed",
            label: t("disputed"),
            choices: [
              { value: "true", label: w("yes") },
              { value: "false", label: w("no") },
            ],
          },
          ...(bills
            ? [
                {
                  name: "run",
                  label: t("run"),
                  choices: runs.map((one) => ({
                    value: one.id,
                    label: `${one.programme_code} ${one.period} #${one.number}`,
                  })),
                },
              ]
            : []),
        ]}
        columns={columns}
      />
      {asked && <IssueDialogue rows={asked.rows} onClose={asked.close} />}
    </>
  );
}

type Issued = Pick<InvoiceRow, "id" | "currency" | "gross_minor">;

/** What invoices come to with tax, by currency. */
export function totalsOf(rows: readonly Pick<Issued, "currency" | "gross_minor">[]): [string, number][] {
  const totals = new Map<string, number>();
  for (const row of rows) totals.set(row.currency, (totals.get(row.currency) ?? 0) + row.gross_minor);
  return [...totals].sort(([one], [other]) => one.localeCompare(other));
}

/** Asks from which series the numbers come, and says what cannot be taken back. */
export function IssueDialogue({ rows, onClose }: { rows: readonly Issued[]; onClose: () => void }) {
  const ids = rows.map((row) => row.id);
  const t = useTexts(texts);
  const { message } = App.useApp();
  const refresh = useRefresh();
  const series = useEvery<InvoiceSeries>(SERIES).data;
  const open = series?.filter((one) => !one.closed_at) ?? [];
  return (
    <Modal open title={t("issue.title", { count: ids.length })} footer={null} width={520} onCancel={onClose}>
      {series !== undefined && open.length === 0 ? (
        <Notice kind="attention">
          {t("issue.no_series")} <Link to="/billing">{t("settings")}</Link>
        </Notice>
      ) : (
        <ActionForm<{ series_id: string; on: string }>
          key={open.length}
          submit={t("issue")}
          onCancel={onClose}
          initialValues={{ series_id: open.length === 1 ? open[0]?.id : undefined, on: todayHere() }}
          send={async (values, key) => {
            await request("POST", `${INVOICES}/issue`, { key, body: { invoice_ids: ids, ...values } });
            await refresh();
          }}
          onDone={() => {
            void message.success(t("issue.done", { count: ids.length }));
            onClose();
          }}
        >
          <p>{t("issue.text")}</p>
          <Pairs
            pairs={totalsOf(rows).map(([currency, minor]) => ({
              label: t("issue.total", { currency }),
              value: <Amount minor={minor} currency={currency} />,
            }))}
          />
          <IssueFields series={open} />
        </ActionForm>
      )}
    </Modal>
  );
}

/** What was proposed to be given up: one person proposes it, another decides. */
function WriteOffs() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  return (
    <>
      <Notice>{t("write_offs.note")}</Notice>
      <ListTable<WriteOff>
        inner
        path={WRITE_OFFS}
        caption={t("write_offs")}
        defaultOrder="-proposed"
        subjectType={WRITE_OFF}
        nameOf={(row) => row.invoice_number}
        addressOf={(row) => `/invoices/${row.invoice_id}?tab=write-offs`}
        empty={<Empty title={t("write_offs.empty")} />}
        filters={[
          {
            name: "state",
            label: w("state"),
            choices: ["proposed", "approved", "refused", "withdrawn"].map((value) => ({
              value,
              label: t.maybe(`write_off.state.${value}`),
            })),
          },
        ]}
        columns={[
          { key: "invoice", title: t("number"), main: true, render: (row) => row.invoice_number },
          {
            key: "licensee",
            title: t("licensee"),
            render: (row) => organisationName(row.licensee_id, row.licensee_name),
          },
          {
            key: "amount",
            title: t("amount"),
            numeric: true,
            render: (row) => <Amount minor={row.amount_minor} currency={row.currency} />,
          },
          { key: "reason", title: w("reason"), render: (row) => spoken(row.reason) },
          {
            key: "proposed",
            title: t("proposed"),
            order: "proposed",
            render: (row) => (
              <>
                {spoken(row.proposed_by.name ?? "")} <Instant at={row.proposed_at} />
              </>
            ),
          },
          {
            key: "state",
            title: w("state"),
            render: (row) => <WriteOffMark state={row.state ?? "proposed"} />,
          },
          { key: "steps", title: t("decide"), render: (row) => <Decide proposal={row} /> },
        ]}
      />
    </>
  );
}
