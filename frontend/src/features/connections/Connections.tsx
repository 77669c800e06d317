import { useNavigate } from "@tanstack/react-router";
import { Button, Drawer, Form, Select } from "antd";
import { useState } from "react";
import { type Alliance, type Connection, request, useRoles, type WholeConnection } from "@/shared/api";
import { AllianceSelect, useEvery } from "@/shared/choosing";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Page } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import { ConnectionFields, SecretFields } from "./fields.tsx";
import { ConnectionMark, useRhythm } from "./marks.tsx";
import { CONNECTION, CONNECTIONS, KINDS, type Settings, STATES, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** The databases of others that are asked by schedule, and the folders that are emptied. */
export function Connections() {
  const t = useTexts(texts);
  const rhythm = useRhythm();
  const spoken = useSpoken();
  const mayOpen = useRoles().has("secretariat");
  const [open, setOpen] = useState(false);
  return (
    <Page
      title={t("title")}
      subtitle={t("lead")}
      trail={[{ label: t("imports"), to: "/imports" }]}
      primary={
        mayOpen && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
            {t("add")}
          </Button>
        )
      }
    >
      <ListTable<Connection>
        path={CONNECTIONS}
        caption={t("title")}
        defaultOrder="name"
        subjectType={CONNECTION}
        nameOf={(row) => row.name}
        addressOf={(row) => `/connections/${row.id}`}
        empty={<Empty title={t("none")}>{t("none.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: t("state"),
            choices: STATES.map((value) => ({ value, label: t(`state.${value}`) })),
          },
          {
            name: "kind",
            label: t("kind"),
            choices: KINDS.map((value) => ({ value, label: t(`kind.${value}`) })),
          },
        ]}
        columns={[
          { key: "name", title: t("name"), order: "name", main: true, render: (row) => row.name },
          { key: "state", title: t("state"), render: (row) => <ConnectionMark row={row} /> },
          { key: "kind", title: t("kind"), render: (row) => t.maybe(`kind.${row.kind}`) },
          { key: "rhythm", title: t("rhythm"), render: (row) => rhythm(row) },
          {
            key: "next",
            title: t("next"),
            render: (row) => (row.next_run_at ? <Instant at={row.next_run_at} /> : "–"),
          },
          { key: "keeper", title: t("keeper"), extra: true, render: (row) => spoken(row.owner_name) },
          {
            key: "created",
            title: t("last"),
            order: "created",
            extra: true,
            render: (row) => <Instant at={row.created_at} />,
          },
        ]}
      />
      <Drawer open={open} onClose={() => setOpen(false)} title={t("add")} size={520} destroyOnHidden>
        <Open onClose={() => setOpen(false)} />
      </Drawer>
    </Page>
  );
}

interface Values {
  alliance_id: string;
  kind: string;
  settings: Settings;
}

const SETTINGS: Record<string, Settings> = {
  epo_ops: { ask_for: "all", legal: true },
  file_drop: { source_kind: "own" },
};

function Open({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const refresh = useRefresh();
  const [form] = Form.useForm<Values>();
  const [kind, setKind] = useState<string>("epo_ops");
  const alliances = useEvery<Alliance>("/api/v1/alliances").data ?? [];
  const [only] = alliances;
  if (!only) return null;
  const choose = (chosen: string) => {
    setKind(chosen);
    form.setFieldValue("settings", SETTINGS[chosen] ?? {});
  };
  return (
    <ActionForm<Values>
      form={form}
      submit={t("add.submit")}
      onCancel={onClose}
      initialValues={{
        alliance_id: only.id,
        kind,
        settings: SETTINGS[kind] ?? {},
        every: "week",
        on_day: 1,
        at_hour: 3,
        straight_in: false,
      }}
      send={async (body, key) => {
        const made = await request<WholeConnection>("POST", CONNECTIONS, { body, key });
        void navigate({ to: `/connections/${made.id}` });
        await refresh();
      }}
    >
      <Form.Item required name="alliance_id" label={t("alliance")} hidden={alliances.length === 1}>
        <AllianceSelect />
      </Form.Item>
      <Form.Item required name="kind" label={t("kind")}>
        <Select onChange={choose} options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))} />
      </Form.Item>
      <ConnectionFields kind={kind} />
      {kind === "epo_ops" && <SecretFields />}
    </ActionForm>
  );
}
