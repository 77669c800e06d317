import { Link, useNavigate } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import { type Membership, request, useRoles } from "@/shared/api";
import { AllianceSelect, OrganisationSelect, useAlliances, useEvery } from "@/shared/choosing";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ActionForm, Notice } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import { PATH, useOwnOrganisation, useRefresh } from "./queries.ts";
import { SEGMENTS } from "./segments.ts";
import { texts } from "./texts.ts";

interface Values {
  alliance_id: string;
  organisation_id: string;
  segment?: string;
  reason?: string;
}

const PRESENT: ReadonlySet<string> = new Set(["applied", "under_review", "admitted", "suspended"]);

/** Applying: for one's own organisation by its administrator, for another by the alliance's office. */
export function ApplyButton() {
  const t = useTexts(texts);
  const roles = useRoles();
  const [isOpen, setOpen] = useState(false);
  const isOffice = roles.has("secretariat");
  const open = useOpenAlliances(!isOffice && roles.has("member_admin"));
  if (!isOffice && open.length === 0) return null;
  return (
    <>
      <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setOpen(true)}>
        {isOffice ? t("file") : t("apply")}
      </Button>
      <Drawer
        open={isOpen}
        onClose={() => setOpen(false)}
        title={isOffice ? t("file") : t("apply")}
        size={520}
        destroyOnHidden
      >
        <ApplyForm isOffice={isOffice} onClose={() => setOpen(false)} />
      </Drawer>
    </>
  );
}

/** The alliances that the own organisation is in no way a member of yet. */
function useOpenAlliances(isAsked: boolean): readonly string[] {
  const own = useOwnOrganisation();
  const alliances = useAlliances();
  const memberships = useEvery<Membership>(PATH, { organisation: own?.id }, isAsked && own !== undefined);
  if (!isAsked || memberships.data === undefined) return [];
  const taken = new Set(
    memberships.data.filter((row) => PRESENT.has(row.standing)).map((row) => row.alliance_id),
  );
  return (alliances.data ?? []).map((one) => one.id).filter((id) => !taken.has(id));
}

function ApplyForm({ isOffice, onClose }: { isOffice: boolean; onClose: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const own = useOwnOrganisation();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const alliances = useAlliances();
  const only = alliances.data?.length === 1 ? alliances.data[0]?.id : undefined;
  if (alliances.data === undefined) return null;
  const send = async (values: Values, key: string) => {
    const made = await request<Membership>("POST", PATH, {
      key,
      body: { ...values, segment: values.segment ?? "", reason: values.reason ?? "" },
    });
    await refresh();
    void navigate({ to: `/members/${made.id}` });
  };
  return (
    <>
      <Notice>{isOffice ? t("file.note") : t("apply.note")}</Notice>
      <ActionForm<Values>
        send={send}
        submit={isOffice ? t("file") : t("apply")}
        onCancel={onClose}
        onDone={() => {
          void message.success(t("apply.done"));
          onClose();
        }}
        initialValues={{
          ...(only ? { alliance_id: only } : {}),
          ...(isOffice ? {} : { organisation_id: own?.id }),
        }}
      >
        <Form.Item
          name="alliance_id"
          label={w("alliance")}
          rules={[{ required: true, message: t("alliance.needed") }]}
        >
          <AllianceSelect disabled={only !== undefined} />
        </Form.Item>
        <Form.Item
          name="organisation_id"
          label={w("organisation")}
          extra={
            isOffice && (
              <>
                {t("organisation.missing")} <Link to="/organisations">{t("organisation.register")}</Link>
              </>
            )
          }
          rules={[{ required: true, message: t("organisation.needed") }]}
        >
          <OrganisationSelect disabled={!isOffice} />
        </Form.Item>
        <Form.Item name="segment" label={t("segment")}>
          <Select
            allowClear
            placeholder={t("segment.choose")}
            options={SEGMENTS.map((one) => ({ value: one, label: w(`segment.${one}`) }))}
          />
        </Form.Item>
        <Form.Item name="reason" label={t("apply.reason")} extra={t("apply.reason.help")}>
          <Input.TextArea rows={3} maxLength={500} showCount />
        </Form.Item>
      </ActionForm>
    </>
  );
}
