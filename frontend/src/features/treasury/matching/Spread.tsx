import { App, Button, Form, InputNumber, Select } from "antd";
import { type Invoice, request, type WholeStatementLine } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { Amount, formatMinor, minorDigits } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { ActionForm, Notice, PageLoading } from "@/shared/ui";
import { LINES, useRefresh } from "../queries.ts";
import styles from "./matching.module.css";
import { minorOf, proposedParts, type TypedPart } from "./spreading.ts";
import { texts } from "./texts.ts";

interface Values {
  parts: TypedPart[];
  licensee_id?: string;
}

interface Props {
  line: WholeStatementLine;
  onClose: () => void;
}

/** Says of which invoices a payment is, how much of each, and whose the rest is. */
export function Spread(props: Props) {
  const invoices = useEvery<Invoice>("/api/v1/invoices", { state: "issued" }).data;
  if (invoices === undefined) return <PageLoading />;
  return (
    <SpreadForm
      {...props}
      invoices={invoices.filter((one) => one.currency === props.line.currency && !one.is_credit_note)}
    />
  );
}

function SpreadForm({ line, invoices, onClose }: Props & { invoices: Invoice[] }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const digits = minorDigits(line.currency);
  const typed = Form.useWatch("parts", form) ?? [];
  const rest =
    line.amount_minor - typed.reduce((sum, part) => sum + minorOf(part?.amount ?? null, digits), 0);
  const money = { stringMode: true, min: "0", precision: digits, style: { width: "100%" } } as const;
  const licensees = new Map(invoices.map((one) => [one.licensee_id, one.licensee_name]));
  const open = invoices
    .filter((one) => one.open_minor > 0)
    .map((one) => ({
      value: one.id,
      label: `${one.number} · ${one.licensee_name} · ${t("part.open")} ${formatMinor(one.open_minor, one.currency, language)}`,
    }));
  return (
    <ActionForm<Values>
      form={form}
      submit={t("spread")}
      onCancel={onClose}
      initialValues={{ parts: proposedParts(line, invoices, digits) }}
      send={async ({ parts, licensee_id }, key) => {
        await request("POST", `${LINES}/${line.id}/allocation`, {
          key,
          body: {
            parts: parts.map((part) => ({
              invoice_id: part.invoice_id,
              amount_minor: minorOf(part.amount, digits),
              charge_minor: minorOf(part.charge, digits),
            })),
            licensee_id: rest > 0 ? licensee_id : null,
          },
        });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("spread.done"));
        onClose();
      }}
    >
      <Notice>{t("spread.text")}</Notice>
      <Form.List name="parts">
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name }) => (
              <fieldset key={key} className={styles.row}>
                <legend>
                  {t("part.invoice")} {name + 1}
                </legend>
                <Form.Item
                  name={[name, "invoice_id"]}
                  label={t("part.invoice")}
                  rules={[{ required: true, message: t("part.invoice.needed") }]}
                >
                  <Select showSearch={{ optionFilterProp: "label" }} options={open} />
                </Form.Item>
                <Form.Item
                  name={[name, "amount"]}
                  label={t("part.amount")}
                  rules={[{ required: true, message: t("part.amount.needed") }]}
                >
                  <InputNumber {...money} suffix={line.currency} />
                </Form.Item>
                <Form.Item name={[name, "charge"]} label={t("part.charge")}>
                  <InputNumber {...money} suffix={line.currency} />
                </Form.Item>
                <Button size="small" onClick={() => remove(name)}>
                  {t("part.remove")}
                </Button>
              </fieldset>
            ))}
            <Button onClick={() => add({})}>{t("part.add")}</Button>
          </>
        )}
      </Form.List>
      <p className={styles.rest} aria-live="polite">
        {rest < 0 ? t("rest.too_much") : t("rest")} <Amount minor={Math.abs(rest)} currency={line.currency} />
      </p>
      {rest > 0 && (
        <Form.Item
          name="licensee_id"
          label={t("rest.whose")}
          rules={[{ required: true, message: t("rest.needed") }]}
        >
          <Select
            showSearch={{ optionFilterProp: "label" }}
            options={[...licensees].map(([value, label]) => ({ value, label }))}
          />
        </Form.Item>
      )}
    </ActionForm>
  );
}
