import { App, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { type OpenDeclaration, request } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import { minorOf, written } from "@/shared/format/typed";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { PaperField } from "@/shared/papers";
import { plainDecimal } from "@/shared/royalties";
import { ActionForm, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { YuanField } from "./fields.tsx";
import { DECLARATION_SUBJECT, DECLARATIONS, SCHEMES, useRefreshOpen } from "./queries.ts";
import { openTexts } from "./texts/index.ts";

interface Values {
  scheme: OpenDeclaration["scheme"];
  sum?: string | null;
  sum_within_days?: number | null;
  base?: string;
  rate_percent?: string | null;
  period_months?: number | null;
  pays_within_days?: number | null;
  ends_on?: string | null;
  basis?: string;
  contact?: string;
  guidance_reason?: string;
  report_id?: string | null;
  report_on?: string | null;
  report_finding?: string;
}

const MONTHS = [1, 3, 6, 12];
const WITHOUT_REPORT = "invention";

/** A draft declaration: the price, and the other fields of the office's form. What the scheme has no place for is left out. */
export function EditForm({
  declaration,
  onClose,
}: {
  declaration: { data: OpenDeclaration; etag: string };
  onClose: () => void;
}) {
  const t = useTexts(openTexts);
  const w = useTexts(words);
  const refresh = useRefreshOpen();
  const { message } = App.useApp();
  // Saved over what was read into the form alone, however the page changed since.
  const [{ data, etag }] = useState(declaration);
  const [form] = Form.useForm<Values>();
  const scheme = Form.useWatch("scheme", form) ?? data.scheme;
  const hasSum = scheme !== "running";
  const hasRate = scheme !== "lump_sum";
  const days = <InputNumber min={0} max={366} precision={0} style={{ width: 160 }} />;
  return (
    <ActionForm<Values>
      form={form}
      submit={w("save")}
      requiredMark={false}
      onCancel={onClose}
      initialValues={{
        scheme: data.scheme,
        sum: data.sum_minor == null ? null : written(data.sum_minor, data.currency),
        sum_within_days: data.sum_within_days ?? 30,
        base: data.base || "net_sales",
        rate_percent: data.rate_percent ? plainDecimal(data.rate_percent) : null,
        period_months: data.period_months ?? 3,
        pays_within_days: data.pays_within_days ?? 30,
        ends_on: data.ends_on,
        basis: data.basis,
        contact: data.contact,
        guidance_reason: data.workings?.guidance_reason,
        report_id: data.workings?.report_id,
        report_on: data.workings?.report_on,
        report_finding: data.workings?.report_finding ?? "",
      }}
      send={async ({ sum, rate_percent, ...values }) => {
        await request("PATCH", `${DECLARATIONS}/${data.id}`, {
          etag,
          body: {
            ...values,
            report_finding: values.report_finding ?? "",
            sum_minor: hasSum && sum ? minorOf(sum, data.currency) : null,
            sum_within_days: hasSum ? (values.sum_within_days ?? null) : null,
            base: hasRate ? (values.base ?? "") : "",
            rate_percent: hasRate ? (rate_percent ?? null) : null,
            period_months: hasRate ? (values.period_months ?? null) : null,
            pays_within_days: hasRate ? (values.pays_within_days ?? null) : null,
          },
        });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("done"));
        onClose();
      }}
    >
      <Notice>{t("edit.means")}</Notice>
      <Form.Item name="scheme" label={t("scheme")}>
        <Select options={SCHEMES.map((value) => ({ value, label: t(`scheme.${value}`) }))} />
      </Form.Item>
      {hasSum && (
        <>
          <YuanField name="sum" label={t(hasRate ? "entry" : "sum")} optional />
          <Form.Item name="sum_within_days" label={t("sum_within_days")} extra={t("sum_within_days.help")}>
            {days}
          </Form.Item>
        </>
      )}
      {hasRate && (
        <>
          <Form.Item name="base" label={t("base")}>
            <Select
              options={(["net_sales", "profit"] as const).map((value) => ({
                value,
                label: t(`base.${value}`),
              }))}
            />
          </Form.Item>
          <Form.Item name="rate_percent" label={t("rate")}>
            <InputNumber stringMode min="0" max="100" suffix="%" style={{ width: 160 }} controls={false} />
          </Form.Item>
          <Form.Item name="period_months" label={t("period")} extra={t("period.help")}>
            <Select options={MONTHS.map((value) => ({ value, label: t("months", { count: value }) }))} />
          </Form.Item>
          <Form.Item name="pays_within_days" label={t("pays_within_days")}>
            {days}
          </Form.Item>
        </>
      )}
      <Form.Item name="ends_on" label={t("ends_on")} extra={t("ends_on.help")}>
        <DayInput clearable from={todayHere()} />
      </Form.Item>
      <Form.Item name="basis" label={t("basis")} extra={t("basis.help")}>
        <Input.TextArea rows={4} maxLength={2000} showCount />
      </Form.Item>
      <Form.Item name="contact" label={t("contact")} extra={t("contact.help")}>
        <Input maxLength={500} />
      </Form.Item>
      <Form.Item name="guidance_reason" label={t("guidance_reason")} extra={t("guidance_reason.help")}>
        <Input maxLength={500} />
      </Form.Item>
      {data.right !== WITHOUT_REPORT && (
        <>
          <Form.Item name="report_id" label={t("report")} extra={t("report.help")}>
            <PaperField subjectType={DECLARATION_SUBJECT} subjectId={data.id} title={t("report")} />
          </Form.Item>
          <Form.Item name="report_on" label={t("report_on")}>
            <DayInput clearable to={todayHere()} />
          </Form.Item>
          <Form.Item name="report_finding" label={t("report_finding")}>
            <Select
              allowClear
              options={(["patentable", "not_patentable"] as const).map((value) => ({
                value,
                label: t(`finding.${value}`),
              }))}
            />
          </Form.Item>
        </>
      )}
    </ActionForm>
  );
}
