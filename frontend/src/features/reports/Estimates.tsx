import { App, Button, Checkbox, Drawer, Flex, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import {
  asProblem,
  type EstimateTerms,
  type Licence,
  newKey,
  type Programme,
  request,
  type SalesReport,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice, StateMark } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { ESTIMATE_TERMS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** What programmes say of reports that do not come; finance records and confirms it, and sets estimates by it. */
export function Estimates({ records }: { records: boolean }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [open, setOpen] = useState<"terms" | "estimate" | null>(null);
  const close = () => setOpen(null);
  const confirm = async (id: string) => {
    try {
      await request("POST", `${ESTIMATE_TERMS}/${id}/confirmation`, { key: newKey() });
      void message.success(t("estimate.confirmed"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  return (
    <>
      <Notice>{t("estimate.lead")}</Notice>
      {records && (
        <Flex gap={8} wrap style={{ marginBlockEnd: 16 }}>
          <Button type="primary" onClick={() => setOpen("estimate")}>
            {t("estimate.set")}
          </Button>
          <Button onClick={() => setOpen("terms")}>{t("estimate.terms.add")}</Button>
        </Flex>
      )}
      <ListTable<EstimateTerms>
        inner
        path={ESTIMATE_TERMS}
        caption={t("tab.estimates")}
        defaultOrder="-recorded"
        nameOf={(row) => `${row.programme_code} · ${row.stands_in}`}
        empty={<Empty title={t("estimate.terms.none")}>{t("estimate.terms.none.text")}</Empty>}
        columns={[
          { key: "programme", title: t("programme"), main: true, render: (row) => row.programme_code },
          {
            key: "state",
            title: t("state"),
            render: (row) =>
              row.confirmed_at ? (
                <StateMark standing="fine">{t("estimate.terms.counts")}</StateMark>
              ) : (
                <StateMark standing="attention">{t("estimate.terms.waits")}</StateMark>
              ),
          },
          { key: "from", title: t("estimate.from"), render: (row) => <CalendarDay day={row.from_on} /> },
          { key: "source", title: t("estimate.source"), render: (row) => spoken(row.stands_in) },
          {
            key: "rule",
            title: t("estimate.rule"),
            render: (row) => t("estimate.rule.says", { days: row.after_days, percent: row.percent }),
          },
          {
            key: "interest",
            title: t("estimate.interest"),
            render: (row) => t(row.bears_interest ? "estimate.interest.yes" : "estimate.interest.no"),
          },
          {
            key: "confirm",
            title: t("estimate.steps"),
            render: (row) =>
              records && !row.confirmed_at ? (
                <Button size="small" onClick={() => void confirm(row.id)}>
                  {t("estimate.confirm")}
                </Button>
              ) : (
                "–"
              ),
          },
        ]}
      />
      <Drawer
        open={open !== null}
        onClose={close}
        title={open ? t(open === "terms" ? "estimate.terms.add" : "estimate.set") : ""}
        size={520}
        destroyOnHidden
      >
        {open === "terms" && <TermsForm onClose={close} />}
        {open === "estimate" && <EstimateForm onClose={close} />}
      </Drawer>
    </>
  );
}

interface Terms {
  programme_id: string;
  from_on: string;
  stands_in: string;
  after_days: number;
  percent: string;
  bears_interest: boolean;
}

function TermsForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const programmes = useEvery<Programme>("/api/v1/programmes").data ?? [];
  const needed = [{ required: true, message: t("estimate.needed") }];
  return (
    <ActionForm<Terms>
      submit={t("estimate.terms.add")}
      onCancel={onClose}
      send={async (body, key) => {
        await request("POST", ESTIMATE_TERMS, { key, body });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("estimate.terms.done"));
        onClose();
      }}
      initialValues={{ from_on: todayHere(), after_days: 30, percent: "120", bears_interest: true }}
    >
      <Form.Item name="programme_id" label={t("programme")} rules={needed}>
        <Select
          options={programmes.map((one) => ({
            value: one.id,
            label: `${one.code} · ${spoken(one.name ?? "")}`,
          }))}
        />
      </Form.Item>
      <Form.Item
        name="stands_in"
        label={t("estimate.source")}
        extra={t("estimate.source.help")}
        rules={needed}
      >
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="from_on" label={t("estimate.from")} rules={needed}>
        <DayInput />
      </Form.Item>
      <Form.Item name="after_days" label={t("estimate.after_days")} rules={needed}>
        <InputNumber min={0} max={366} precision={0} style={{ width: 168 }} />
      </Form.Item>
      <Form.Item
        name="percent"
        label={t("estimate.percent")}
        extra={t("estimate.percent.help")}
        rules={needed}
      >
        <InputNumber stringMode min="0" max="1000" suffix="%" style={{ width: 168 }} />
      </Form.Item>
      <Form.Item name="bears_interest" valuePropName="checked">
        <Checkbox>{t("estimate.interest.ask")}</Checkbox>
      </Form.Item>
    </ActionForm>
  );
}

interface Estimate {
  licence_id: string;
  quarter: string;
}

/** The first months of the last quarters that are over, the latest first. */
function quarters(today: string): { value: string; label: string }[] {
  const months = Number(today.slice(0, 4)) * 12 + Number(today.slice(5, 7)) - 1;
  const first = months - (months % 3);
  return [1, 2, 3, 4].map((back) => {
    const begins = first - 3 * back;
    const year = Math.floor(begins / 12);
    const month = (begins % 12) + 1;
    return {
      value: `${year}-${String(month).padStart(2, "0")}-01`,
      label: `${year}Q${(month + 2) / 3}`,
    };
  });
}

function EstimateForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const licences = useEvery<Licence>("/api/v1/licences").data ?? [];
  const needed = [{ required: true, message: t("estimate.needed") }];
  const choices = quarters(todayHere());
  return (
    <ActionForm<Estimate>
      submit={t("estimate.set")}
      onCancel={onClose}
      send={async ({ licence_id, quarter }, key) => {
        const made = await request<SalesReport>("POST", `/api/v1/licences/${licence_id}/estimates`, {
          key,
          body: { month: quarter },
        });
        await refresh();
        void message.success(t("estimate.done", { receipt: made.receipt_number }));
      }}
      onDone={onClose}
      initialValues={{ quarter: choices[0]?.value }}
    >
      <Form.Item name="licence_id" label={t("licence")} extra={t("estimate.set.help")} rules={needed}>
        <Select
          showSearch={{ optionFilterProp: "label" }}
          options={licences.map((one) => ({
            value: one.id,
            label: `${one.code} · ${organisationName(one.licensee_id, one.licensee_name)}`,
          }))}
        />
      </Form.Item>
      <Form.Item name="quarter" label={t("estimate.quarter")} rules={needed}>
        <Select options={choices} style={{ width: 168 }} />
      </Form.Item>
    </ActionForm>
  );
}
