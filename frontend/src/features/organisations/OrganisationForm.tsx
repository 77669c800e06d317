import { useQueryClient } from "@tanstack/react-query";
import { App, Drawer, Form, Input, Select } from "antd";
import { api, keys, type Organisation } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ActionForm } from "@/shared/ui";
import { KINDS } from "./Organisations.tsx";
import { PATH } from "./queries.ts";
import { texts } from "./texts.ts";

interface Values {
  name_zh?: string;
  name_en?: string;
  kind?: (typeof KINDS)[number];
  uscc?: string;
  country?: string;
}

interface Props {
  open: boolean;
  onClose: () => void;
  /** What is edited, with the tag of the version that was read; without it, a new one is registered. */
  edited?: { data: Organisation; etag: string };
}

/** What is known of an organisation, to be registered or corrected. */
export function OrganisationForm({ open, onClose, edited }: Props) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const client = useQueryClient();
  const { message } = App.useApp();
  const send = async (values: Values, key: string) => {
    if (edited) {
      await api.PATCH("/api/v1/organisations/{organisation_id}", {
        params: { path: { organisation_id: edited.data.id }, header: { "If-Match": edited.etag } },
        body: values,
      });
      await client.invalidateQueries({ queryKey: keys.object(PATH, edited.data.id) });
    } else {
      await api.POST("/api/v1/organisations", {
        params: { header: { "Idempotency-Key": key } },
        body: values,
      });
    }
    await client.invalidateQueries({ queryKey: keys.lists(PATH) });
  };
  const hasName = ({ getFieldValue }: { getFieldValue: (name: string) => unknown }) => ({
    validator: () =>
      getFieldValue("name_zh") || getFieldValue("name_en")
        ? Promise.resolve()
        : Promise.reject(new Error(t("name.help"))),
  });
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={edited ? t("edit") : t("register")}
      size={480}
      destroyOnHidden
    >
      <ActionForm<Values>
        send={send}
        submit={edited ? w("save") : t("register")}
        onCancel={onClose}
        {...(edited ? {} : { draft: "organisation" })}
        onDone={() => {
          void message.success(edited ? t("edit.done") : t("register.done"));
          onClose();
        }}
        initialValues={
          edited
            ? {
                name_zh: edited.data.name_zh,
                name_en: edited.data.name_en,
                kind: edited.data.kind,
                uscc: edited.data.uscc,
                country: edited.data.country,
              }
            : { kind: "company", country: "CN" }
        }
      >
        <Form.Item name="name_zh" label={t("name_zh")} extra={t("name.help")} rules={[hasName]}>
          <Input maxLength={200} lang="zh-Hans" />
        </Form.Item>
        <Form.Item name="name_en" label={t("name_en")}>
          <Input maxLength={200} lang="en" />
        </Form.Item>
        <Form.Item name="kind" label={t("kind")} rules={[{ required: true }]}>
          <Select options={KINDS.map((kind) => ({ value: kind, label: w(`kind.${kind}`) }))} />
        </Form.Item>
        <Form.Item name="uscc" label={t("uscc")} extra={t("uscc.help")}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item
          name="country"
          label={t("country")}
          extra={t("country.help")}
          rules={[{ pattern: /^[A-Z]{2}$/, message: t("country.help") }]}
          normalize={(text: string) => text.toUpperCase()}
        >
          <Input maxLength={2} style={{ width: 96 }} />
        </Form.Item>
      </ActionForm>
    </Drawer>
  );
}
