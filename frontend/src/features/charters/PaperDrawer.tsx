import { App, Drawer, Form, Input } from "antd";
import { type MissingSignature, request } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { PaperField } from "@/shared/papers";
import { ActionForm, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { MEMBERSHIP, SIGNATURES, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

interface Values {
  signatory_name: string;
  signatory_title: string;
  signed_on: string;
  letter_id: string;
  scan_id: string;
}

interface Props {
  version: string;
  member: MissingSignature | null;
  onClose: () => void;
}

/** A signature that was given on paper: who signed, when, by which letter, with the scan of the sealed page. */
export function PaperDrawer({ version, member, onClose }: Props) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <Drawer open={member !== null} onClose={onClose} title={t("paper.record")} size={520} destroyOnHidden>
      {member && (
        <>
          <Notice>
            {t("paper.note", { organisation: organisationName(null, member.organisation_name) })}
          </Notice>
          <ActionForm<Values>
            submit={t("paper.record")}
            onCancel={onClose}
            send={async (values, key) => {
              await request("POST", SIGNATURES, {
                key,
                body: { version_id: version, membership_id: member.membership_id, paper: values },
              });
              await refresh();
            }}
            onDone={() => {
              void message.success(t("paper.recorded"));
              onClose();
            }}
            initialValues={{ signed_on: todayHere() }}
          >
            <Form.Item
              name="signatory_name"
              label={t("signatory.name")}
              rules={[{ required: true, whitespace: true, message: t("signatory.name.needed") }]}
            >
              <Input maxLength={120} autoFocus />
            </Form.Item>
            <Form.Item
              name="signatory_title"
              label={t("signatory.title")}
              rules={[{ required: true, whitespace: true, message: t("signatory.title.needed") }]}
            >
              <Input maxLength={120} />
            </Form.Item>
            <Form.Item
              name="signed_on"
              label={t("signed_on")}
              rules={[{ required: true, message: t("day.needed") }]}
            >
              <DayInput to={todayHere()} />
            </Form.Item>
            <Form.Item
              name="letter_id"
              label={t("letter")}
              extra={t("letter.help")}
              rules={[{ required: true, message: t("letter.needed") }]}
            >
              <PaperField subjectType={MEMBERSHIP} subjectId={member.membership_id} title={t("letter")} />
            </Form.Item>
            <Form.Item
              name="scan_id"
              label={t("scan")}
              extra={t("scan.help")}
              rules={[{ required: true, message: t("scan.needed") }]}
            >
              <PaperField subjectType={MEMBERSHIP} subjectId={member.membership_id} title={t("scan")} />
            </Form.Item>
          </ActionForm>
        </>
      )}
    </Drawer>
  );
}
