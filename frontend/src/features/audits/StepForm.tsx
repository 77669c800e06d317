import { App, AutoComplete, Form, Input, InputNumber, Radio } from "antd";
import type { AuditFinding, LicenseeAuditDetail } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { minorDigits, todayHere } from "@/shared/format/plain";
import { minorOf, written } from "@/shared/format/typed";
import { useTexts } from "@/shared/i18n";
import { ActionForm } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { MonthInput } from "./fields.tsx";
import { AUDITS, useStep } from "./queries.ts";
import { texts } from "./texts.ts";

export type Asked =
  | "open access"
  | "extend access"
  | "record finding"
  | "answer"
  | "send back"
  | "work out"
  | "cancel"
  | "propose reversal";

/** What a step is called: what notice was given of is not cancelled by one person alone. */
export function labelOf(step: Asked, audit: LicenseeAuditDetail) {
  return step === "cancel" && audit.noticed_on
    ? ("step.ask cancellation" as const)
    : (`step.${step}` as const);
}

const ADDRESSES: Readonly<Record<Asked, string>> = {
  "open access": "access",
  "extend access": "extension",
  "record finding": "findings",
  answer: "answer",
  "send back": "return",
  "work out": "outcome",
  cancel: "cancellation",
  "propose reversal": "reversal",
};

interface Values {
  access_ends_on?: string;
  period?: string;
  product?: string;
  found_units?: number;
  found?: string;
  cause?: string;
  accept?: boolean;
  answer?: string;
  reason?: string;
  cost?: string;
  interest_until_on?: string;
  charge_month?: string;
}

/** Asks for what a step of an audit takes. */
export function StepForm({
  audit,
  step,
  onClose,
}: {
  audit: LicenseeAuditDetail;
  step: Asked;
  onClose: () => void;
}) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const take = useStep(audit.id);
  const send = ({ found, cost, ...values }: Values, key: string) =>
    take(
      ADDRESSES[step],
      {
        ...values,
        ...(step === "record finding" ? { found_minor: minorOf(found, audit.currency) } : {}),
        ...(step === "work out" ? { cost_minor: minorOf(cost, audit.currency) } : {}),
      },
      key,
    );
  return (
    <ActionForm<Values>
      send={send}
      submit={t(labelOf(step, audit))}
      danger={step === "cancel" || step === "propose reversal"}
      onCancel={onClose}
      onDone={() => {
        void message.success(t("done"));
        onClose();
      }}
      initialValues={{ accept: true, interest_until_on: todayHere() }}
    >
      <Fields audit={audit} step={step} />
    </ActionForm>
  );
}

function Fields({ audit, step }: { audit: LicenseeAuditDetail; step: Asked }) {
  const t = useTexts(texts);
  const needed = [{ required: true, message: t("needed") }];
  const money = (
    <InputNumber
      stringMode
      min="0"
      precision={minorDigits(audit.currency)}
      suffix={audit.currency}
      style={{ width: 220 }}
      controls={false}
    />
  );
  const reason = (
    <Form.Item name="reason" label={t("reason")} rules={needed}>
      <Input maxLength={500} />
    </Form.Item>
  );
  const ends = (
    <Form.Item name="access_ends_on" label={t("access_ends")} extra={t("access_ends.help")} rules={needed}>
      <DayInput from={todayHere()} />
    </Form.Item>
  );
  switch (step) {
    case "open access":
    case "extend access":
      return ends;
    case "cancel":
      return reason;
    case "propose reversal":
      return (
        <Form.Item name="reason" label={t("reason")} extra={t("reversal.help")} rules={needed}>
          <Input maxLength={500} />
        </Form.Item>
      );
    case "send back":
      return (
        <>
          {reason}
          {ends}
        </>
      );
    case "answer":
      return (
        <>
          <Form.Item name="accept" label={t("answer")} rules={needed}>
            <Radio.Group
              options={[
                { value: true, label: t("accept") },
                { value: false, label: t("dispute") },
              ]}
            />
          </Form.Item>
          <Form.Item name="answer" label={t("answer.text")} extra={t("answer.help")}>
            <Input.TextArea rows={4} maxLength={2000} />
          </Form.Item>
        </>
      );
    case "work out":
      return (
        <>
          <Form.Item name="cost" label={t("cost")} rules={needed}>
            {money}
          </Form.Item>
          <Form.Item name="interest_until_on" label={t("interest_until")} rules={needed}>
            <DayInput />
          </Form.Item>
          <Form.Item
            name="charge_month"
            label={t("charge_month")}
            extra={t("charge_month.help")}
            rules={needed}
          >
            <MonthInput />
          </Form.Item>
        </>
      );
    case "record finding":
      return (
        <>
          <WhatWasReported audit={audit} />
          <Form.Item name="found_units" label={t("found_units")} rules={needed}>
            <InputNumber min={0} precision={0} style={{ width: 220 }} controls={false} />
          </Form.Item>
          <Form.Item name="found" label={t("found")} extra={t("found.help")} rules={needed}>
            {money}
          </Form.Item>
          <Form.Item name="cause" label={t("cause")} extra={t("cause.help")}>
            <Input maxLength={500} />
          </Form.Item>
        </>
      );
  }
}

/** The period and product of a finding: those that were reported, or what never was. */
function WhatWasReported({ audit }: { audit: LicenseeAuditDetail }) {
  const t = useTexts(texts);
  const form = Form.useFormInstance<Values>();
  const rows = useEvery<AuditFinding>(`${AUDITS}/${audit.id}/findings`).data ?? [];
  const sold = rows.filter((row) => !row.product.startsWith("~"));
  const period = Form.useWatch("period", form);
  const needed = [{ required: true, message: t("needed") }];
  const options = (values: readonly string[]) => [...new Set(values)].map((value) => ({ value }));
  const fill = () => {
    const given: Values = form.getFieldsValue();
    const row = sold.find((each) => each.period === given.period && each.product === given.product);
    if (row === undefined) return;
    form.setFieldsValue({
      found_units: row.found_units,
      found: written(row.found_minor, audit.currency),
      cause: row.cause ?? "",
    });
  };
  return (
    <>
      <Form.Item name="period" label={t("period")} extra={t("period.help")} rules={needed}>
        <AutoComplete
          maxLength={7}
          style={{ width: 168 }}
          options={options(sold.map((row) => row.period))}
          onSelect={fill}
        />
      </Form.Item>
      <Form.Item name="product" label={t("product")} rules={needed}>
        <AutoComplete
          maxLength={200}
          options={options(sold.filter((row) => !period || row.period === period).map((row) => row.product))}
          onSelect={fill}
        />
      </Form.Item>
    </>
  );
}
