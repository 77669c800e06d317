import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Input, Select } from "antd";
import { type ReactNode, useState } from "react";
import { request } from "@/shared/api";
import { OrganisationSelect } from "@/shared/choosing";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { ActionForm, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import styles from "./conflicts.module.css";
import { texts } from "./texts.ts";

interface Props {
  /** Where it is posted to. */
  path: string;
  /** What the button, the drawer and the form are called. */
  title: string;
  /** What to know before it is sent. */
  note?: ReactNode;
  /** The organisations it is about, by the names of the request. */
  organisations: readonly { name: string; label: string; help?: string }[];
  /** Which kinds of it there are; the first is proposed. */
  kinds: readonly { value: string; label: string }[];
  /** From what it may be known. */
  sourceHelp: string;
  done: string;
}

/** A button for what has to be on record of organisations: of which kind, since when, known from where. */
export function Recording({ path, title, note, organisations, kinds, sourceHelp, done }: Props) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <div className={styles.tools}>
      <Button onClick={() => setOpen(true)}>{title}</Button>
      <Drawer open={isOpen} onClose={close} title={title} size={520} destroyOnHidden>
        {note && <Notice kind="attention">{note}</Notice>}
        <ActionForm<Record<string, string>>
          submit={title}
          onCancel={close}
          send={async (values, key) => {
            await request("POST", path, { key, body: values });
            await client.invalidateQueries();
          }}
          onDone={() => {
            void message.success(done);
            close();
          }}
          initialValues={{ kind: kinds[0]?.value, starts_on: todayHere() }}
        >
          {organisations.map(({ name, label, help }) => (
            <Form.Item
              key={name}
              name={name}
              label={label}
              extra={help}
              rules={[{ required: true, message: t("organisation.needed") }]}
            >
              <OrganisationSelect />
            </Form.Item>
          ))}
          <Form.Item name="kind" label={t("kind")} rules={[{ required: true }]}>
            <Select options={[...kinds]} />
          </Form.Item>
          <Form.Item
            name="starts_on"
            label={t("from")}
            rules={[{ required: true, message: t("day.needed") }]}
          >
            <DayInput />
          </Form.Item>
          <Form.Item
            name="source"
            label={t("source")}
            extra={sourceHelp}
            rules={[{ required: true, whitespace: true, message: t("source.needed") }]}
          >
            <Input.TextArea rows={2} maxLength={500} showCount />
          </Form.Item>
        </ActionForm>
      </Drawer>
    </div>
  );
}
