import { useNavigate } from "@tanstack/react-router";
import { Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import { request, type TaxRemittance, type TaxRemittanceDetail } from "@/shared/api";
import { EntitySelect } from "@/shared/choosing";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { PlusOutlined } from "@/shared/ui/icons";
import { Mark } from "./parts.tsx";
import { REMITTANCE, REMITTANCE_STATES, REMITTANCES, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";
import styles from "./withholding.module.css";

/** What is paid to the tax office of what was withheld. */
export function Remittances() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <div className={styles.tools}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
          {t("remittance.prepare")}
        </Button>
      </div>
      <ListTable<TaxRemittance>
        inner
        path={REMITTANCES}
        caption={t("tab.remittances")}
        defaultOrder="-prepared"
        subjectType={REMITTANCE}
        nameOf={(row) => row.reference}
        addressOf={(row) => `/tax-remittances/${row.id}`}
        empty={<Empty title={t("remittances.none")}>{t("remittances.none.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: w("state"),
            choices: REMITTANCE_STATES.map((value) => ({ value, label: t(`remittance.${value}`) })),
          },
        ]}
        columns={[
          { key: "reference", title: t("reference"), main: true, render: (row) => row.reference },
          {
            key: "amount",
            title: t("tax"),
            numeric: true,
            render: (row) => <Amount minor={row.amount_minor} currency={row.currency} />,
          },
          { key: "through", title: t("through"), render: (row) => <CalendarDay day={row.through_on} /> },
          { key: "state", title: w("state"), render: (row) => <Mark of="remittance" state={row.state} /> },
          {
            key: "paid",
            title: t("paid_on"),
            render: (row) => (row.paid_on ? <CalendarDay day={row.paid_on} /> : "–"),
          },
          { key: "receipt", title: t("receipt"), render: (row) => row.receipt || "–" },
          {
            key: "prepared",
            title: t("prepared"),
            order: "prepared",
            extra: true,
            render: (row) => <Instant at={row.prepared_at} />,
          },
        ]}
      />
      <Drawer
        open={isOpen}
        onClose={() => setOpen(false)}
        title={t("remittance.prepare")}
        size={520}
        destroyOnHidden
      >
        <Prepare onClose={() => setOpen(false)} />
      </Drawer>
    </>
  );
}

function Prepare({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const refresh = useRefresh();
  return (
    <ActionForm<Record<string, string>>
      submit={t("remittance.prepare")}
      onCancel={onClose}
      initialValues={{ currency: "CNY", through_on: todayHere() }}
      send={async (body, key) => {
        const made = await request<TaxRemittanceDetail>("POST", REMITTANCES, { body, key });
        void navigate({ to: `/tax-remittances/${made.id}` });
        await refresh();
      }}
      onDone={onClose}
    >
      <Notice>{t("remittance.text")}</Notice>
      <Form.Item
        name="operating_entity_id"
        label={t("entity")}
        rules={[{ required: true, message: t("entity.needed") }]}
      >
        <EntitySelect />
      </Form.Item>
      <Form.Item required name="currency" label={t("currency")}>
        <Select options={["CNY", "USD", "EUR", "JPY", "HKD"].map((value) => ({ value, label: value }))} />
      </Form.Item>
      <Form.Item
        name="through_on"
        label={t("through")}
        rules={[{ required: true, message: t("day.needed") }]}
      >
        <DayInput to={todayHere()} />
      </Form.Item>
      <Form.Item
        name="reference"
        label={t("reference")}
        rules={[{ required: true, whitespace: true, message: t("reference.needed") }]}
      >
        <Input maxLength={100} />
      </Form.Item>
    </ActionForm>
  );
}
