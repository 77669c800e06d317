import { Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import { type Organisation, type PayeeAccount, request, useMe, useRoles } from "@/shared/api";
import { OrganisationSelect, useEvery } from "@/shared/choosing";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice, Page, type Standing, StateMark } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import { PAYEE, PAYEES, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";
import styles from "./treasury.module.css";

const STATES = ["entered", "confirmed", "withdrawn"] as const;
const STANDINGS: Record<string, Standing> = { entered: "attention", confirmed: "fine", withdrawn: "closed" };

/** How an account to be paid to stands: one that is confirmed still waits some days. */
export function PayeeMark({ row }: { row: Pick<PayeeAccount, "state" | "in_force_at"> }) {
  const t = useTexts(texts);
  if (row.state === "confirmed" && row.in_force_at && row.in_force_at > new Date().toISOString())
    return <StateMark standing="attention">{t("payee.waiting")}</StateMark>;
  return (
    <StateMark standing={STANDINGS[row.state ?? ""] ?? "attention"}>
      {t.maybe(`payee.${row.state}`)}
    </StateMark>
  );
}

/** Where one's own organisation wants to be paid. */
export function PayeeAccounts() {
  const t = useTexts(texts);
  return (
    <Page title={t("tab.payees")} subtitle={t("payees.lead")}>
      <Payees />
    </Page>
  );
}

/** Where organisations want to be paid: entered by one person, confirmed by another. */
export function Payees() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const [isEntering, setEntering] = useState(false);
  const close = () => setEntering(false);
  return (
    <>
      <div className={styles.tools}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEntering(true)}>
          {t("payee.enter")}
        </Button>
      </div>
      <ListTable<PayeeAccount>
        inner
        path={PAYEES}
        caption={t("tab.payees")}
        defaultOrder="-entered"
        subjectType={PAYEE}
        nameOf={(row) => `${row.bank_name} ${row.number}`}
        addressOf={(row) => `/payee-accounts/${row.id}`}
        empty={<Empty title={t("payees.none")}>{t("payees.none.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: w("state"),
            choices: STATES.map((value) => ({ value, label: t(`payee.${value}`) })),
          },
        ]}
        columns={[
          {
            key: "account",
            title: t("payee.account"),
            main: true,
            render: (row) => `${row.bank_name} ${row.number.slice(-4)}`,
          },
          {
            key: "organisation",
            title: w("organisation"),
            render: (row) => organisationName(row.organisation_id, row.organisation_name),
          },
          { key: "currency", title: t("currency"), render: (row) => row.currency },
          { key: "state", title: w("state"), render: (row) => <PayeeMark row={row} /> },
          { key: "force", title: t("in_force"), render: (row) => <Instant at={row.in_force_at} /> },
          {
            key: "entered",
            title: t("entered"),
            order: "entered",
            render: (row) => <Instant at={row.entered_at} />,
          },
        ]}
      />
      <Drawer open={isEntering} onClose={close} title={t("payee.enter")} size={520} destroyOnHidden>
        <EnterForm onClose={close} />
      </Drawer>
    </>
  );
}

function EnterForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const me = useMe();
  const refresh = useRefresh();
  const isFinance = useRoles().has("finance");
  const own = me.seats.find((seat) => seat.id === me.seat)?.organisation;
  const organisations = useEvery<Organisation>("/api/v1/organisations").data ?? [];
  const name = organisations.find((one) => one.id === own)?.name_zh;
  const needed = (message: string) => [{ required: true, whitespace: true, message }];
  return (
    <ActionForm<Record<string, string>>
      submit={t("payee.enter")}
      onCancel={onClose}
      initialValues={{ currency: "CNY", ...(isFinance ? {} : { organisation_id: own, account_name: name }) }}
      send={async (body, key) => {
        await request("POST", PAYEES, { body, key });
        await refresh();
      }}
      onDone={onClose}
    >
      <Notice>{t("payee.text")}</Notice>
      <Form.Item
        name="organisation_id"
        label={w("organisation")}
        hidden={!isFinance}
        rules={[{ required: true, message: t("organisation.needed") }]}
      >
        <OrganisationSelect />
      </Form.Item>
      <Form.Item name="account_name" label={t("payee.name")} rules={needed(t("payee.name.needed"))}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="bank_name" label={t("bank")} rules={needed(t("bank.needed"))}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="branch" label={t("branch")}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="number" label={t("number")} rules={needed(t("number.needed"))}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      <Form.Item required name="currency" label={t("currency")}>
        <Select options={["CNY", "USD", "EUR", "JPY", "HKD"].map((value) => ({ value, label: value }))} />
      </Form.Item>
    </ActionForm>
  );
}
