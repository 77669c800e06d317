import { App, Drawer, Form, Input, Select } from "antd";
import { type OpenLicence, type OpenPayment, request } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import { minorOf } from "@/shared/format/typed";
import { useTexts } from "@/shared/i18n";
import { ActionForm, Notice, ReasonField } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { DayField, ProofField, YuanField } from "./fields.tsx";
import { PAYMENTS, TAKEN, TAKEN_SUBJECT, useRefreshOpen } from "./queries.ts";
import { openTexts } from "./texts/index.ts";

export interface TakenStep {
  /** As `allowed_steps` has it, or what an owner says to a payment. */
  name: string;
  payment?: OpenPayment;
}

interface Values {
  [name: string]: string | number | null | undefined;
}

interface Props {
  step: TakenStep | null;
  licence: OpenLicence;
  onClose: () => void;
}

/** Where a step of a licence is sent. */
function addressOf(step: TakenStep, licence: OpenLicence): string {
  const below: Record<string, string> = {
    give: "notice",
    cancel: "cancellation",
    end: "end",
    lapse: "lapse",
    "contest entry": "contest",
    "show evidence": "evidence",
    "withdraw entry": "entry-withdrawal",
    acknowledge: "acknowledgement",
    state: "statements",
    "advise payment": "payments",
    "record recordal": "recordal",
  };
  return step.payment
    ? `${PAYMENTS}/${step.payment.id}/${step.name}`
    : `${TAKEN}/${licence.id}/${below[step.name]}`;
}

/** What is sent for a step: amounts in fen, and nothing that was left blank. */
function bodyOf(values: Values, licence: OpenLicence): Values {
  const { base, amount, ...rest } = values;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value != null && value !== ""));
  if (base != null) given.base_minor = minorOf(base, licence.currency);
  if (amount != null) given.amount_minor = minorOf(amount, licence.currency);
  return given;
}

const GRAVE = new Set(["cancel", "end", "contest", "lapse", "contest entry", "withdraw entry"]);
/** Steps that are taken, or not, with nothing to be said for them. */
const BARE = new Set(["cancel", "lapse", "withdraw entry", "acknowledge"]);

/** One step of a licence: what follows from it, and what has to be said for it. */
export function TakenDrawer({ step, licence, onClose }: Props) {
  const t = useTexts(openTexts);
  return (
    <Drawer
      open={step !== null}
      onClose={onClose}
      title={step === null ? "" : t.maybe(`take.${step.name}`)}
      size={520}
      destroyOnHidden
    >
      {step !== null && <TakenForm key={step.name} step={step} licence={licence} onClose={onClose} />}
    </Drawer>
  );
}

function TakenForm({ step, licence, onClose }: Props & { step: TakenStep }) {
  const t = useTexts(openTexts);
  const refresh = useRefreshOpen();
  const { message } = App.useApp();
  return (
    <>
      <Notice kind={GRAVE.has(step.name) ? "attention" : "plain"}>{t.maybe(`takes.${step.name}`)}</Notice>
      <ActionForm<Values>
        submit={t.maybe(`take.${step.name}`)}
        danger={GRAVE.has(step.name)}
        onCancel={onClose}
        initialValues={firstValues(step, licence)}
        send={async (values, key) => {
          await request("POST", addressOf(step, licence), {
            key,
            ...(BARE.has(step.name) ? {} : { body: bodyOf(values, licence) }),
          });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("done"));
          onClose();
        }}
      >
        <Fields step={step} licence={licence} />
      </ActionForm>
    </>
  );
}

function firstValues(step: TakenStep, licence: OpenLicence): Values {
  const today = todayHere();
  const open = licence.dues.find((due) => due.due_standing === (step.name === "state" ? "to_state" : "open"));
  switch (step.name) {
    case "state":
      return { period_from: open?.period_from };
    case "advise payment":
      return { paid_on: today, period_from: open?.period_from };
    case "receipt":
      return { received_on: today };
    case "record recordal":
      return { filed_on: licence.recordal_filed_on ?? today };
    case "end":
      return { ends_on: today };
    default:
      return {};
  }
}

function Fields({ step, licence }: { step: TakenStep; licence: OpenLicence }) {
  const t = useTexts(openTexts);
  const paper = { subjectType: TAKEN_SUBJECT, subjectId: licence.id };
  const periods = licence.dues
    .filter((due) => due.period_from && (step.name === "state" || due.statement))
    .map((due) => ({ value: due.period_from as string, label: `${due.period_from} – ${due.period_to}` }));
  switch (step.name) {
    case "give":
      return (
        <>
          <ProofField name="letter_id" label={t("letter")} {...paper} />
          {licence.from_paper && <DayField name="noticed_on" label={t("noticed_on")} />}
        </>
      );
    case "state":
      return (
        <>
          <Form.Item
            name="period_from"
            label={t("period.one")}
            rules={[{ required: true, message: t("needed") }]}
          >
            <Select options={periods} />
          </Form.Item>
          <YuanField name="base" label={licence.base ? t(`base.${licence.base}`) : t("base")} />
          <ProofField name="document_id" label={t("statement.paper")} {...paper} />
        </>
      );
    case "advise payment":
      return (
        <>
          {periods.length > 0 && (
            <Form.Item name="period_from" label={t("paid.for")} extra={t("paid.for.help")}>
              <Select allowClear={licence.sum_minor != null} options={periods} />
            </Form.Item>
          )}
          <YuanField name="amount" label={t("amount")} />
          <DayField name="paid_on" label={t("paid_on")} from={licence.noticed_on} />
          <ProofField name="document_id" label={t("proof")} {...paper} />
        </>
      );
    case "receipt":
      return (
        <>
          <DayField name="received_on" label={t("received_on")} from={step.payment?.paid_on} />
          <ProofField name="document_id" label={t("receipt")} {...paper} />
        </>
      );
    case "contest":
      return <ReasonField help={t("contest.help")} needed={t("needed")} />;
    case "contest entry":
      return <ReasonField help={t("entry.help")} needed={t("needed")} />;
    case "show evidence":
      return (
        <>
          <ProofField name="document_id" label={t("entry.evidence.paper")} {...paper} />
          <Form.Item
            name="note"
            label={t("entry.evidence.note")}
            rules={[{ required: true, whitespace: true, message: t("needed") }]}
          >
            <Input.TextArea rows={3} maxLength={500} />
          </Form.Item>
        </>
      );
    case "end":
      return (
        <>
          <Form.Item name="ends_on" label={t("ends_on")} rules={[{ required: true, message: t("needed") }]}>
            <DayInput from={todayHere()} />
          </Form.Item>
          <ReasonField help={t("end.help")} needed={t("needed")} />
        </>
      );
    case "record recordal":
      return <RecordalFields from={licence.in_force_from} />;
    default:
      return null;
  }
}

function RecordalFields({ from }: { from: string | null | undefined }) {
  const t = useTexts(openTexts);
  const answer = Form.useWatch("office_answer");
  return (
    <>
      <DayField name="filed_on" label={t("recordal.filed_on")} from={from} />
      <Form.Item name="office_answer" label={t("recordal.answer")} extra={t("recordal.answer.help")}>
        <Select
          allowClear
          options={(["recorded", "refused"] as const).map((value) => ({
            value,
            label: t(`recordal.${value}`),
          }))}
        />
      </Form.Item>
      {answer && <DayField name="result_on" label={t("recordal.answer_on")} />}
      {answer && (
        <Form.Item
          name="number"
          label={t("recordal.number")}
          rules={answer === "recorded" ? [{ required: true, message: t("needed") }] : []}
        >
          <Input maxLength={40} />
        </Form.Item>
      )}
    </>
  );
}
