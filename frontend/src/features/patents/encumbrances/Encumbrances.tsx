import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import { type Encumbrance, keys, type Patent as PatentDocument, request } from "@/shared/api";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, StateMark } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { useKeepsRecordOf } from "../differences/opening.tsx";
import styles from "../record/record.module.css";
import { texts } from "./texts.ts";

const PATH = "/api/v1/encumbrances";
const KINDS = [
  "licence_exclusive",
  "licence_sole",
  "licence_ordinary",
  "pledge",
  "preservation",
  "suit",
] as const;

/** What rests on a patent, and recording it for those who keep the patent's record. */
export function Encumbrances({ patent }: { patent: PatentDocument }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const keeps = useKeepsRecordOf(patent);
  const [isRecording, setRecording] = useState(false);
  const [ending, setEnding] = useState<Encumbrance | null>(null);
  return (
    <>
      {keeps && (
        <p className={styles.tools}>
          <Button onClick={() => setRecording(true)}>{t("record")}</Button>
        </p>
      )}
      <ListTable<Encumbrance>
        inner
        path={PATH}
        fixed={{ patent: patent.id }}
        caption={t("title")}
        defaultOrder="-from"
        nameOf={(row) => `${t(`kind.${row.kind}`)} ${row.holder}`}
        empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
        columns={[
          {
            key: "kind",
            title: t("kind"),
            main: true,
            order: "kind",
            render: (row) => t(`kind.${row.kind}`),
          },
          { key: "holder", title: t("holder"), render: (row) => spoken(row.holder) },
          { key: "state", title: t("state"), render: (row) => <State row={row} /> },
          {
            key: "from",
            title: t("from"),
            order: "from",
            render: (row) => <CalendarDay day={row.from_on} />,
          },
          {
            key: "to",
            title: t("to"),
            render: (row) => (row.to_on ? <CalendarDay day={row.to_on} /> : t("open")),
          },
          { key: "number", title: t("number"), render: (row) => <code>{row.register_number || "–"}</code> },
          {
            key: "visible",
            title: t("visible"),
            render: (row) => t(row.is_public ? "public.yes" : "public.no"),
          },
          { key: "note", title: t("note"), extra: true, render: (row) => row.note || "–" },
          ...(keeps
            ? [
                {
                  key: "end",
                  title: t("end"),
                  render: (row: Encumbrance) =>
                    row.to_on ? null : (
                      <Button size="small" onClick={() => setEnding(row)}>
                        {t("end")}
                      </Button>
                    ),
                },
              ]
            : []),
        ]}
      />
      <Drawer
        open={isRecording}
        onClose={() => setRecording(false)}
        title={t("record")}
        size={520}
        destroyOnHidden
      >
        <RecordForm patent={patent.id} onClose={() => setRecording(false)} />
      </Drawer>
      <Drawer
        open={ending !== null}
        onClose={() => setEnding(null)}
        title={t("end")}
        size={520}
        destroyOnHidden
      >
        {ending && <EndForm row={ending} onClose={() => setEnding(null)} />}
      </Drawer>
    </>
  );
}

function State({ row }: { row: Encumbrance }) {
  const t = useTexts(texts);
  const today = todayHere();
  if (row.to_on && row.to_on <= today) return <StateMark standing="closed">{t("state.over")}</StateMark>;
  if (row.from_on > today) return <StateMark standing="closed">{t("state.later")}</StateMark>;
  return <StateMark standing="attention">{t("state.now")}</StateMark>;
}

interface NewValues {
  kind: Encumbrance["kind"];
  holder: string;
  from_on: string;
  to_on?: string | null;
  register_number?: string;
  is_public?: boolean;
  note?: string;
}

function RecordForm({ patent, onClose }: { patent: string; onClose: () => void }) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<NewValues>();
  const isPublic = Form.useWatch("is_public", form) ?? false;
  return (
    <ActionForm<NewValues>
      form={form}
      submit={t("record")}
      onCancel={onClose}
      send={async (values, key) => {
        await request("POST", PATH, { key, body: { ...values, patent_id: patent } });
        await client.invalidateQueries({ queryKey: keys.lists(PATH) });
      }}
      onDone={() => {
        void message.success(t("record.done"));
        onClose();
      }}
    >
      <Form.Item name="kind" label={t("kind")} initialValue="licence_ordinary" rules={[{ required: true }]}>
        <Select options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))} />
      </Form.Item>
      <Form.Item
        name="holder"
        label={t("holder")}
        extra={t("holder.help")}
        rules={[{ required: true, whitespace: true, message: t("holder.needed") }]}
      >
        <Input maxLength={300} />
      </Form.Item>
      <Form.Item name="from_on" label={t("from")} rules={[{ required: true, message: t("from.needed") }]}>
        <DayInput />
      </Form.Item>
      <Form.Item name="to_on" label={t("to")} extra={t("to.help")}>
        <DayInput clearable />
      </Form.Item>
      <Form.Item name="is_public" valuePropName="checked">
        <Checkbox>{t("public")}</Checkbox>
      </Form.Item>
      <Form.Item
        name="register_number"
        label={t("number")}
        extra={t("number.help")}
        rules={[{ required: isPublic, message: t("number.needed") }]}
      >
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="note" label={t("note")} extra={t("note.help")}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </ActionForm>
  );
}

function EndForm({ row, onClose }: { row: Encumbrance; onClose: () => void }) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  return (
    <ActionForm<{ to_on: string; note: string }>
      submit={t("end")}
      onCancel={onClose}
      send={async (values, key) => {
        await request("POST", `${PATH}/${row.id}/end`, { key, body: values });
        await client.invalidateQueries({ queryKey: keys.lists(PATH) });
      }}
      onDone={() => {
        void message.success(t("end.done"));
        onClose();
      }}
    >
      <Form.Item
        name="to_on"
        label={t("to")}
        extra={t("to.help")}
        rules={[{ required: true, message: t("from.needed") }]}
      >
        <DayInput />
      </Form.Item>
      <Form.Item
        name="note"
        label={t("note")}
        extra={t("note.help")}
        rules={[{ required: true, whitespace: true, message: t("note.needed") }]}
      >
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </ActionForm>
  );
}
