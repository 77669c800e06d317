import { useNavigate } from "@tanstack/react-router";
import { App, Checkbox, Drawer, Form, Input, Select } from "antd";
import { type Call, type Patent, request, type WholeSubmission } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { isOwner } from "@/shared/owners";
import { ActionForm, Notice } from "@/shared/ui";
import { ClaimFields, type ClaimValues, forgetCharts } from "./ClaimFields.tsx";
import { SUBMISSIONS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  open: boolean;
  call: Call;
  /** The organisation whose patents may be submitted. */
  own: string;
  onClose: () => void;
}

interface Values {
  patent_id: string;
  statement?: string;
  claims: ClaimValues[];
  keep?: boolean;
}

/** A patent of one's own with its claims, submitted to a call at once or kept as a draft. */
export function SubmitDrawer({ open, call, own, onClose }: Props) {
  const t = useTexts(texts);
  return (
    <Drawer open={open} onClose={onClose} title={t("submit")} size={720} destroyOnHidden>
      <SubmitForm call={call} own={own} onClose={onClose} />
    </Drawer>
  );
}

function SubmitForm({ call, own, onClose }: Omit<Props, "open">) {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const patent = Form.useWatch("patent_id", form);
  const keeps = Form.useWatch("keep", form) ?? false;
  return (
    <>
      <Notice>{t("submit.note")}</Notice>
      <ActionForm<Values>
        form={form}
        submit={keeps ? t("submit.draft") : t("submit.file")}
        onCancel={onClose}
        send={async ({ keep, ...values }, key) => {
          const made = await request<WholeSubmission>("POST", SUBMISSIONS, {
            key,
            body: { ...values, call_id: call.id, file: !keep },
          });
          await refresh();
          void navigate({ to: `/submissions/${made.id}` });
        }}
        onDone={() => {
          void message.success(keeps ? t("submit.kept") : t("submit.done"));
          onClose();
        }}
        initialValues={{ claims: [{ standard: call.standard }] }}
        onValuesChange={(changed) => {
          if ("patent_id" in changed) forgetCharts(form);
        }}
      >
        <Form.Item
          name="patent_id"
          label={t("patent")}
          rules={[{ required: true, message: t("patent.needed") }]}
        >
          <OwnPatentSelect own={own} />
        </Form.Item>
        <ClaimFields standard={call.standard} patent={patent} />
        <Form.Item name="statement" label={t("statement")} extra={t("statement.help")}>
          <Input.TextArea rows={3} />
        </Form.Item>
        <Form.Item name="keep" valuePropName="checked">
          <Checkbox>{t("submit.draft")}</Checkbox>
        </Form.Item>
      </ActionForm>
    </>
  );
}

function OwnPatentSelect({
  own,
  ...props
}: {
  own: string;
  value?: string;
  onChange?: (value: string) => void;
  id?: string;
}) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const patents = useEvery<Patent>("/api/v1/patents");
  const mine = (patents.data ?? []).filter((patent) => isOwner(patent, own));
  return (
    <Select
      {...props}
      showSearch={{ optionFilterProp: "label" }}
      loading={patents.isPending}
      placeholder={t("patent.choose")}
      notFoundContent={patents.isPending ? w("loading") : t("patent.none")}
      options={mine.map((patent) => ({
        value: patent.id,
        label: [patent.publication, spoken(patent.title ?? "")].filter(Boolean).join(" · "),
      }))}
    />
  );
}
