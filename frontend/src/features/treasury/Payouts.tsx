import { useNavigate } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import {
  asProblem,
  type BankAccount,
  type LedgerAccount,
  type Payout,
  type PayoutFile,
  request,
  type WholePayout,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { Amount, CalendarDay, Figure, Instant, minorDigits } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { minorOf } from "@/shared/format/typed";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { nameIn, useOrganisationName, useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice, type Standing, StateMark } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { PlusOutlined } from "@/shared/ui/icons";
import { ACCOUNTS, FILES, PAYOUT, PAYOUTS, takeFile, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";
import styles from "./treasury.module.css";

/** What is withheld from members: a distribution gives it out. */
const HELD = "held";
const STATES = [
  "drafted",
  "half_released",
  "released",
  "in_file",
  "paid_out",
  "returned",
  "cancelled",
] as const;
const STANDINGS: Record<string, Standing> = {
  released: "fine",
  in_file: "fine",
  paid_out: "fine",
  returned: "overdue",
  cancelled: "closed",
};

export function PayoutMark({ state }: { state: string | undefined }) {
  const t = useTexts(texts);
  return <StateMark standing={STANDINGS[state ?? ""] ?? "attention"}>{t.maybe(`payout.${state}`)}</StateMark>;
}

/** What is to be paid: drafted, released by two people, put into a file for the bank. */
export function Payouts() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const [open, setOpen] = useState<"draft" | "file" | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <div className={styles.tools}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen("draft")}>
          {t("payout.draft")}
        </Button>
        <Button onClick={() => setOpen("file")}>{t("file.make")}</Button>
      </div>
      <ListTable<Payout>
        inner
        path={PAYOUTS}
        caption={t("tab.payouts")}
        defaultOrder="due"
        subjectType={PAYOUT}
        nameOf={(row) => row.code}
        addressOf={(row) => `/payouts/${row.id}`}
        empty={<Empty title={t("payouts.none")}>{t("payouts.none.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: w("state"),
            choices: STATES.map((value) => ({ value, label: t(`payout.${value}`) })),
          },
        ]}
        columns={[
          { key: "code", title: t("payout"), main: true, render: (row) => row.code },
          {
            key: "payee",
            title: t("payee"),
            render: (row) => organisationName(row.payee_id, row.payee_name),
          },
          {
            key: "amount",
            title: t("amount"),
            numeric: true,
            render: (row) => <Amount minor={row.amount_minor} currency={row.currency} />,
          },
          { key: "due", title: t("due"), order: "due", render: (row) => <CalendarDay day={row.due_on} /> },
          { key: "state", title: w("state"), render: (row) => <PayoutMark state={row.state} /> },
          { key: "account", title: t("account"), extra: true, render: (row) => row.bank_account_name },
          {
            key: "drafted",
            title: t("drafted"),
            order: "drafted",
            extra: true,
            render: (row) => <Instant at={row.drafted_at} />,
          },
        ]}
      />
      <section className={styles.part} aria-label={t("files")}>
        <h2>{t("files")}</h2>
        <Files />
      </section>
      <Drawer open={open === "draft"} onClose={close} title={t("payout.draft")} size={520} destroyOnHidden>
        <DraftForm onClose={close} />
      </Drawer>
      <Drawer open={open === "file"} onClose={close} title={t("file.make")} size={520} destroyOnHidden>
        <FileForm onClose={close} />
      </Drawer>
    </>
  );
}

function Files() {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const refresh = useRefresh();
  const { modal, message } = App.useApp();
  const take = async (row: PayoutFile) => {
    const agreed = await modal.confirm({
      title: t("file.take.title"),
      content: t("file.take.text"),
      okText: t("file.take"),
    });
    if (!agreed) return;
    try {
      await takeFile(row.id, `payouts-${row.number}.csv`);
      const { held_count } = await request<PayoutFile>("GET", `${FILES}/${row.id}`);
      if (held_count > 0) void message.warning(t("file.held.text", { count: held_count }), 8);
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  return (
    <ListTable<PayoutFile>
      inner
      path={FILES}
      caption={t("files")}
      defaultOrder="-made"
      nameOf={(row) => `${row.number}`}
      empty={<Empty title={t("files.none")}>{t("files.none.text")}</Empty>}
      columns={[
        {
          key: "number",
          title: t("file"),
          main: true,
          render: (row) => t("file.number", { number: row.number }),
        },
        { key: "account", title: t("account"), render: (row) => row.bank_account_name },
        {
          key: "count",
          title: t("file.count"),
          numeric: true,
          render: (row) => (
            <>
              <Figure value={row.payouts_count - row.held_count} />
              {row.held_count > 0 && (
                <div className={styles.held}>{t("file.held", { count: row.held_count })}</div>
              )}
            </>
          ),
        },
        {
          key: "total",
          title: t("amount"),
          numeric: true,
          render: (row) => <Amount minor={row.total_minor - row.held_minor} currency={row.currency} />,
        },
        { key: "made", title: t("file.made"), order: "made", render: (row) => <Instant at={row.made_at} /> },
        {
          key: "taken",
          title: t("file.taken"),
          render: (row) =>
            row.taken_at ? (
              <>
                <Instant at={row.taken_at} /> {spoken(row.taken_by_name)}
              </>
            ) : (
              <Button size="small" onClick={() => void take(row)}>
                {t("file.take")}
              </Button>
            ),
        },
        {
          key: "hash",
          title: t("file.hash"),
          extra: true,
          render: (row) => <code>{(row.taken_sha256 || row.content_sha256).slice(0, 16)}</code>,
        },
      ]}
    />
  );
}

interface Drafted {
  bank_account_id: string;
  owed_account_id: string;
  amount: string;
  due_on: string;
  text?: string;
}

function DraftForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const organisationName = useOrganisationName();
  const banks = useEvery<BankAccount>(ACCOUNTS).data ?? [];
  const accounts = useEvery<LedgerAccount>("/api/v1/ledger-accounts").data ?? [];
  // Whose the bank accounts are: what an entity owes on accounts of its own, such as withheld tax, is paid another way.
  const own = new Map(
    accounts
      .filter((one) => banks.some((each) => each.ledger_account_id === one.id))
      .map((one) => [one.operating_entity_id, one.holder_id]),
  );
  const owed = accounts.filter(
    (one) =>
      one.account_class === "liability" &&
      one.balance_minor < 0 &&
      one.kind !== HELD &&
      own.get(one.operating_entity_id) !== one.holder_id,
  );
  const [form] = Form.useForm<Drafted>();
  const bank = Form.useWatch("bank_account_id", form);
  const chosen = banks.find((one) => one.id === bank);
  return (
    <ActionForm<Drafted>
      form={form}
      submit={t("payout.draft")}
      onCancel={onClose}
      initialValues={{ due_on: todayHere() }}
      send={async ({ amount, ...values }, key) => {
        const amount_minor = minorOf(amount, chosen?.currency ?? "CNY");
        const made = await request<WholePayout>("POST", PAYOUTS, { body: { ...values, amount_minor }, key });
        void navigate({ to: `/payouts/${made.id}` });
        await refresh();
      }}
    >
      <Form.Item
        name="bank_account_id"
        label={t("account")}
        rules={[{ required: true, message: t("account.needed") }]}
      >
        <Select
          options={banks.map((one) => ({ value: one.id, label: `${one.bank_name} ${one.number.slice(-4)}` }))}
        />
      </Form.Item>
      <Form.Item
        name="owed_account_id"
        label={t("owed")}
        extra={t("owed.help")}
        rules={[{ required: true, message: t("owed.needed") }]}
      >
        <Select
          showSearch={{ optionFilterProp: "label" }}
          options={owed
            .filter((one) => !chosen || (one.purpose === chosen.purpose && one.currency === chosen.currency))
            .map((one) => ({
              value: one.id,
              label: `${organisationName(one.holder_id, one.holder_name)} · ${nameIn(language, {
                name_zh: one.kind_zh,
                name_en: one.kind_en,
              })}`,
            }))}
        />
      </Form.Item>
      <Form.Item name="amount" label={t("amount")} rules={[{ required: true, message: t("amount.needed") }]}>
        <InputNumber
          stringMode
          min="0"
          precision={minorDigits(chosen?.currency ?? "CNY")}
          suffix={chosen?.currency ?? ""}
          style={{ width: 220 }}
        />
      </Form.Item>
      <Form.Item required name="due_on" label={t("due")}>
        <DayInput />
      </Form.Item>
      <Form.Item name="text" label={t("payout.text")}>
        <Input maxLength={100} />
      </Form.Item>
    </ActionForm>
  );
}

function FileForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const banks = useEvery<BankAccount>(ACCOUNTS).data ?? [];
  return (
    <ActionForm<{ bank_account_id: string }>
      submit={t("file.make")}
      onCancel={onClose}
      send={async (body, key) => {
        await request("POST", FILES, { body, key });
        await refresh();
      }}
      onDone={onClose}
    >
      <Notice>{t("file.text")}</Notice>
      <Form.Item
        name="bank_account_id"
        label={t("account")}
        rules={[{ required: true, message: t("account.needed") }]}
      >
        <Select
          options={banks.map((one) => ({ value: one.id, label: `${one.bank_name} ${one.number.slice(-4)}` }))}
        />
      </Form.Item>
    </ActionForm>
  );
}
