import { App, Button, Drawer, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { type AuditClause, asProblem, type Licence, newKey, request } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { CLAUSES, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

const KINDS = ["yearly", "daily", "monthly", "monthly_compound"] as const;

/** Says of a clause what it takes for the licensee to bear the cost. */
export function useThreshold() {
  const t = useTexts(texts);
  return (clause: AuditClause) =>
    t("threshold.says", {
      reaches: t.maybe(`reaches.${clause.threshold_reaches}`),
      percent: clause.threshold_percent,
      measure: t.maybe(`measure.${clause.threshold_measure}`),
    });
}

/** Says of a clause which interest is owed. */
export function useInterest() {
  const t = useTexts(texts);
  return (clause: AuditClause) =>
    clause.interest_kind
      ? t("interest.says", {
          kind: t.maybe(`interest.${clause.interest_kind}`),
          percent: clause.interest_percent,
          days: clause.interest_year_days,
        })
      : t("interest.none");
}

/** What contracts say of audits: recorded by one person, confirmed by another. */
export function Clauses({ records }: { records: boolean }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const threshold = useThreshold();
  const interest = useInterest();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const confirm = async (id: string) => {
    try {
      await request("POST", `${CLAUSES}/${id}/confirmation`, { key: newKey() });
      void message.success(t("done"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  return (
    <>
      {records && (
        <Notice action={<Button onClick={() => setOpen(true)}>{t("clause.add")}</Button>}>
          {t("clauses.none.text")}
        </Notice>
      )}
      <ListTable<AuditClause>
        inner
        path={CLAUSES}
        caption={t("tab.clauses")}
        defaultOrder="-recorded"
        nameOf={(row) => `${row.licence_code} · ${row.stands_in}`}
        empty={<Empty title={t("clauses.none")}>{records ? t("clauses.none.text") : t("none.own")}</Empty>}
        columns={[
          { key: "licence", title: t("licence"), main: true, render: (row) => row.licence_code },
          { key: "licensee", title: t("licensee"), render: (row) => spoken(row.licensee_name) },
          { key: "from", title: t("from_on"), render: (row) => <CalendarDay day={row.from_on} /> },
          { key: "source", title: t("source"), render: (row) => row.stands_in },
          { key: "threshold", title: t("threshold"), render: threshold },
          { key: "interest", title: t("interest"), render: interest },
          {
            key: "confirm",
            title: t("confirm"),
            render: (row) => {
              if (row.confirmed_at) return t("clause.confirmed");
              return records ? (
                <Button size="small" onClick={() => void confirm(row.id)}>
                  {t("clause.confirm")}
                </Button>
              ) : (
                t("clause.unconfirmed")
              );
            },
          },
        ]}
      />
      <Drawer open={open} onClose={() => setOpen(false)} title={t("clause.add")} size={520} destroyOnHidden>
        <ClauseForm onClose={() => setOpen(false)} />
      </Drawer>
    </>
  );
}

interface Values {
  licence_id: string;
  from_on: string;
  stands_in: string;
  notice_days: number;
  look_back_years: number;
  months_between: number;
  threshold_percent: string;
  threshold_reaches: string;
  threshold_measure: string;
  nets: boolean;
  interest_kind?: string | undefined;
  interest_percent?: string | undefined;
  interest_year_days: number;
  payment_days: number;
}

function ClauseForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const kind = Form.useWatch("interest_kind", form);
  const licences = useEvery<Licence>("/api/v1/licences").data ?? [];
  const needed = [{ required: true, message: t("needed") }];
  const whole = (name: keyof Values & string, least: number, most: number) => (
    <Form.Item name={name} label={t.maybe(name)} rules={needed}>
      <InputNumber min={least} max={most} precision={0} style={{ width: 168 }} />
    </Form.Item>
  );
  const percent = <InputNumber stringMode min="0" max="100" style={{ width: 168 }} />;
  const choose = (prefix: string, values: readonly string[]) =>
    values.map((value) => ({ value, label: t.maybe(`${prefix}.${value}`) }));
  return (
    <ActionForm<Values>
      form={form}
      submit={t("clause.add")}
      onCancel={onClose}
      send={async (values, key) => {
        const interest = values.interest_kind
          ? { interest_kind: values.interest_kind, interest_percent: values.interest_percent }
          : { interest_kind: null, interest_percent: "0" };
        await request("POST", CLAUSES, { key, body: { ...values, ...interest } });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("clause.done"));
        onClose();
      }}
      initialValues={{
        from_on: todayHere(),
        notice_days: 15,
        look_back_years: 3,
        months_between: 12,
        payment_days: 30,
        threshold_percent: "5",
        threshold_reaches: "more_than",
        threshold_measure: "paid",
        nets: true,
        interest_year_days: 365,
      }}
    >
      <Form.Item name="licence_id" label={t("licence")} rules={needed}>
        <Select
          showSearch={{ optionFilterProp: "label" }}
          options={licences.map((one) => ({ value: one.id, label: `${one.code} · ${one.licensee_name}` }))}
        />
      </Form.Item>
      <Form.Item name="stands_in" label={t("source")} extra={t("source.help")} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="from_on" label={t("from_on")} rules={needed}>
        <DayInput />
      </Form.Item>
      {whole("notice_days", 0, 366)}
      {whole("look_back_years", 1, 20)}
      {whole("months_between", 0, 120)}
      {whole("payment_days", 0, 366)}
      <Form.Item name="threshold_reaches" label={t("threshold")} rules={needed}>
        <Select options={choose("reaches", ["more_than", "at_least"])} />
      </Form.Item>
      <Form.Item name="threshold_percent" label={t("threshold_percent")} rules={needed}>
        {percent}
      </Form.Item>
      <Form.Item name="threshold_measure" label={t("ratio")} rules={needed}>
        <Select options={choose("measure", ["paid", "due"])} />
      </Form.Item>
      <Form.Item name="nets" label={t("nets")} rules={needed}>
        <Select
          options={[
            { value: true, label: t("nets.yes") },
            { value: false, label: t("nets.no") },
          ]}
        />
      </Form.Item>
      <Form.Item name="interest_kind" label={t("interest_kind")}>
        <Select allowClear placeholder={t("interest.none")} options={choose("interest", KINDS)} />
      </Form.Item>
      {kind && (
        <Form.Item name="interest_percent" label={t("interest_percent")} rules={needed}>
          {percent}
        </Form.Item>
      )}
      <Form.Item name="interest_year_days" hidden>
        <Input />
      </Form.Item>
    </ActionForm>
  );
}
