import { useNavigate } from "@tanstack/react-router";
import { App, Checkbox, Drawer, Form, Input, Select } from "antd";
import { type DirectLicence, type DirectLicenceLine, type Patent, request } from "@/shared/api";
import { AllianceSelect, EntitySelect, OrganisationSelect, useEvery } from "@/shared/choosing";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { isOwner } from "@/shared/owners";
import { ActionForm, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { AgreedFields, type AgreedValues, NOTHING_AGREED } from "../clauses/Agreed.tsx";
import { DIRECT, DIRECT_KINDS, type DirectKind, useDirectRoles, useRefreshDirect } from "./queries.ts";
import { directTexts } from "./texts.ts";

interface Values extends AgreedValues {
  alliance_id?: string;
  operating_entity_id?: string;
  head_id?: string;
  kind: DirectKind;
  code: string;
  licensee_id: string;
  patent_ids: string[];
  licensee_patent_ids?: string[];
  territory?: string[];
  fields_of_use?: string[];
  products?: string[];
  starts_on?: string | null;
  ends_on?: string | null;
  may_sublicense?: boolean;
}

/** A licence to draft: its kind, who takes it, the patents and what they may be used for. */
export function DraftDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTexts(directTexts);
  return (
    <Drawer open={open} onClose={onClose} title={t("draft")} size={720} destroyOnHidden>
      <DraftForm onClose={onClose} />
    </Drawer>
  );
}

function DraftForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(directTexts);
  const navigate = useNavigate();
  const refresh = useRefreshDirect();
  const { message } = App.useApp();
  const { own } = useDirectRoles();
  const [form] = Form.useForm<Values>();
  const kind = Form.useWatch("kind", form) ?? "ordinary";
  const licensee = Form.useWatch("licensee_id", form);
  const needed = { required: true, message: t("needed") };
  return (
    <>
      <Notice>{t(`kind.${kind}.means`)}</Notice>
      <ActionForm<Values>
        form={form}
        submit={t("draft.submit")}
        onCancel={onClose}
        initialValues={{ kind: "ordinary", ...NOTHING_AGREED }}
        send={async (values, key) => {
          const made = await request<DirectLicence>("POST", DIRECT, { key, body: values });
          await refresh();
          void navigate({ to: `/direct-licences/${made.id}` });
        }}
        onDone={() => {
          void message.success(t("drafted"));
          onClose();
        }}
      >
        <Form.Item name="kind" label={t("kind")} rules={[needed]}>
          <Select options={DIRECT_KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))} />
        </Form.Item>
        {kind === "sub" && (
          <Form.Item name="head_id" label={t("head")} rules={[needed]}>
            <HeadSelect own={own} />
          </Form.Item>
        )}
        <Form.Item name="alliance_id" label={t("alliance")} rules={[needed]}>
          <AllianceSelect />
        </Form.Item>
        <OfficeFields />
        <Form.Item name="code" label={t("code")} rules={[{ ...needed, whitespace: true }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="licensee_id" label={t("licensee")} rules={[needed]}>
          <OrganisationSelect />
        </Form.Item>
        <Form.Item name="patent_ids" label={t("patents")} rules={[needed]}>
          <PatentsSelect owner={kind === "sub" ? undefined : own} />
        </Form.Item>
        {kind === "cross" && (
          <Form.Item name="licensee_patent_ids" label={t("patents.theirs")} rules={[needed]}>
            <PatentsSelect owner={licensee} />
          </Form.Item>
        )}
        <ScopeFields />
        <AgreedFields />
      </ActionForm>
    </>
  );
}

/** For what, where and when a licence is. */
export function ScopeFields() {
  const t = useTexts(directTexts);
  return (
    <>
      <Form.Item name="territory" label={t("territory")} extra={t("territory.help")}>
        <Select mode="tags" tokenSeparators={[",", " ", "，"]} open={false} suffixIcon={null} />
      </Form.Item>
      <Form.Item name="fields_of_use" label={t("fields")} extra={t("fields.help")}>
        <Select mode="tags" tokenSeparators={["\n"]} open={false} suffixIcon={null} />
      </Form.Item>
      <Form.Item name="products" label={t("products")} extra={t("products.help")}>
        <Select mode="tags" tokenSeparators={["\n"]} open={false} suffixIcon={null} />
      </Form.Item>
      <Form.Item name="starts_on" label={t("starts")}>
        <DayInput clearable />
      </Form.Item>
      <Form.Item name="ends_on" label={t("ends")} extra={t("ends.help")}>
        <DayInput clearable />
      </Form.Item>
      <Form.Item name="may_sublicense" valuePropName="checked">
        <Checkbox>{t("may_sublicense")}</Checkbox>
      </Form.Item>
    </>
  );
}

/** An office grants for an operating entity, by a power over patents of others. */
function OfficeFields() {
  const t = useTexts(directTexts);
  const { offices } = useDirectRoles();
  if (!offices) return null;
  return (
    <Form.Item name="operating_entity_id" label={t("entity")} extra={t("entity.help")}>
      <EntitySelect allowClear />
    </Form.Item>
  );
}

interface SelectProps {
  value?: string[];
  onChange?: (value: string[]) => void;
  id?: string;
}

function PatentsSelect({ owner, ...props }: SelectProps & { owner?: string | undefined }) {
  const t = useTexts(directTexts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const patents = useEvery<Patent>("/api/v1/patents");
  const { offices } = useDirectRoles();
  const offered = (patents.data ?? []).filter(
    (patent) => owner === undefined || offices || isOwner(patent, owner),
  );
  return (
    <Select
      {...props}
      mode="multiple"
      showSearch={{ optionFilterProp: "label" }}
      loading={patents.isPending}
      placeholder={t("patents.choose")}
      notFoundContent={patents.isPending ? w("loading") : t("patents.none")}
      options={offered.map((patent) => ({
        value: patent.id,
        label: [patent.publication, spoken(patent.title ?? "")].filter(Boolean).join(" · "),
      }))}
    />
  );
}

/** The licences that one's organisation holds and may sublicense. */
function HeadSelect({
  own,
  ...props
}: {
  own: string | undefined;
  value?: string;
  onChange?: (value: string) => void;
  id?: string;
}) {
  const t = useTexts(directTexts);
  const held = useEvery<DirectLicenceLine>(DIRECT, { state: "in_force" });
  return (
    <Select
      {...props}
      loading={held.isPending}
      placeholder={t("head.choose")}
      options={(held.data ?? [])
        .filter((row) => row.may_sublicense && row.licensee_id === own)
        .map((row) => ({ value: row.id, label: `${row.code} · ${row.licensor_name}` }))}
    />
  );
}
