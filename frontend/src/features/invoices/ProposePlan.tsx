import { App, Button, Checkbox, Form, InputNumber, Modal, Select } from "antd";
import { type InvoiceDetail, request } from "@/shared/api";
import { formatMinor, minorDigits, todayHere } from "@/shared/format/plain";
import { minorOf, written } from "@/shared/format/typed";
import { useLanguage, useTexts } from "@/shared/i18n";
import { ActionForm, ReasonField } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { DeleteOutlined } from "@/shared/ui/icons";
import styles from "./invoices.module.css";
import { monthsLater, spread } from "./parts.ts";
import { INVOICES, useRefresh } from "./queries.ts";
import { texts } from "./texts/index.ts";

interface Values {
  parts?: { due_on?: string; amount?: string }[];
  falls_due_whole?: boolean;
  credits_reduce?: string;
  reason?: string;
  count?: number;
  first?: string;
  every?: number;
}

const MOST = 60;
const EVERY = [1, 2, 3, 6, 12] as const;

interface ProposeProps {
  invoice: InvoiceDetail;
  /** Whether finance proposes it, or its licensee asks for it. */
  step: "propose instalments" | "ask for instalments";
  etag: string;
  onClose: () => void;
}

/** Asks in what parts an invoice is to be paid: spread evenly first, and then as people agreed. */
export function ProposePlan({ invoice, step, etag, onClose }: ProposeProps) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const refresh = useRefresh();
  const first = monthsLater(todayHere(), 1);
  return (
    <Modal open title={t(`step.${step}`)} footer={null} width={640} onCancel={onClose}>
      <ActionForm<Values>
        submit={t(`step.${step}`)}
        onCancel={onClose}
        initialValues={{
          count: 3,
          first,
          every: 1,
          credits_reduce: "last",
          falls_due_whole: true,
          parts: evenly(invoice, 3, first, 1),
        }}
        send={async (values, key) => {
          const { reason, credits_reduce, falls_due_whole } = values;
          const parts = (values.parts ?? []).map((part) => ({
            due_on: part.due_on,
            amount_minor: minorOf(part.amount, invoice.currency),
          }));
          const asks = step === "ask for instalments";
          await request("POST", `${INVOICES}/${invoice.id}/instalment-${asks ? "requests" : "plans"}`, {
            key,
            body: { parts, reason, credits_reduce, falls_due_whole },
            ...(asks ? { etag } : {}),
          });
          await refresh();
        }}
        onDone={() => {
          void message.success(t(`step.${step}.done`));
          onClose();
        }}
      >
        <p>{t(`step.${step}.text`)}</p>
        <PlanFields invoice={invoice} />
      </ActionForm>
    </Modal>
  );
}

function evenly(invoice: InvoiceDetail, count: number, first: string, every: number) {
  return spread(invoice.open_minor, count).map((minor, place) => ({
    due_on: monthsLater(first, place * every),
    amount: written(minor, invoice.currency),
  }));
}

function PlanFields({ invoice }: { invoice: InvoiceDetail }) {
  const t = useTexts(texts);
  const form = Form.useFormInstance<Values>();
  const again = () => {
    const { count, first, every } = form.getFieldsValue();
    if (count && first && every) form.setFieldsValue({ parts: evenly(invoice, count, first, every) });
  };
  return (
    <>
      <div className={styles.spread}>
        <Form.Item name="count" label={t("plan.count")} required>
          <InputNumber min={2} max={MOST} precision={0} />
        </Form.Item>
        <Form.Item name="first" label={t("plan.first")} required>
          <DayInput from={todayHere()} />
        </Form.Item>
        <Form.Item name="every" label={t("plan.every")} required>
          <Select options={EVERY.map((count) => ({ value: count, label: t("plan.months", { count }) }))} />
        </Form.Item>
        <Button onClick={again}>{t("plan.spread")}</Button>
      </div>
      <PartRows invoice={invoice} />
      <Form.Item name="falls_due_whole" valuePropName="checked">
        <Checkbox>{t("plan.whole")}</Checkbox>
      </Form.Item>
      <Form.Item name="credits_reduce" label={t("plan.reduce")} required>
        <Select
          style={{ width: 220 }}
          options={["last", "first"].map((value) => ({ value, label: t.maybe(`plan.reduce.${value}`) }))}
        />
      </Form.Item>
      <ReasonField help={t("reason.help")} needed={t("reason.needed")} />
    </>
  );
}

function PartRows({ invoice }: { invoice: InvoiceDetail }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const form = Form.useFormInstance<Values>();
  const { currency } = invoice;
  const parts = Form.useWatch("parts", form) ?? [];
  const left =
    invoice.open_minor - parts.reduce((sum, part) => sum + minorOf(part?.amount ?? "0", currency), 0);
  const shown = `${formatMinor(Math.abs(left), currency, language)} ${currency}`;
  return (
    <Form.List name="parts">
      {(fields, { add, remove }) => (
        <div className={styles.parts}>
          {fields.map((field) => (
            <div key={field.key} className={styles.part}>
              <Form.Item
                name={[field.name, "due_on"]}
                label={t("plan.part_on", { number: field.name + 1 })}
                rules={[{ required: true, message: t("day.needed") }]}
              >
                <DayInput from={todayHere()} />
              </Form.Item>
              <Form.Item
                name={[field.name, "amount"]}
                label={t("plan.part_amount", { number: field.name + 1 })}
                rules={[{ required: true, message: t("amount.needed") }]}
              >
                <InputNumber
                  stringMode
                  precision={minorDigits(currency)}
                  suffix={currency}
                  controls={false}
                  style={{ width: 200 }}
                />
              </Form.Item>
              <Button
                type="text"
                icon={<DeleteOutlined />}
                disabled={fields.length <= 2}
                aria-label={t("plan.remove", { number: field.name + 1 })}
                onClick={() => remove(field.name)}
              />
            </div>
          ))}
          <p aria-live="polite">
            {left === 0 ? t("plan.exact") : t(left > 0 ? "plan.left" : "plan.over", { amount: shown })}
          </p>
          <Button
            disabled={fields.length >= MOST}
            onClick={() => {
              const last = parts.at(-1)?.due_on;
              add({
                due_on: last ? monthsLater(last, 1) : undefined,
                amount: written(Math.max(0, left), currency),
              });
            }}
          >
            {t("plan.add")}
          </Button>
        </div>
      )}
    </Form.List>
  );
}
