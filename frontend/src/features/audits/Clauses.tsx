import { App, Button, Drawer, Flex, Form, Input, InputNumber, Select, Tooltip } from "antd";
import { useState } from "react";
import {
  type AuditClause,
  asProblem,
  type Licence,
  newKey,
  type RecordedAuditClause,
  request,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice, StateMark } from "@/shared/ui";
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
          kind: t.maybe(`interest.of.${clause.interest_kind}`),
          percent: clause.interest_percent,
          days: clause.interest_year_days,
        })
      : t("interest.none");
}

type Opened = { what: "record" } | { what: "replace" | "withdraw"; clause: RecordedAuditClause };

/** What contracts say of audits: recorded by one person, confirmed by another, replaced where it was wrong. */
export function Clauses({ records }: { records: boolean }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const threshold = useThreshold();
  const interest = useInterest();
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  return (
    <>
      {records && (
        <Notice action={<Button onClick={() => setOpened({ what: "record" })}>{t("clause.add")}</Button>}>
          {t("clauses.none.text")}
        </Notice>
      )}
      <ListTable<RecordedAuditClause>
        inner
        path={CLAUSES}
        caption={t("tab.clauses")}
        defaultOrder="-recorded"
        nameOf={(row) => `${row.licence_code} · ${row.stands_in}`}
        empty={<Empty title={t("clauses.none")}>{records ? t("clauses.none.text") : t("none.own")}</Empty>}
        columns={[
          { key: "licence", title: t("licence"), main: true, render: (row) => row.licence_code },
          { key: "standing", title: w("state"), render: (row) => <ClauseStanding clause={row} /> },
          {
            key: "licensee",
            title: t("licensee"),
            render: (row) => organisationName(row.licensee_id, row.licensee_name),
          },
          { key: "from", title: t("from_on"), render: (row) => <CalendarDay day={row.from_on} /> },
          { key: "source", title: t("source"), render: (row) => spoken(row.stands_in) },
          { key: "threshold", title: t("threshold"), render: threshold },
          { key: "interest", title: t("interest"), render: interest },
          {
            key: "steps",
            title: t("steps"),
            render: (row) => <ClauseSteps clause={row} onOpen={setOpened} />,
          },
        ]}
      />
      <Drawer
        open={opened !== null}
        onClose={close}
        title={opened ? t(`clause.${opened.what === "record" ? "add" : opened.what}`) : ""}
        size={520}
        destroyOnHidden
      >
        {opened?.what === "record" && <ClauseForm onClose={close} />}
        {opened?.what === "replace" && <ClauseForm replaced={opened.clause} onClose={close} />}
        {opened?.what === "withdraw" && <WithdrawalForm clause={opened.clause} onClose={close} />}
      </Drawer>
    </>
  );
}

/** Whether a clause counts, waits, or was put right. */
function ClauseStanding({ clause }: { clause: RecordedAuditClause }) {
  const t = useTexts(texts);
  if (clause.withdrawn_at) {
    return (
      <Tooltip title={clause.withdrawn_reason}>
        <span>
          <StateMark standing="closed">{t("clause.withdrawn")}</StateMark>
        </span>
      </Tooltip>
    );
  }
  if (clause.replaced_at) return <StateMark standing="closed">{t("clause.replaced")}</StateMark>;
  return clause.confirmed_at ? (
    <StateMark standing="fine">{t("clause.confirmed")}</StateMark>
  ) : (
    <StateMark standing="attention">{t("clause.unconfirmed")}</StateMark>
  );
}

function ClauseSteps({ clause, onOpen }: { clause: RecordedAuditClause; onOpen: (opened: Opened) => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const can = new Set(clause.allowed_steps);
  if (can.size === 0) return "–";
  const confirm = async () => {
    try {
      await request("POST", `${CLAUSES}/${clause.id}/confirmation`, { key: newKey() });
      void message.success(t("done"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  return (
    <Flex gap={8}>
      {can.has("confirm") && (
        <Button size="small" onClick={() => void confirm()}>
          {t("clause.confirm")}
        </Button>
      )}
      {(["withdraw", "replace"] as const).map(
        (what) =>
          can.has(what) && (
            <Button key={what} size="small" onClick={() => onOpen({ what, clause })}>
              {t(`clause.${what}`)}
            </Button>
          ),
      )}
    </Flex>
  );
}

function WithdrawalForm({ clause, onClose }: { clause: RecordedAuditClause; onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <ActionForm<{ reason: string }>
      submit={t("clause.withdraw")}
      danger
      onCancel={onClose}
      send={async (body, key) => {
        await request("POST", `${CLAUSES}/${clause.id}/withdrawal`, { key, body });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("done"));
        onClose();
      }}
    >
      <Form.Item
        name="reason"
        label={t("clause.reason")}
        extra={t("clause.withdraw.help")}
        rules={[{ required: true, message: t("needed") }]}
      >
        <Input maxLength={500} />
      </Form.Item>
    </ActionForm>
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
  answer_days: number;
  reason?: string | undefined;
}

/** What a new form begins with: what many contracts say, or what was recorded wrongly. */
function startOf(replaced: RecordedAuditClause | undefined): Partial<Values> {
  if (replaced === undefined) {
    return {
      from_on: todayHere(),
      notice_days: 15,
      look_back_years: 3,
      months_between: 12,
      payment_days: 30,
      answer_days: 30,
      threshold_percent: "5",
      threshold_reaches: "more_than",
      threshold_measure: "paid",
      nets: true,
      interest_year_days: 365,
    };
  }
  return {
    licence_id: replaced.licence_id,
    from_on: replaced.from_on,
    stands_in: replaced.stands_in,
    notice_days: replaced.notice_days,
    look_back_years: replaced.look_back_years,
    months_between: replaced.months_between,
    payment_days: replaced.payment_days,
    answer_days: replaced.answer_days ?? 30,
    threshold_percent: replaced.threshold_percent,
    threshold_reaches: replaced.threshold_reaches,
    threshold_measure: replaced.threshold_measure,
    nets: replaced.nets ?? true,
    interest_kind: replaced.interest_kind || undefined,
    interest_percent: replaced.interest_kind ? replaced.interest_percent : undefined,
    interest_year_days: replaced.interest_year_days ?? 365,
  };
}

function ClauseForm({ replaced, onClose }: { replaced?: RecordedAuditClause; onClose: () => void }) {
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
      submit={t(replaced ? "clause.replace" : "clause.add")}
      onCancel={onClose}
      send={async (values, key) => {
        const interest = values.interest_kind
          ? { interest_kind: values.interest_kind, interest_percent: values.interest_percent }
          : { interest_kind: null, interest_percent: "0" };
        const place = replaced ? { replaces_id: replaced.id } : {};
        await request("POST", CLAUSES, { key, body: { ...values, ...interest, ...place } });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("clause.done"));
        onClose();
      }}
      initialValues={startOf(replaced)}
    >
      {replaced && (
        <Form.Item name="reason" label={t("clause.wrong")} extra={t("clause.replace.help")} rules={needed}>
          <Input maxLength={500} />
        </Form.Item>
      )}
      <Form.Item name="licence_id" label={t("licence")} rules={needed}>
        <Select
          disabled={replaced !== undefined}
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
      {whole("answer_days", 0, 366)}
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
      <Form.Item name="interest_year_days" label={t("interest_year_days")} hidden={kind !== "yearly"}>
        <Select
          options={[365, 360].map((value) => ({ value, label: String(value) }))}
          style={{ width: 168 }}
        />
      </Form.Item>
    </ActionForm>
  );
}
