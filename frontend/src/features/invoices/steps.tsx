import { App, Form, Input, Modal, Select } from "antd";
import { useEffect } from "react";
import { type Invoice, type InvoiceDetail, request, type UnassignedReceipts } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { formatMinor, todayHere } from "@/shared/format/plain";
import { minorOf, written } from "@/shared/format/typed";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { ActionForm, Notice, ReasonField } from "@/shared/ui";
import { AmountField, PastDay } from "./fields.tsx";
import { INVOICES, useRefresh, WAITING } from "./queries.ts";
import { texts } from "./texts/index.ts";

/** The steps that ask for something first, as the server names them. */
export const ASKING = [
  "settle",
  "set off",
  "propose write-off",
  "credit",
  "charge interest",
  "record tax invoice",
  "cancel tax invoice",
  "dispute",
] as const;
export type AskingStep = (typeof ASKING)[number];

interface Values {
  settled_by?: string;
  from_account_id?: string;
  other_id?: string;
  amount?: string;
  on?: string;
  reference?: string;
  reason?: string;
  number?: string;
}

interface Asked {
  invoice: InvoiceDetail;
  step: AskingStep | "take back";
  settlement?: string;
  onClose: () => void;
}

/** Returns where a step is sent, and with what. */
function sending({ invoice, step, settlement }: Asked, values: Values): [path: string, body: object] {
  const own = `${INVOICES}/${invoice.id}`;
  const { on, reason, number } = values;
  const amount_minor = minorOf(values.amount, invoice.currency);
  switch (step) {
    case "settle":
      return [
        `${own}/settlements`,
        {
          settled_by: values.settled_by,
          amount_minor,
          on,
          reference: values.reference ?? "",
          from_account_id: values.settled_by === "payment" ? values.from_account_id : null,
        },
      ];
    case "set off":
      return invoice.is_credit_note
        ? [`${INVOICES}/${values.other_id}/set-off`, { credit_note_id: invoice.id, amount_minor, on }]
        : [`${own}/set-off`, { credit_note_id: values.other_id, amount_minor, on }];
    case "propose write-off":
      return [`${own}/write-offs`, { amount_minor, reason }];
    case "credit":
      return [`${own}/crediting`, { reason }];
    case "charge interest":
      return [`${own}/interest`, { until_on: on }];
    case "record tax invoice":
      return [`${own}/tax-invoice`, { step: "record", number, on }];
    case "cancel tax invoice":
      return [`${own}/tax-invoice`, { step: "cancel", number, on }];
    case "dispute":
      return [`${own}/dispute`, { reason }];
    case "take back":
      return [`/api/v1/settlements/${settlement}/return`, { reason, on }];
  }
}

/** Asks for what a step needs, and takes it. */
export function StepDialogue(asked: Asked) {
  const { invoice, step, onClose } = asked;
  const t = useTexts(texts);
  const { message } = App.useApp();
  const refresh = useRefresh();
  const open = written(Math.abs(invoice.open_minor), invoice.currency);
  return (
    <Modal open title={t(`step.${step}`)} footer={null} width={560} onCancel={onClose}>
      <ActionForm<Values>
        submit={t(`step.${step}`)}
        onCancel={onClose}
        initialValues={{ settled_by: "payment", on: todayHere(), amount: open }}
        send={async (values, key) => {
          const [path, body] = sending(asked, values);
          await request("POST", path, { key, body });
          await refresh();
        }}
        onDone={() => {
          void message.success(t(`step.${step}.done`));
          onClose();
        }}
      >
        <p>{t(`step.${step}.text`)}</p>
        <StepFields invoice={invoice} step={step} />
      </ActionForm>
    </Modal>
  );
}

function StepFields({ invoice, step }: { invoice: InvoiceDetail; step: Asked["step"] }) {
  const t = useTexts(texts);
  const reason = <ReasonField help={t("reason.help")} needed={t("reason.needed")} />;
  switch (step) {
    case "settle":
      return <SettleFields invoice={invoice} />;
    case "set off":
      return <SetOffFields invoice={invoice} />;
    case "propose write-off":
      return (
        <>
          <AmountField name="amount" label={t("amount")} currency={invoice.currency} />
          {reason}
        </>
      );
    case "charge interest":
      return <PastDay name="on" label={t("until_on")} help={t("until_on.help")} />;
    case "record tax invoice":
    case "cancel tax invoice":
      return (
        <>
          <Form.Item
            name="number"
            label={t("tax_invoice.number")}
            rules={[{ required: true, whitespace: true, message: t("tax_invoice.number") }]}
          >
            <Input maxLength={40} />
          </Form.Item>
          <PastDay name="on" label={t("day")} />
        </>
      );
    case "take back":
      return (
        <>
          <PastDay name="on" label={t("day")} />
          {reason}
        </>
      );
    default:
      return reason;
  }
}

function SettleFields({ invoice }: { invoice: InvoiceDetail }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const organisationName = useOrganisationName();
  const form = Form.useFormInstance<Values>();
  const by = Form.useWatch("settled_by", form) ?? "payment";
  const accounts = useEvery<UnassignedReceipts>(WAITING).data;
  const waiting = (accounts ?? []).filter(
    (one) => one.currency === invoice.currency && one.waiting_minor > 0,
  );
  const only = waiting.length === 1 ? waiting[0]?.id : undefined;
  useEffect(() => {
    // Where money waits in one place only, there is nothing to choose.
    if (only !== undefined) form.setFieldsValue({ from_account_id: only });
  }, [form, only]);
  return (
    <>
      <Form.Item name="settled_by" label={t("settled_by")} rules={[{ required: true }]}>
        <Select
          options={["payment", "certificate", "bank_charge"].map((value) => ({
            value,
            label: t.maybe(`settled_by.${value}`),
          }))}
        />
      </Form.Item>
      {by === "payment" && accounts !== undefined && waiting.length === 0 && (
        <Notice kind="attention">{t("waiting.none", { currency: invoice.currency })}</Notice>
      )}
      {by === "payment" && (
        <Form.Item
          name="from_account_id"
          label={t("from_account")}
          extra={t("from_account.help")}
          rules={[{ required: true, message: t("from_account.needed") }]}
        >
          <Select
            loading={accounts === undefined}
            options={waiting.map((one) => ({
              value: one.id,
              label: [
                organisationName(one.holder_id, one.holder_name),
                one.label,
                `${formatMinor(one.waiting_minor, one.currency, language)} ${one.currency}`,
              ]
                .filter(Boolean)
                .join(" · "),
            }))}
          />
        </Form.Item>
      )}
      <AmountField name="amount" label={t("amount")} currency={invoice.currency} help={t("amount.help")} />
      <PastDay name="on" label={t(by === "payment" ? "arrived_on" : "day")} />
      <Form.Item
        name="reference"
        label={t("proof")}
        extra={t("proof.help")}
        rules={[{ required: by === "certificate", whitespace: true, message: t("proof.needed") }]}
      >
        <Input maxLength={200} />
      </Form.Item>
    </>
  );
}

/** Which paper of the other kind it is set off against. */
function SetOffFields({ invoice }: { invoice: InvoiceDetail }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const found = useEvery<Invoice>(INVOICES, {
    licensee: invoice.licensee_id,
    payment: "open",
    paper: invoice.is_credit_note ? "invoice" : "credit_note",
  }).data;
  const others = (found ?? []).filter((one) => one.currency === invoice.currency);
  return (
    <>
      {found !== undefined && others.length === 0 && (
        <Notice kind="attention">{t(invoice.is_credit_note ? "others.none" : "notes.none")}</Notice>
      )}
      <Form.Item
        name="other_id"
        label={t(invoice.is_credit_note ? "kind.invoice" : "kind.credit_note")}
        rules={[{ required: true, message: t("other.needed") }]}
      >
        <Select
          loading={found === undefined}
          options={others.map((one) => ({
            value: one.id,
            label: `${one.number} · ${one.period} · ${formatMinor(one.open_minor, one.currency, language)} ${one.currency}`,
          }))}
        />
      </Form.Item>
      <AmountField name="amount" label={t("amount")} currency={invoice.currency} help={t("set_off.help")} />
      <PastDay name="on" label={t("day")} />
    </>
  );
}
