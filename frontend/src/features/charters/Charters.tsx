import { useNavigate } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import { type Charter, request, useRoles } from "@/shared/api";
import { AllianceSelect, useAllianceName, useAlliances } from "@/shared/choosing";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Page } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import { CHARTER, CHARTERS, KINDS, titleOf, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** What the members of an alliance agree to: its charter, its convention, other agreements of all. */
export function Charters() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const language = useLanguage();
  const allianceName = useAllianceName();
  const [isStarting, setStarting] = useState(false);
  const start = useRoles().has("secretariat") && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setStarting(true)}>
      {t("start")}
    </Button>
  );
  return (
    <Page title={t("title")} subtitle={t("lead")} primary={start}>
      <ListTable<Charter>
        path={CHARTERS}
        caption={t("title")}
        defaultOrder="started"
        subjectType={CHARTER}
        nameOf={(row) => titleOf(language, row)}
        addressOf={(row) => `/charters/${row.id}`}
        empty={
          <Empty title={t("empty")} action={start}>
            {t("empty.text")}
          </Empty>
        }
        columns={[
          { key: "title", title: t("name"), main: true, render: (row) => titleOf(language, row) },
          { key: "kind", title: t("kind"), render: (row) => t.maybe(`kind.${row.kind}`) },
          { key: "alliance", title: w("alliance"), render: (row) => allianceName(row.alliance_id) },
        ]}
      />
      <Drawer
        open={isStarting}
        onClose={() => setStarting(false)}
        title={t("start")}
        size={520}
        destroyOnHidden
      >
        <StartForm onClose={() => setStarting(false)} />
      </Drawer>
    </Page>
  );
}

interface Values {
  alliance_id: string;
  kind: (typeof KINDS)[number];
  title_zh?: string;
  title_en?: string;
}

function StartForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const navigate = useNavigate();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const alliances = useAlliances();
  if (alliances.data === undefined) return null;
  const only = alliances.data.length === 1 ? alliances.data[0]?.id : undefined;
  return (
    <ActionForm<Values>
      submit={t("start")}
      onCancel={onClose}
      send={async (values, key) => {
        const made = await request<Charter>("POST", CHARTERS, { key, body: values });
        await refresh();
        void navigate({ to: `/charters/${made.id}` });
      }}
      onDone={() => {
        void message.success(t("started"));
        onClose();
      }}
      initialValues={{ kind: "charter", ...(only ? { alliance_id: only } : {}) }}
    >
      <Form.Item
        name="alliance_id"
        label={w("alliance")}
        rules={[{ required: true, message: t("alliance.needed") }]}
      >
        <AllianceSelect disabled={only !== undefined} />
      </Form.Item>
      <Form.Item name="kind" label={t("kind")} rules={[{ required: true }]}>
        <Select options={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))} />
      </Form.Item>
      <Form.Item
        name="title_zh"
        label={t("title_zh")}
        extra={t("title.help")}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value: string | undefined) =>
              value?.trim() || (getFieldValue("title_en") as string | undefined)?.trim()
                ? Promise.resolve()
                : Promise.reject(new Error(t("title.help"))),
          }),
        ]}
      >
        <Input maxLength={200} lang="zh-Hans" />
      </Form.Item>
      <Form.Item name="title_en" label={t("title_en")}>
        <Input maxLength={200} lang="en" />
      </Form.Item>
    </ActionForm>
  );
}
