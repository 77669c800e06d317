import { Button, Drawer, Form, Select } from "antd";
import { useState } from "react";
import type { Conversion, DistributionRun } from "@/shared/api";
import { request } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import styles from "./exchange.module.css";
import { Mark } from "./parts.tsx";
import { CONVERSION, CONVERSION_STATES, CONVERSIONS, CURRENCIES, RUNS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** What members are owed, converted to the currency they are paid in. */
export function Conversions({ isFinance }: { isFinance: boolean }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      {isFinance && (
        <div className={styles.tools}>
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
            {t("convert")}
          </Button>
        </div>
      )}
      <ListTable<Conversion>
        inner={isFinance}
        path={CONVERSIONS}
        caption={t("tab.conversions")}
        defaultOrder="-drafted"
        subjectType={CONVERSION}
        nameOf={(row) => `${row.programme_code} #${row.distribution_number}`}
        addressOf={(row) => `/conversions/${row.id}`}
        empty={<Empty title={t("conversions.none")}>{t("conversions.none.text")}</Empty>}
        filters={
          isFinance
            ? [
                {
                  name: "state",
                  label: w("state"),
                  choices: CONVERSION_STATES.map((value) => ({ value, label: t(`conversion.${value}`) })),
                },
              ]
            : []
        }
        columns={[
          {
            key: "run",
            title: t("distribution"),
            main: true,
            render: (row) => `${row.programme_code} #${row.distribution_number}`,
          },
          ...(isFinance
            ? [
                {
                  key: "member",
                  title: t("member"),
                  render: (row: Conversion) => organisationName(null, row.member),
                },
              ]
            : []),
          {
            key: "source",
            title: t("amount.source"),
            numeric: true,
            render: (row) => <Amount minor={row.source_minor} currency={row.source_currency} />,
          },
          {
            key: "target",
            title: t("amount.target"),
            numeric: true,
            render: (row) => <Amount minor={row.target_minor} currency={row.target_currency} />,
          },
          { key: "rate", title: t("rate"), numeric: true, render: (row) => <code>{row.rate}</code> },
          { key: "rate_on", title: t("rate_on"), render: (row) => <CalendarDay day={row.rate_on} /> },
          { key: "state", title: w("state"), render: (row) => <Mark of="conversion" state={row.state} /> },
          {
            key: "drafted",
            title: t("drafted"),
            order: "drafted",
            extra: true,
            render: (row) => <Instant at={row.drafted_at} />,
          },
        ]}
      />
      <Drawer open={isOpen} onClose={() => setOpen(false)} title={t("convert")} size={520} destroyOnHidden>
        <Convert onClose={() => setOpen(false)} />
      </Drawer>
    </>
  );
}

function Convert({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const runs = (useEvery<DistributionRun>(RUNS).data ?? []).filter(
    (run) => run.status === "released" || run.status === "closed",
  );
  return (
    <ActionForm<{ run: string; currency: string }>
      submit={t("convert")}
      onCancel={onClose}
      initialValues={{ currency: "USD" }}
      send={async ({ run, currency }, key) => {
        await request("POST", `${RUNS}/${run}/conversions`, { body: { currency }, key });
        await refresh();
      }}
      onDone={onClose}
    >
      <Notice>{t("convert.text")}</Notice>
      <Form.Item
        name="run"
        label={t("distribution")}
        rules={[{ required: true, message: t("distribution.needed") }]}
      >
        <Select
          options={runs.map((run) => ({ value: run.id, label: `${run.programme_code} #${run.number}` }))}
        />
      </Form.Item>
      <Form.Item required name="currency" label={t("currency")}>
        <Select options={CURRENCIES} />
      </Form.Item>
    </ActionForm>
  );
}
