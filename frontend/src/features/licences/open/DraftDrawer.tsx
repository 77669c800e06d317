import { useNavigate } from "@tanstack/react-router";
import { App, Drawer, Form, Select } from "antd";
import { type OpenDeclaration, type Patent, request } from "@/shared/api";
import { AllianceSelect, useEvery } from "@/shared/choosing";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { isOwner } from "@/shared/owners";
import { ActionForm, Notice } from "@/shared/ui";
import { DECLARATIONS, SCHEMES, useOpenRoles, useRefreshOpen } from "./queries.ts";
import { openTexts } from "./texts/index.ts";

interface Values {
  alliance_id: string;
  patent_id: string;
  scheme: string;
}

/** A declaration to draft: of which patent, and how a licensee is to pay. */
export function DraftDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTexts(openTexts);
  return (
    <Drawer open={open} onClose={onClose} title={t("draft")} size={560} destroyOnHidden>
      <DraftForm onClose={onClose} />
    </Drawer>
  );
}

function DraftForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(openTexts);
  const navigate = useNavigate();
  const refresh = useRefreshOpen();
  const { message } = App.useApp();
  const needed = { required: true, message: t("needed") };
  return (
    <>
      <Notice>{t("draft.means")}</Notice>
      <ActionForm<Values>
        submit={t("draft.submit")}
        onCancel={onClose}
        initialValues={{ scheme: "running" }}
        send={async (values, key) => {
          const made = await request<OpenDeclaration>("POST", DECLARATIONS, { key, body: values });
          await refresh();
          void navigate({ to: `/open-declarations/${made.id}` });
        }}
        onDone={() => {
          void message.success(t("drafted"));
          onClose();
        }}
      >
        <Form.Item name="alliance_id" label={t("alliance")} rules={[needed]}>
          <AllianceSelect />
        </Form.Item>
        <Form.Item name="patent_id" label={t("patent")} rules={[needed]}>
          <OwnPatentSelect />
        </Form.Item>
        <Form.Item name="scheme" label={t("scheme")} rules={[needed]}>
          <Select options={SCHEMES.map((value) => ({ value, label: t(`scheme.${value}`) }))} />
        </Form.Item>
      </ActionForm>
    </>
  );
}

/** The Chinese patents that one's organisation owns. */
function OwnPatentSelect(props: { value?: string; onChange?: (value: string) => void; id?: string }) {
  const t = useTexts(openTexts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const { own } = useOpenRoles();
  const patents = useEvery<Patent>("/api/v1/patents");
  const offered = (patents.data ?? []).filter(
    (patent) => patent.country === "CN" && (own === undefined || isOwner(patent, own)),
  );
  return (
    <Select
      {...props}
      showSearch={{ optionFilterProp: "label" }}
      loading={patents.isPending}
      placeholder={t("patent.choose")}
      notFoundContent={patents.isPending ? w("loading") : t("patent.none")}
      options={offered.map((patent) => ({
        value: patent.id,
        label: [patent.publication, spoken(patent.title ?? "")].filter(Boolean).join(" · "),
      }))}
    />
  );
}
