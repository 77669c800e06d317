import { App, Drawer, Form, Radio } from "antd";
import { useState } from "react";
import { type DirectLicence, request } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { PaperField } from "@/shared/papers";
import { SignatureNotice } from "@/shared/signatures";
import { ActionForm, Notice, ReasonField } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { AgreedFields, NOTHING_AGREED } from "../clauses/Agreed.tsx";
import { ScopeFields } from "./DraftDrawer.tsx";
import { DIRECT, DIRECT_SUBJECT, useRefreshDirect } from "./queries.ts";
import { directTexts } from "./texts.ts";

const ADDRESS: Record<string, string> = {
  send: "sending",
  recall: "return",
  sign: "signature",
  "record signature": "signature",
  "verify signature": "signature-check",
  countersign: "countersignature",
  terminate: "termination",
  cancel: "cancellation",
};
const GRAVE = new Set(["terminate", "cancel"]);

interface Props {
  /** The step as `allowed_steps` has it; null while none is being taken. */
  step: string | null;
  licence: { data: DirectLicence; etag: string };
  onClose: () => void;
}

interface Values {
  signed_on?: string;
  document_id?: string;
  is_e_signed?: boolean;
  ends_on?: string | null;
  reason?: string;
}

/** One step of a licence: what follows from it, and what has to be said for it. */
export function StepDrawer({ step, licence, onClose }: Props) {
  const t = useTexts(directTexts);
  return (
    <Drawer
      open={step !== null}
      onClose={onClose}
      title={step === null ? "" : t.maybe(`step.${step}`)}
      size={520}
      destroyOnHidden
    >
      {step === "edit" && <EditForm licence={licence} onClose={onClose} />}
      {step !== null && step !== "edit" && (
        <StepForm key={step} step={step} licence={licence} onClose={onClose} />
      )}
    </Drawer>
  );
}

function StepForm({ step, licence, onClose }: Props & { step: string }) {
  const t = useTexts(directTexts);
  const refresh = useRefreshDirect();
  const { message } = App.useApp();
  const needed = { required: true, message: t("needed") };
  const signs = step === "sign" || step === "record signature";
  const { data } = licence;
  const [read] = useState(licence.etag);
  return (
    <>
      <Notice kind={GRAVE.has(step) ? "attention" : "plain"}>{t.maybe(`effect.${step}`)}</Notice>
      {step === "countersign" && <SignatureNotice checks={data.signature_checks} />}
      <ActionForm<Values>
        submit={t.maybe(`step.${step}`)}
        danger={GRAVE.has(step)}
        onCancel={onClose}
        initialValues={signs ? { signed_on: todayHere() } : {}}
        send={async (values, key) => {
          await request("POST", `${DIRECT}/${data.id}/${ADDRESS[step]}`, {
            key,
            // Only what was read is signed: the page's own version, however it changed since.
            ...(signs ? { etag: read } : {}),
            ...(signs || step === "terminate" ? { body: values } : {}),
          });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("step.done"));
          onClose();
        }}
      >
        {signs && (
          <Form.Item name="signed_on" label={t("signed")} rules={[needed]}>
            <DayInput to={todayHere()} />
          </Form.Item>
        )}
        {step === "record signature" && (
          <>
            <Form.Item
              name="is_e_signed"
              label={t("form")}
              extra={t("form.help")}
              initialValue={false}
              rules={[needed]}
            >
              <Radio.Group
                options={[
                  { value: false, label: t("form.scan") },
                  { value: true, label: t("form.e_signed") },
                ]}
              />
            </Form.Item>
            <Form.Item name="document_id" label={t("signature.paper")} rules={[needed]}>
              <PaperField subjectType={DIRECT_SUBJECT} subjectId={data.id} title={t("signature.paper")} />
            </Form.Item>
          </>
        )}
        {step === "terminate" && (
          <>
            <Form.Item name="ends_on" label={t("ends")} rules={[needed]}>
              <DayInput {...(data.starts_on ? { from: data.starts_on } : {})} />
            </Form.Item>
            <ReasonField help={t("reason.help")} needed={t("needed")} />
          </>
        )}
      </ActionForm>
    </>
  );
}

function EditForm({ licence, onClose }: Omit<Props, "step">) {
  const t = useTexts(directTexts);
  const w = useTexts(words);
  const refresh = useRefreshDirect();
  const { message } = App.useApp();
  // Saved over what was read into the form alone, however the page changed since.
  const [{ data, etag }] = useState(licence);
  return (
    <ActionForm
      submit={w("save")}
      onCancel={onClose}
      initialValues={{
        territory: data.territory,
        fields_of_use: data.fields_of_use,
        products: data.products,
        starts_on: data.starts_on,
        ends_on: data.ends_on,
        may_sublicense: data.may_sublicense,
        ...NOTHING_AGREED,
        grant_back: data.grant_back ?? "none",
        most_favoured: data.most_favoured ?? false,
      }}
      send={async (values) => {
        await request("PATCH", `${DIRECT}/${data.id}`, { body: values, etag });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("step.done"));
        onClose();
      }}
    >
      <ScopeFields />
      <AgreedFields />
    </ActionForm>
  );
}
