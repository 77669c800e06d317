import { App, Drawer, Form, Input } from "antd";
import { request, type WholeSubmission } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ActionForm } from "@/shared/ui";
import { ClaimFields, type ClaimValues } from "./ClaimFields.tsx";
import { SUBMISSIONS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  open: boolean;
  edited: { data: WholeSubmission; etag: string };
  onClose: () => void;
}

/** What is submitted, as long as it is not under way; here its charts are attached. */
export function EditDrawer({ open, edited, onClose }: Props) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const { data } = edited;
  return (
    <Drawer open={open} onClose={onClose} title={t("step.edit")} size={720} destroyOnHidden>
      <ActionForm<{ statement?: string; claims: ClaimValues[] }>
        submit={w("save")}
        onCancel={onClose}
        send={async (values) => {
          await request("PATCH", `${SUBMISSIONS}/${data.id}`, { body: values, etag: edited.etag });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("submit.kept"));
          onClose();
        }}
        initialValues={{
          statement: data.statement,
          claims: data.claims.map(({ number, standard, clause, explanation, chart_id, claim_chart_id }) => ({
            number,
            standard,
            clause,
            explanation,
            chart_id,
            claim_chart_id,
          })),
        }}
      >
        <ClaimFields standard={data.standard} submission={data.id} patent={data.patent_id} />
        <Form.Item name="statement" label={t("statement")} extra={t("statement.help")}>
          <Input.TextArea rows={3} />
        </Form.Item>
      </ActionForm>
    </Drawer>
  );
}
