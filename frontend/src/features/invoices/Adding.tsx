import { App, Button, Form, Modal } from "antd";
import { type ReactNode, useState } from "react";
import { request } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ActionForm } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { useRefresh } from "./queries.ts";
import { texts } from "./texts/index.ts";

/** A button that opens a form, which adds one to a list; nothing that was there is changed by it. */
export function Adding<Values extends object>({
  title,
  path,
  initial,
  note,
  children,
  body = (values) => values,
}: {
  title: string;
  path: string;
  initial: Partial<Values>;
  note?: string;
  children: ReactNode;
  body?: (values: Values) => object;
}) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const { message } = App.useApp();
  const refresh = useRefresh();
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <p>
        <Button type="primary" onClick={() => setOpen(true)}>
          {title}
        </Button>
      </p>
      <Modal open={isOpen} title={title} footer={null} width={560} destroyOnHidden onCancel={close}>
        <ActionForm<Values>
          submit={w("save")}
          onCancel={close}
          initialValues={initial as Values}
          send={async (values, key) => {
            await request("POST", path, { key, body: body(values) });
            await refresh();
          }}
          onDone={() => {
            void message.success(t("noted"));
            close();
          }}
        >
          {note && <p>{note}</p>}
          {children}
        </ActionForm>
      </Modal>
    </>
  );
}

export function Needed({ name, label, children }: { name: string; label: string; children: ReactNode }) {
  return (
    <Form.Item name={name} label={label} rules={[{ required: true, message: label }]}>
      {children}
    </Form.Item>
  );
}

export function From() {
  const t = useTexts(texts);
  return (
    <Form.Item
      name="from_on"
      label={t("from")}
      extra={t("from.help")}
      rules={[{ required: true, message: t("from") }]}
    >
      <DayInput />
    </Form.Item>
  );
}
