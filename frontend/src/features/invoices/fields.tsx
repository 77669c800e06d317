import { Form, InputNumber, Select } from "antd";
import type { InvoiceSeries } from "@/shared/api";
import { minorDigits, todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { DayInput } from "@/shared/ui/DayInput";
import { texts } from "./texts/index.ts";

/** From which series numbers come, and from which day the invoices count. */
export function IssueFields({ series }: { series: readonly InvoiceSeries[] }) {
  const t = useTexts(texts);
  return (
    <>
      <Form.Item
        name="series_id"
        label={t("series")}
        rules={[{ required: true, message: t("series.needed") }]}
      >
        <Select
          options={series.map((one) => ({
            value: one.id,
            label: one.name ? `${one.code} · ${one.name}` : one.code,
          }))}
        />
      </Form.Item>
      <Form.Item name="on" label={t("issued_on")} extra={t("issued_on.help")}>
        <DayInput to={todayHere()} />
      </Form.Item>
    </>
  );
}

/** An amount in major units, exact to the smallest unit of its currency. */
export function AmountField({
  name,
  label,
  currency,
  help,
}: {
  name: string;
  label: string;
  currency: string;
  help?: string;
}) {
  const t = useTexts(texts);
  return (
    <Form.Item
      name={name}
      label={label}
      extra={help}
      rules={[{ required: true, message: t("amount.needed") }]}
    >
      <InputNumber
        stringMode
        precision={minorDigits(currency)}
        suffix={currency}
        style={{ width: 220 }}
        controls={false}
      />
    </Form.Item>
  );
}

/** A day that is over or today. */
export function PastDay({ name, label, help }: { name: string; label: string; help?: string }) {
  const t = useTexts(texts);
  return (
    <Form.Item name={name} label={label} extra={help} rules={[{ required: true, message: t("day.needed") }]}>
      <DayInput to={todayHere()} />
    </Form.Item>
  );
}
