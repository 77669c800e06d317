import { Link } from "@tanstack/react-router";
import { App, Button, Drawer, Form } from "antd";
import { useState } from "react";
import { type BookClosing, type BookReopening, request } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice, ReasonField } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { ReopeningMark } from "./BookReopening.tsx";
import styles from "./books.module.css";
import { EntityChoice } from "./parts.tsx";
import { ENTITIES, REOPENING, REOPENINGS, useKept, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** Through which day the books were closed when, and who asked to open days again. */
export function Closings() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const kept = useKept();
  const [chosen, setChosen] = useState("");
  const [open, setOpen] = useState<"close" | "reopen" | null>(null);
  const entity = chosen || kept[0]?.id || "";
  if (entity === "") return null;
  const shut = () => setOpen(null);
  return (
    <>
      <EntityChoice value={entity} onChange={setChosen} />
      <div className={styles.tools}>
        <Button type="primary" onClick={() => setOpen("close")}>
          {t("close")}
        </Button>
        <Button onClick={() => setOpen("reopen")}>{t("reopen")}</Button>
      </div>
      <ListTable<BookClosing>
        key={entity}
        inner
        path={`${ENTITIES}/${entity}/book-closings`}
        caption={t("tab.closings")}
        defaultOrder="-number"
        nameOf={(row) => `${row.number}`}
        empty={<Empty title={t("closings.none")}>{t("closings.none.text")}</Empty>}
        columns={[
          {
            key: "through",
            title: t("through"),
            main: true,
            render: (row) => (row.closed_through ? <CalendarDay day={row.closed_through} /> : t("all_open")),
          },
          { key: "at", title: t("at"), render: (row) => <Instant at={row.at} /> },
          { key: "by", title: t("by"), render: (row) => spoken(row.user_name) || t("by_itself") },
          {
            key: "why",
            title: t("what"),
            render: (row) =>
              row.reopening_id ? (
                <Link to={`/book-reopenings/${row.reopening_id}`}>{t("reopened")}</Link>
              ) : (
                t("closed")
              ),
          },
        ]}
      />
      <section className={styles.part} aria-label={t("reopenings")}>
        <h2>{t("reopenings")}</h2>
        <ListTable<BookReopening>
          key={entity}
          inner
          path={REOPENINGS}
          fixed={{ operating_entity: entity }}
          caption={t("reopenings")}
          defaultOrder="-asked"
          subjectType={REOPENING}
          nameOf={(row) => row.through ?? t("all_open")}
          addressOf={(row) => `/book-reopenings/${row.id}`}
          empty={<Empty title={t("reopenings.none")}>{t("reopenings.none.text")}</Empty>}
          columns={[
            {
              key: "through",
              title: t("stays_closed"),
              main: true,
              render: (row) => row.through ?? t("all_open"),
            },
            { key: "state", title: w("state"), render: (row) => <ReopeningMark state={row.state} /> },
            { key: "reason", title: w("reason"), render: (row) => row.reason },
            { key: "by", title: t("asked.by"), render: (row) => spoken(row.asked_by_name) },
            {
              key: "at",
              title: t("asked.at"),
              order: "asked",
              render: (row) => <Instant at={row.asked_at} />,
            },
          ]}
        />
      </section>
      <Drawer open={open === "close"} onClose={shut} title={t("close")} size={520} destroyOnHidden>
        <CloseForm entity={entity} onClose={shut} />
      </Drawer>
      <Drawer open={open === "reopen"} onClose={shut} title={t("reopen")} size={520} destroyOnHidden>
        <AskForm entity={entity} onClose={shut} />
      </Drawer>
    </>
  );
}

interface FormProps {
  entity: string;
  onClose: () => void;
}

function CloseForm({ entity, onClose }: FormProps) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const refresh = useRefresh();
  return (
    <ActionForm<{ through: string }>
      submit={t("close")}
      onCancel={onClose}
      send={async (body, key) => {
        await request("POST", `${ENTITIES}/${entity}/book-closings`, { body, key });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("close.done"));
        onClose();
      }}
    >
      <Notice>{t("close.text")}</Notice>
      <Form.Item name="through" label={t("through")} rules={[{ required: true, message: t("day.needed") }]}>
        <DayInput />
      </Form.Item>
    </ActionForm>
  );
}

function AskForm({ entity, onClose }: FormProps) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const refresh = useRefresh();
  return (
    <ActionForm<{ through?: string | null; reason: string }>
      submit={t("reopen.submit")}
      onCancel={onClose}
      send={async (values, key) => {
        await request("POST", REOPENINGS, {
          body: { ...values, through: values.through ?? null, operating_entity_id: entity },
          key,
        });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("reopen.done"));
        onClose();
      }}
    >
      <Notice>{t("reopen.text")}</Notice>
      <Form.Item name="through" label={t("stays_closed")} extra={t("stays_closed.help")}>
        <DayInput clearable />
      </Form.Item>
      <ReasonField help={t("reopen.reason.help")} needed={t("reason.needed")} />
    </ActionForm>
  );
}
