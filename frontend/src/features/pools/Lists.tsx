import { useNavigate } from "@tanstack/react-router";
import { App, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { type ListVersion, type Pool, request, useRoles } from "@/shared/api";
import { CalendarDay, Figure, Instant } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { LISTS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

const LISTING: ReadonlySet<string> = new Set(["agreed", "launched", "closing"]);

/** The versions of a pool's list; the office publishes the next one. */
export function Lists({ pool }: { pool: Pool }) {
  const t = useTexts(texts);
  const [isPublishing, setPublishing] = useState(false);
  const mayPublish = useRoles().has("secretariat") && LISTING.has(pool.state ?? "");
  const publish = mayPublish && <Button onClick={() => setPublishing(true)}>{t("list.publish")}</Button>;
  return (
    <>
      {publish}
      <ListTable<ListVersion>
        inner
        path={LISTS}
        fixed={{ pool: pool.id }}
        caption={t("tab.lists")}
        defaultOrder="-published"
        nameOf={(row) => t("list.version", { number: row.number })}
        addressOf={(row) => `/list-versions/${row.id}`}
        empty={<Empty title={t("lists.none")}>{t("lists.none.text")}</Empty>}
        columns={[
          {
            key: "number",
            title: t("list.name"),
            main: true,
            render: (row) => t("list.version", { number: row.number }),
          },
          { key: "day", title: t("list.day"), render: (row) => <CalendarDay day={row.effective_on} /> },
          {
            key: "patents",
            title: t("patents"),
            numeric: true,
            render: (row) => <Figure value={row.patents} />,
          },
          { key: "note", title: t("list.note"), render: (row) => row.note || "–" },
          {
            key: "published",
            title: t("list.published"),
            render: (row) => <Instant at={row.published_at} />,
          },
        ]}
      />
      <Modal
        open={isPublishing}
        title={t("list.publish")}
        footer={null}
        destroyOnHidden
        onCancel={() => setPublishing(false)}
      >
        <PublishForm pool={pool.id} onClose={() => setPublishing(false)} />
      </Modal>
    </>
  );
}

function PublishForm({ pool, onClose }: { pool: string; onClose: () => void }) {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <>
      <Notice>{t("list.fixed")}</Notice>
      <ActionForm<{ effective_on: string; note?: string }>
        submit={t("list.publish")}
        onCancel={onClose}
        send={async (values, key) => {
          const made = await request<ListVersion>("POST", LISTS, { key, body: { ...values, pool_id: pool } });
          await refresh();
          void navigate({ to: `/list-versions/${made.id}`, search: { tab: "changes" } as never });
        }}
        onDone={() => {
          void message.success(t("list.done"));
          onClose();
        }}
        initialValues={{ effective_on: todayHere() }}
      >
        <Form.Item
          name="effective_on"
          label={t("list.day")}
          extra={t("list.day.help")}
          rules={[{ required: true, message: t("list.day.needed") }]}
        >
          <DayInput to={todayHere()} />
        </Form.Item>
        <Form.Item name="note" label={t("list.note")}>
          <Input.TextArea rows={2} maxLength={500} showCount />
        </Form.Item>
      </ActionForm>
    </>
  );
}
