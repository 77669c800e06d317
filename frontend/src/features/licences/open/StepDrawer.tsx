import { useNavigate } from "@tanstack/react-router";
import { App, Drawer, Form, Input } from "antd";
import { useState } from "react";
import { type OpenDeclaration, type OpenLicence, request } from "@/shared/api";
import { OrganisationSelect } from "@/shared/choosing";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { ActionForm, Notice, ReasonField } from "@/shared/ui";
import { EditForm } from "./EditForm.tsx";
import { DayField } from "./fields.tsx";
import { DECLARATIONS, useRefreshOpen } from "./queries.ts";
import { openTexts } from "./texts/index.ts";

interface Step {
  address: string;
  /** The day it happened, and the earliest it may have. */
  day?: { name: string; from?: (of: OpenDeclaration) => string | null | undefined };
  /** A number of the office. */
  number?: string;
  reason?: boolean;
  /** Whether only what was read may be sent. */
  asRead?: boolean;
  grave?: boolean;
}

const STEPS: Record<string, Step> = {
  file: { address: "filing", day: { name: "filed_on" }, asRead: true },
  cancel: { address: "cancellation", grave: true },
  announce: {
    address: "announcement",
    day: { name: "announced_on", from: (of) => of.filed_on },
    number: "announcement_number",
  },
  refuse: { address: "refusal", day: { name: "refused_on", from: (of) => of.filed_on }, reason: true },
  withdraw: {
    address: "withdrawal",
    day: { name: "filed_on", from: (of) => of.announced_on },
    reason: true,
    grave: true,
  },
  "announce withdrawal": {
    address: "withdrawal-announcement",
    day: { name: "withdrawn_on", from: (of) => of.workings?.withdrawal_filed_on },
    number: "withdrawal_number",
  },
};

interface Props {
  /** The step as `allowed_steps` has it; null while none is being taken. */
  step: string | null;
  declaration: { data: OpenDeclaration; etag: string };
  onClose: () => void;
}

/** One step of a declaration: what follows from it, and what has to be said for it. */
export function StepDrawer({ step, declaration, onClose }: Props) {
  const t = useTexts(openTexts);
  return (
    <Drawer
      open={step !== null}
      onClose={onClose}
      title={step === null ? "" : t.maybe(`step.${step}`)}
      size={step === "edit" ? 640 : 520}
      destroyOnHidden
    >
      {step === "edit" && <EditForm declaration={declaration} onClose={onClose} />}
      {(step === "take" || step === "record notice") && (
        <NoticeForm step={step} declaration={declaration.data} onClose={onClose} />
      )}
      {step !== null && STEPS[step] && (
        <OfficeForm key={step} name={step} step={STEPS[step]} declaration={declaration} onClose={onClose} />
      )}
    </Drawer>
  );
}

function OfficeForm({
  name,
  step,
  declaration,
  onClose,
}: Omit<Props, "step"> & { name: string; step: Step }) {
  const t = useTexts(openTexts);
  const refresh = useRefreshOpen();
  const { message } = App.useApp();
  const { data } = declaration;
  // Only what was read is filed: the page's own version, however it changed since.
  const [read] = useState(declaration.etag);
  const hasBody = step.day !== undefined;
  return (
    <>
      <Notice kind={step.grave ? "attention" : "plain"}>{t.maybe(`effect.${name}`)}</Notice>
      <ActionForm<Record<string, string>>
        submit={t.maybe(`step.${name}`)}
        danger={step.grave ?? false}
        onCancel={onClose}
        initialValues={step.day ? { [step.day.name]: todayHere() } : {}}
        send={async (values) => {
          await request("POST", `${DECLARATIONS}/${data.id}/${step.address}`, {
            ...(hasBody ? { body: values } : {}),
            ...(step.asRead ? { etag: read } : {}),
          });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("done"));
          onClose();
        }}
      >
        {step.day && (
          <DayField name={step.day.name} label={t.maybe(`on.${name}`)} from={step.day.from?.(data)} />
        )}
        {step.number && (
          <Form.Item
            name={step.number}
            label={t("announcement_number")}
            rules={[{ required: true, whitespace: true, message: t("needed") }]}
          >
            <Input maxLength={60} />
          </Form.Item>
        )}
        {step.reason && <ReasonField help={t.maybe(`reason.${name}`)} needed={t("needed")} />}
      </ActionForm>
    </>
  );
}

/** Preparing a notice: one's own, or one that came to the owner on paper. */
function NoticeForm({
  step,
  declaration,
  onClose,
}: {
  step: "take" | "record notice";
  declaration: OpenDeclaration;
  onClose: () => void;
}) {
  const t = useTexts(openTexts);
  const navigate = useNavigate();
  const refresh = useRefreshOpen();
  return (
    <>
      <Notice>{t(`effect.${step}`)}</Notice>
      <ActionForm<{ licensee_id?: string }>
        submit={t("notice.prepare")}
        onCancel={onClose}
        send={async (values, key) => {
          const made = await request<OpenLicence>("POST", `${DECLARATIONS}/${declaration.id}/notices`, {
            key,
            body: values,
          });
          await refresh();
          void navigate({ to: `/open-licences/${made.id}` });
        }}
        onDone={onClose}
      >
        {step === "record notice" && (
          <Form.Item
            name="licensee_id"
            label={t("licensee")}
            rules={[{ required: true, message: t("needed") }]}
          >
            <OrganisationSelect />
          </Form.Item>
        )}
      </ActionForm>
    </>
  );
}
