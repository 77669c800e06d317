import { useNavigate } from "@tanstack/react-router";
import { App, Drawer, Form, Input } from "antd";
import { type CharterVersion, request } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { PaperField } from "@/shared/papers";
import { ActionForm } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { CHARTER, useRefresh, VERSIONS } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  open: boolean;
  charter: string;
  /** The draft that is changed, with the tag of what was read; without it, the next version is begun. */
  edited?: { data: CharterVersion; etag: string };
  onClose: () => void;
}

interface Values {
  text_zh?: string;
  text_en?: string;
  document_id?: string | null;
  effective_on?: string | null;
  sign_by_on?: string | null;
}

/** The draft of a version: its text, or its document, and the days that go with it. */
export function DraftDrawer({ open, charter, edited, onClose }: Props) {
  const t = useTexts(texts);
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={edited ? t("draft.edit") : t("draft.next")}
      size={720}
      destroyOnHidden
    >
      <DraftForm charter={charter} onClose={onClose} {...(edited ? { edited } : {})} />
    </Drawer>
  );
}

function DraftForm({ charter, edited, onClose }: Omit<Props, "open">) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const navigate = useNavigate();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const effective = Form.useWatch("effective_on", form);
  const send = async (values: Values, key: string) => {
    const body = { ...values, document_id: values.document_id ?? null };
    if (edited) {
      await request("PATCH", `${VERSIONS}/${edited.data.id}`, { body, etag: edited.etag });
      await refresh();
      return;
    }
    const made = await request<CharterVersion>("POST", VERSIONS, {
      key,
      body: { ...body, charter_id: charter },
    });
    await refresh();
    void navigate({ to: `/charter-versions/${made.id}` });
  };
  return (
    <ActionForm<Values>
      form={form}
      send={send}
      submit={w("save")}
      onCancel={onClose}
      {...(edited ? {} : { draft: `charter.${charter}` })}
      onDone={() => {
        void message.success(t("draft.saved"));
        onClose();
      }}
      initialValues={
        edited
          ? {
              text_zh: edited.data.text_zh,
              text_en: edited.data.text_en,
              document_id: edited.data.document_id,
              effective_on: edited.data.effective_on,
              sign_by_on: edited.data.sign_by_on,
            }
          : {}
      }
    >
      <Form.Item name="text_zh" label={t("text_zh")} extra={t("text.help")}>
        <Input.TextArea rows={12} lang="zh-Hans" />
      </Form.Item>
      <Form.Item name="text_en" label={t("text_en")}>
        <Input.TextArea rows={8} lang="en" />
      </Form.Item>
      <Form.Item name="document_id" label={t("document")} extra={t("document.help")}>
        <PaperField subjectType={CHARTER} subjectId={charter} title={t("document")} />
      </Form.Item>
      <Form.Item name="effective_on" label={t("effective")} extra={t("effective.help")}>
        <DayInput clearable />
      </Form.Item>
      <Form.Item name="sign_by_on" label={t("sign_by")} extra={t("sign_by.help")}>
        <DayInput clearable {...(effective ? { from: effective } : {})} />
      </Form.Item>
    </ActionForm>
  );
}
