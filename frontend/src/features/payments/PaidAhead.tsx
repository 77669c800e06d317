import { Link, useNavigate } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import { type BankAccount, type Invoice, type Prepaid, request, type WholePayout } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { Amount, formatMinor } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { minorOf } from "@/shared/format/typed";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { AmountItem, useEntityFilter } from "./parts.tsx";
import styles from "./payments.module.css";
import { INVOICES, PAYOUTS, PREPAID, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

interface Asked {
  row: Prepaid;
  step: "use" | "return";
}

/** What each licensee has paid ahead, how it came about, and what is done with it. */
export function PaidAhead() {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const [asked, ask] = useState<Asked | null>(null);
  const close = () => ask(null);
  return (
    <>
      <ListTable<Prepaid>
        inner
        path={PREPAID}
        caption={t("tab.prepaid")}
        defaultOrder="opened"
        nameOf={(row) => row.licensee_name}
        addressOf={(row) => `/ledger-accounts/${row.id}`}
        empty={<Empty title={t("prepaid.none")}>{t("prepaid.none.text")}</Empty>}
        filters={useEntityFilter()}
        columns={[
          {
            key: "licensee",
            title: t("licensee"),
            main: true,
            render: (row) => organisationName(row.licensee_id, row.licensee_name),
          },
          {
            key: "amount",
            title: t("prepaid.there"),
            numeric: true,
            render: (row) => <Amount minor={row.prepaid_minor} currency={row.currency} />,
          },
          {
            key: "history",
            title: t("prepaid.history"),
            render: (row) => <Link to={`/ledger-accounts/${row.id}`}>{t("prepaid.history.open")}</Link>,
          },
          {
            key: "steps",
            title: t("steps"),
            render: (row) =>
              row.prepaid_minor > 0 ? (
                <span className={styles.row}>
                  <Button size="small" onClick={() => ask({ row, step: "use" })}>
                    {t("prepaid.use")}
                  </Button>
                  <Button size="small" onClick={() => ask({ row, step: "return" })}>
                    {t("prepaid.return")}
                  </Button>
                </span>
              ) : (
                "–"
              ),
          },
        ]}
      />
      <Drawer
        open={asked?.step === "use"}
        onClose={close}
        title={t("prepaid.use")}
        size={520}
        destroyOnHidden
      >
        {asked && <UseForm row={asked.row} onClose={close} />}
      </Drawer>
      <Drawer
        open={asked?.step === "return"}
        onClose={close}
        title={t("prepaid.return")}
        size={520}
        destroyOnHidden
      >
        {asked && <ReturnForm row={asked.row} onClose={close} />}
      </Drawer>
    </>
  );
}

interface FormProps {
  row: Prepaid;
  onClose: () => void;
}

function There({ row }: { row: Prepaid }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  return (
    <Notice>
      {organisationName(row.licensee_id, row.licensee_name)} · {t("prepaid.there")}{" "}
      <Amount minor={row.prepaid_minor} currency={row.currency} />
    </Notice>
  );
}

function UseForm({ row, onClose }: FormProps) {
  const t = useTexts(texts);
  const language = useLanguage();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const invoices = useEvery<Invoice>(INVOICES, { state: "issued", licensee: row.licensee_id }).data;
  const open = (invoices ?? []).filter(
    (one) => one.licensee_id === row.licensee_id && one.currency === row.currency && one.open_minor > 0,
  );
  return (
    <ActionForm<{ invoice_id: string; amount: string }>
      submit={t("prepaid.use")}
      onCancel={onClose}
      send={async ({ invoice_id, amount }, key) => {
        await request("POST", `${INVOICES}/${invoice_id}/prepaid`, {
          key,
          body: { amount_minor: minorOf(amount, row.currency) },
        });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("prepaid.used"));
        onClose();
      }}
    >
      <There row={row} />
      {invoices !== undefined && open.length === 0 && (
        <Notice kind="attention">{t("prepaid.no_invoice")}</Notice>
      )}
      <Form.Item
        name="invoice_id"
        label={t("invoice")}
        rules={[{ required: true, message: t("invoice.needed") }]}
      >
        <Select
          loading={invoices === undefined}
          options={open.map((one) => ({
            value: one.id,
            label: `${one.number} · ${t("open")} ${formatMinor(one.open_minor, one.currency, language)}`,
          }))}
        />
      </Form.Item>
      <AmountItem name="amount" label={t("amount")} currency={row.currency} />
    </ActionForm>
  );
}

function ReturnForm({ row, onClose }: FormProps) {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const refresh = useRefresh();
  const banks = (useEvery<BankAccount>("/api/v1/bank-accounts").data ?? []).filter(
    (one) =>
      one.currency === row.currency &&
      one.purpose === "royalties" &&
      one.operating_entity_id === row.operating_entity_id,
  );
  return (
    <ActionForm<{ bank_account_id: string; amount: string; due_on: string; text?: string }>
      submit={t("prepaid.return.draft")}
      onCancel={onClose}
      initialValues={{ due_on: todayHere() }}
      send={async ({ amount, ...values }, key) => {
        const made = await request<WholePayout>("POST", PAYOUTS, {
          key,
          body: { ...values, owed_account_id: row.id, amount_minor: minorOf(amount, row.currency) },
        });
        void navigate({ to: `/payouts/${made.id}` });
        await refresh();
      }}
    >
      <There row={row} />
      <Notice>{t("prepaid.return.text")}</Notice>
      <Form.Item
        name="bank_account_id"
        label={t("account")}
        rules={[{ required: true, message: t("account.needed") }]}
      >
        <Select
          options={banks.map((one) => ({ value: one.id, label: `${one.bank_name} ${one.number.slice(-4)}` }))}
        />
      </Form.Item>
      <AmountItem name="amount" label={t("amount")} currency={row.currency} />
      <Form.Item required name="due_on" label={t("due")}>
        <DayInput />
      </Form.Item>
      <Form.Item name="text" label={t("text")}>
        <Input maxLength={100} />
      </Form.Item>
    </ActionForm>
  );
}
