import { App, Drawer, Form, Input, Select } from "antd";
import dayjs from "dayjs";
import { type Membership, request } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { PaperField } from "@/shared/papers";
import { ActionForm, Notice, ReasonField } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { PATH, SUBJECT, useLongestNotice, useRefresh } from "./queries.ts";
import { SEGMENTS } from "./segments.ts";
import { GRAVE, REASONED, SHARING } from "./state.ts";
import { texts } from "./texts.ts";

interface Props {
  /** The step's name in the address, as `allowed_steps` has it; null while none is being taken. */
  step: string | null;
  membership: Membership;
  isOwn: boolean;
  onClose: () => void;
}

interface Values {
  code?: string;
  segment?: string;
  effective_on: string;
  shares_from_on?: string | null;
  reason?: string;
  document_id?: string | null;
}

/** One step of a membership's life: from which day, why, on which paper, and what follows from it. */
export function StepDrawer({ step, membership, isOwn, onClose }: Props) {
  const t = useTexts(texts);
  return (
    <Drawer
      open={step !== null}
      onClose={onClose}
      title={step === null ? "" : t.maybe(`step.${step}`)}
      size={520}
      destroyOnHidden
    >
      {step !== null && (
        <StepForm key={step} step={step} membership={membership} isOwn={isOwn} onClose={onClose} />
      )}
    </Drawer>
  );
}

function StepForm({ step, membership, isOwn, onClose }: Props & { step: string }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const effective = Form.useWatch("effective_on", form);
  // Other days than these are agreed with the office, on a letter.
  const ownNotice = step === "departure" && isOwn;
  const notice = useLongestNotice(membership.alliance_id, ownNotice);
  const needsPaper = step === "expulsion" || (step === "departure" && !isOwn);
  const send = async (values: Values) => {
    await request("POST", `${PATH}/${membership.id}/${step}`, {
      body: { ...values, reason: values.reason ?? "" },
    });
    await refresh();
  };
  return (
    <>
      <Notice kind={GRAVE.has(step) ? "attention" : "plain"}>{t.maybe(`effect.${step}`)}</Notice>
      <ActionForm<Values>
        form={form}
        send={send}
        submit={t.maybe(`step.${step}`)}
        danger={GRAVE.has(step)}
        onCancel={onClose}
        onDone={() => {
          void message.success(t("step.done"));
          onClose();
        }}
        initialValues={{ effective_on: todayHere(), segment: membership.segment || undefined }}
      >
        {step === "admission" && (
          <>
            <Form.Item
              name="code"
              label={t("code")}
              extra={t("code.help")}
              rules={[{ required: true, whitespace: true, message: t("code.needed") }]}
            >
              <Input maxLength={200} autoFocus />
            </Form.Item>
            <Form.Item name="segment" label={t("segment")}>
              <Select
                allowClear
                options={SEGMENTS.map((one) => ({ value: one, label: w(`segment.${one}`) }))}
              />
            </Form.Item>
          </>
        )}
        <Form.Item
          name="effective_on"
          label={t("effective")}
          extra={ownNotice ? t("effective.help.notice", { count: notice }) : t("effective.help")}
          rules={[{ required: true, message: t("effective.needed") }]}
        >
          <DayInput
            {...(ownNotice
              ? { from: todayHere(), to: dayjs(todayHere()).add(notice, "day").format("YYYY-MM-DD") }
              : {})}
          />
        </Form.Item>
        {SHARING.has(step) && !ownNotice && (
          <Form.Item name="shares_from_on" label={t("shares.from")} extra={t("shares.from.help")}>
            <DayInput clearable {...(effective ? { from: effective } : {})} />
          </Form.Item>
        )}
        <ReasonField help={t("reason.help")} needed={t("reason.needed")} required={REASONED.has(step)} />
        <Form.Item
          name="document_id"
          label={t("paper")}
          extra={needsPaper ? t("paper.help.needed") : t("paper.help")}
          rules={[{ required: needsPaper, message: t("paper.needed") }]}
        >
          <PaperField
            subjectType={SUBJECT}
            subjectId={membership.id}
            title={t.maybe(`paper.of.${step}`, {}, t("paper"))}
          />
        </Form.Item>
      </ActionForm>
    </>
  );
}
