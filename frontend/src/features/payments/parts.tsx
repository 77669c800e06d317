import { Form, InputNumber, Select } from "antd";
import { minorDigits } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn } from "@/shared/names";
import type { Filter } from "@/shared/table";
import { StateMark } from "@/shared/ui";
import { STANDINGS, useKeptEntities } from "./queries.ts";
import { texts } from "./texts.ts";

export function PaymentMark({ state }: { state: string | undefined }) {
  const t = useTexts(texts);
  return (
    <StateMark standing={STANDINGS[state ?? ""] ?? "attention"}>{t.maybe(`payment.${state}`)}</StateMark>
  );
}

export function RefundMark({ state }: { state: string | undefined }) {
  const t = useTexts(texts);
  return <StateMark standing={STANDINGS[state ?? ""] ?? "attention"}>{t.maybe(`refund.${state}`)}</StateMark>;
}

/** An amount in the units of a currency, typed digit by digit. */
export function AmountItem({
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
        min="0"
        precision={minorDigits(currency)}
        suffix={currency}
        style={{ width: 240 }}
      />
    </Form.Item>
  );
}

/** Chooses the operating entity; nothing to choose where there is one. */
export function EntityChoice({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const kept = useKeptEntities();
  if (kept.length < 2) return null;
  return (
    <Form.Item label={t("entity")} htmlFor="payments-entity">
      <Select
        id="payments-entity"
        value={value}
        onChange={onChange}
        options={kept.map((one) => ({ value: one.id, label: nameIn(language, one) }))}
      />
    </Form.Item>
  );
}

/** The operating entities as a filter, where there are several. */
export function useEntityFilter(): Filter[] {
  const t = useTexts(texts);
  const language = useLanguage();
  const kept = useKeptEntities();
  if (kept.length < 2) return [];
  return [
    {
      name: "operating_entity",
      label: t("entity"),
      choices: kept.map((one) => ({ value: one.id, label: nameIn(language, one) })),
    },
  ];
}
