import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Drawer, Form, Select } from "antd";
import { useState } from "react";
import { type Alliance, type Import, useKept, useRoles } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { formatNumber, Instant } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn, useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Page } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import { FileField } from "./FileField.tsx";
import { bringFile, PATH, SUBJECT } from "./queries.ts";
import { ImportMark } from "./state.tsx";
import { texts } from "./texts.ts";

/** Files of other systems that were brought in. */
export function Imports() {
  const t = useTexts(texts);
  const language = useLanguage();
  const spoken = useSpoken();
  const mayBring = useRoles().has("secretariat");
  const [open, setOpen] = useState(false);
  return (
    <Page
      title={t("title")}
      subtitle={t("lead")}
      trail={[{ label: t("patents"), to: "/patents" }]}
      primary={
        mayBring && (
          <>
            <Link to="/connections">
              <Button>{t("connections")}</Button>
            </Link>
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
              {t("bring")}
            </Button>
          </>
        )
      }
    >
      <ListTable<Import>
        path={PATH}
        caption={t("title")}
        defaultOrder="-created"
        subjectType={SUBJECT}
        nameOf={(row) => row.file_name}
        addressOf={(row) => `/imports/${row.id}`}
        empty={<Empty title={t("none")}>{t("none.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: t("state"),
            choices: (["checked", "refused", "imported", "undone", "discarded"] as const).map((state) => ({
              value: state,
              label: t(`state.${state}`),
            })),
          },
        ]}
        columns={[
          { key: "file", title: t("file"), main: true, render: (row) => row.file_name },
          { key: "state", title: t("state"), render: (row) => <ImportMark state={row.state} /> },
          ...(["new", "changed", "refused"] as const).map((outcome) => ({
            key: outcome,
            title: t(`outcome.${outcome}`),
            numeric: true,
            render: (row: Import) => formatNumber(row.counts[outcome] ?? 0, language),
          })),
          { key: "by", title: t("by"), render: (row) => spoken(row.created_by_name ?? "") || t("by.server") },
          { key: "at", title: t("at"), order: "created", render: (row) => <Instant at={row.created_at} /> },
        ]}
      />
      <Bring open={open} onClose={() => setOpen(false)} />
    </Page>
  );
}

interface Values {
  alliance: string;
  file: File;
}

function Bring({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const keep = useKept(PATH);
  const navigate = useNavigate();
  const alliances = useEvery<Alliance>("/api/v1/alliances").data ?? [];
  const [only] = alliances;
  const send = async ({ alliance, file }: Values) => {
    const made = await bringFile(alliance, file, crypto.randomUUID());
    keep(made.id, made, { later: true });
    void navigate({ to: `/imports/${made.id}` });
  };
  return (
    <Drawer open={open} onClose={onClose} title={t("bring")} size={520} destroyOnHidden>
      {only && (
        <ActionForm<Values>
          send={send}
          submit={t("bring.submit")}
          onCancel={onClose}
          initialValues={{ alliance: only.id }}
        >
          {alliances.length > 1 && (
            <Form.Item name="alliance" label={t("alliance")} rules={[{ required: true }]}>
              <Select options={alliances.map((one) => ({ value: one.id, label: nameIn(language, one) }))} />
            </Form.Item>
          )}
          {alliances.length === 1 && <Form.Item name="alliance" hidden noStyle />}
          <Form.Item
            name="file"
            label={t("file")}
            extra={t("bring.help")}
            rules={[{ required: true, message: t("file.needed") }]}
          >
            <FileField />
          </Form.Item>
        </ActionForm>
      )}
    </Drawer>
  );
}
