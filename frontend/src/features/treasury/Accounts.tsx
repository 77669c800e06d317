import { useNavigate } from "@tanstack/react-router";
import { Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import { type BankAccount, request } from "@/shared/api";
import { Amount, CalendarDay, Figure } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn } from "@/shared/names";
import { usePurposeName } from "@/shared/purposes";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { PlusOutlined } from "@/shared/ui/icons";
import { ProfileSelect } from "./parts.tsx";
import { ACCOUNT, ACCOUNTS, useFinanceOf, useProfiles, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";
import styles from "./treasury.module.css";

/** The accounts at banks, each with what its bank last said of it and what waits on it. */
export function Accounts() {
  const t = useTexts(texts);
  const purposeName = usePurposeName();
  const [isOpening, setOpening] = useState(false);
  const close = () => setOpening(false);
  return (
    <>
      <div className={styles.tools}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpening(true)}>
          {t("account.add")}
        </Button>
      </div>
      <ListTable<BankAccount>
        inner
        path={ACCOUNTS}
        caption={t("tab.accounts")}
        defaultOrder="bank"
        subjectType={ACCOUNT}
        nameOf={(row) => `${row.bank_name} ${row.number}`}
        addressOf={(row) => `/bank-accounts/${row.id}`}
        empty={<Empty title={t("accounts.none")}>{t("accounts.none.text")}</Empty>}
        filters={[
          {
            name: "used",
            label: t("used"),
            choices: (["yes", "no"] as const).map((value) => ({ value, label: t(`used.${value}`) })),
          },
        ]}
        columns={[
          {
            key: "bank",
            title: t("account"),
            order: "bank",
            main: true,
            render: (row) => `${row.bank_name} ${row.number.slice(-4)}`,
          },
          { key: "purpose", title: t("purpose"), render: (row) => purposeName(row.purpose) },
          {
            key: "balance",
            title: t("told"),
            numeric: true,
            render: (row) =>
              row.told_minor == null ? "–" : <Amount minor={row.told_minor} currency={row.currency} />,
          },
          { key: "on", title: t("told.on"), render: (row) => <CalendarDay day={row.told_on} /> },
          {
            key: "open",
            title: t("open_lines"),
            numeric: true,
            render: (row) => <Figure value={row.open_lines} />,
          },
          { key: "number", title: t("number"), extra: true, render: (row) => <code>{row.number}</code> },
          { key: "branch", title: t("branch"), extra: true, render: (row) => row.branch || "–" },
        ]}
      />
      <Drawer open={isOpening} onClose={close} title={t("account.add")} size={520} destroyOnHidden>
        <OpenForm onClose={close} />
      </Drawer>
    </>
  );
}

interface Values {
  operating_entity_id: string;
  purpose: string;
  currency: string;
  bank_name: string;
  number: string;
  in_use_from: string;
  profile?: string;
}

function OpenForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const purposeName = usePurposeName();
  const profiles = useProfiles();
  const { entities, purposes } = useFinanceOf();
  const [form] = Form.useForm<Values>();
  const [first] = entities;
  if (!first) return null;
  const needed = (message: string) => [{ required: true, whitespace: true, message }];
  return (
    <ActionForm<Values>
      form={form}
      submit={t("account.add")}
      onCancel={onClose}
      initialValues={{
        operating_entity_id: first.id,
        purpose: purposes[0],
        currency: "CNY",
        in_use_from: todayHere(),
      }}
      onValuesChange={(changed) => {
        const profile = profiles.find((one) => one.code === changed.profile);
        if (profile && !form.getFieldValue("bank_name"))
          form.setFieldValue("bank_name", nameIn(language, profile));
      }}
      send={async ({ profile, ...values }, key) => {
        const mapping = profiles.find((one) => one.code === profile)?.mapping;
        const made = await request<BankAccount>("POST", ACCOUNTS, {
          body: { ...values, ...(mapping ? { mapping } : {}) },
          key,
        });
        void navigate({ to: `/bank-accounts/${made.id}` });
        await refresh();
      }}
    >
      <Form.Item name="profile" label={t("profile")} extra={t("profile.help")}>
        <ProfileSelect />
      </Form.Item>
      <Form.Item name="bank_name" label={t("bank")} rules={needed(t("bank.needed"))}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="number" label={t("number")} rules={needed(t("number.needed"))}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      <Form.Item name="branch" label={t("branch")}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item required name="operating_entity_id" label={t("entity")} hidden={entities.length === 1}>
        <Select options={entities.map((one) => ({ value: one.id, label: nameIn(language, one) }))} />
      </Form.Item>
      <Form.Item required name="purpose" label={t("purpose")}>
        <Select options={purposes.map((value) => ({ value, label: purposeName(value) }))} />
      </Form.Item>
      <Form.Item
        name="currency"
        label={t("currency")}
        normalize={(value: string) => value.toUpperCase()}
        rules={[{ required: true, len: 3, message: t("currency.needed") }]}
      >
        <Input maxLength={3} />
      </Form.Item>
      <Form.Item required name="in_use_from" label={t("in_use_from")}>
        <DayInput />
      </Form.Item>
    </ActionForm>
  );
}
