import { Link } from "@tanstack/react-router";
import { App, Form, Input, Select } from "antd";
import { type DealingDetail, request } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { PaperField } from "@/shared/papers";
import { ActionForm, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { ContractFields, useLacksTemplate } from "./ContractFields.tsx";
import styles from "./dealings.module.css";
import { DEALINGS, SUBJECT, useRefresh } from "./queries.ts";
import { OfferBody } from "./Thread.tsx";
import { texts } from "./texts/index.ts";

interface Values {
  reason?: string;
  kind?: string;
  happened_on?: string;
  text?: string;
  document_id?: string;
}

const NOTED = ["informed", "asked", "met", "declared_willing", "secured"];

/** What a step asks for, with what it leads to said before. */
export function StepForm({
  step,
  dealing,
  onClose,
}: {
  step: string;
  dealing: DealingDetail;
  onClose: () => void;
}) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const open = dealing.offers.find((one) => one.state === "open");
  const needed = [{ required: true, whitespace: true, message: t("needed") }];
  const answers = step === "acceptance" || step === "turning-down";
  if (useLacksTemplate(step, dealing)) {
    return (
      <Notice kind="attention" action={<Link to="/contract-templates">{t("template.publish")}</Link>}>
        {t("templates.none")}
      </Notice>
    );
  }
  return (
    <>
      <Notice>{t.maybe(`effect.${step}`)}</Notice>
      {answers && open && (
        <div className={styles.answered}>
          <OfferBody offer={open} />
        </div>
      )}
      <ActionForm<Values>
        submit={t.maybe(`step.${step}`)}
        danger={step === "ending"}
        onCancel={onClose}
        initialValues={step === "conduct" ? { happened_on: todayHere() } : {}}
        send={async (values, key) => {
          await request("POST", `${DEALINGS}/${dealing.id}/${step}`, {
            key,
            body: answers ? { ...values, number: open?.number } : values,
          });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("step.done"));
          onClose();
        }}
      >
        {(step === "turning-down" || step === "ending") && (
          <Form.Item name="reason" label={t("reason")} extra={t("reason.help")} rules={needed}>
            <Input.TextArea rows={4} maxLength={5000} autoFocus />
          </Form.Item>
        )}
        <ContractFields step={step} dealing={dealing} />
        {step === "conduct" && (
          <>
            <Form.Item
              name="kind"
              label={t("conduct.kind")}
              rules={[{ required: true, message: t("needed") }]}
            >
              <Select options={NOTED.map((one) => ({ value: one, label: t.maybe(`conduct.${one}`) }))} />
            </Form.Item>
            <Form.Item
              name="happened_on"
              label={t("happened_on")}
              rules={[{ required: true, message: t("needed") }]}
            >
              <DayInput to={todayHere()} />
            </Form.Item>
            <Form.Item name="text" label={t("conduct.text")} extra={t("conduct.text.help")} rules={needed}>
              <Input.TextArea rows={4} maxLength={5000} />
            </Form.Item>
            <Form.Item name="document_id" label={t("evidence")}>
              <PaperField subjectType={SUBJECT} subjectId={dealing.id} title={t("evidence")} />
            </Form.Item>
          </>
        )}
      </ActionForm>
    </>
  );
}
