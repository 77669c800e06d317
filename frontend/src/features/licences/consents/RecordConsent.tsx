import { App, Button, Drawer, Form, Select } from "antd";
import { useState } from "react";
import { type Encumbrance, request } from "@/shared/api";
import { OrganisationSelect, useEvery } from "@/shared/choosing";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { PaperField } from "@/shared/papers";
import { ActionForm, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { texts } from "./texts.ts";

/** The draft that is consented to. */
interface ConsentTo {
  /** Its address in the API. */
  path: string;
  subjectType: string;
  subjectId: string;
  /** The version on the page. */
  etag: string;
  refresh: () => Promise<void>;
  /** The patent whose pledgees may consent as well; nobody but co-owners without one. */
  pledgedPatent?: string;
}

/** The button that records a consent, where one is lacking, and its drawer, which stays until it is closed. */
export function RecordConsent({ isOffered, ...to }: ConsentTo & { isOffered: boolean }) {
  const t = useTexts(texts);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      {isOffered && (
        <Button size="small" onClick={() => setOpen(true)}>
          {t("record")}
        </Button>
      )}
      <Drawer open={isOpen} onClose={() => setOpen(false)} title={t("record")} size={520} destroyOnHidden>
        <ConsentForm {...to} onClose={() => setOpen(false)} />
      </Drawer>
    </>
  );
}

interface Consent {
  who?: "owner" | "pledge";
  owner_id?: string;
  pledge_id?: string;
  given_on: string;
  document_id: string;
}

function ConsentForm({ onClose, ...to }: ConsentTo & { onClose: () => void }) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const [form] = Form.useForm<Consent>();
  const who = Form.useWatch("who", form) ?? "owner";
  const needed = { required: true, message: t("needed") };
  // The consent is to what stood on the page when it was recorded, and to nothing that changed since.
  const [read] = useState(to.etag);
  return (
    <ActionForm<Consent>
      form={form}
      submit={t("record")}
      onCancel={onClose}
      initialValues={{ who: "owner", given_on: todayHere() }}
      send={async ({ who: _, ...body }, key) => {
        await request("POST", `${to.path}/consents`, { key, body, etag: read });
        await to.refresh();
      }}
      onDone={() => {
        void message.success(t("recorded"));
        onClose();
      }}
    >
      <Notice>{t("means")}</Notice>
      {to.pledgedPatent && (
        <Form.Item name="who" label={t("who")} rules={[needed]}>
          <Select
            options={[
              { value: "owner", label: t("owner") },
              { value: "pledge", label: t("pledgee") },
            ]}
          />
        </Form.Item>
      )}
      {who === "pledge" && to.pledgedPatent ? (
        <PledgeField patent={to.pledgedPatent} />
      ) : (
        <Form.Item name="owner_id" label={t("owner")} rules={[needed]}>
          <OrganisationSelect />
        </Form.Item>
      )}
      <Form.Item name="given_on" label={t("day")} rules={[needed]}>
        <DayInput to={todayHere()} />
      </Form.Item>
      <Form.Item name="document_id" label={t("paper")} rules={[needed]}>
        <PaperField subjectType={to.subjectType} subjectId={to.subjectId} title={t("paper")} />
      </Form.Item>
    </ActionForm>
  );
}

function PledgeField({ patent }: { patent: string }) {
  const t = useTexts(texts);
  const pledges = useEvery<Encumbrance>("/api/v1/encumbrances", { patent, kind: "pledge" });
  return (
    <Form.Item name="pledge_id" label={t("pledgee")} rules={[{ required: true, message: t("needed") }]}>
      <Select
        loading={pledges.isPending}
        options={(pledges.data ?? []).map((one) => ({ value: one.id, label: one.holder }))}
      />
    </Form.Item>
  );
}
