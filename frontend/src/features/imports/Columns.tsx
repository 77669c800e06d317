import { Button, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { request, type WholeImport } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { ActionForm, Empty, Notice } from "@/shared/ui";
import styles from "./imports.module.css";
import { PATH, toldOf, type useSteps } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  found: WholeImport;
  steps: ReturnType<typeof useSteps>;
}

/** What each column of a table was taken for; people say otherwise, and may have it remembered. */
export function Columns({ found, steps }: Props) {
  const t = useTexts(texts);
  const told = toldOf(found);
  const columns = told.columns ?? [];
  const mayChange = found.allowed_steps.includes("check again");
  const [changed, setChanged] = useState<Record<string, string>>({});
  const [isKeeping, setKeeping] = useState(false);
  const fields = found.fields_known.map((field) => ({
    value: field,
    label: t.maybe(`field.${field}`, {}, field),
  }));
  if (columns.length === 0) return <Empty title={t("columns.none")} />;
  const isChanged = Object.keys(changed).length > 0;
  const send = async () => {
    const mapping = Object.fromEntries(
      columns.map(({ heading, field }) => [heading, changed[heading] ?? field]).filter(([, field]) => field),
    );
    if (await steps.step("choices", { choices: { mapping } })) setChanged({});
  };
  return (
    <>
      <p className={styles.lead}>{t("columns.text")}</p>
      {told.saved_mapping && <Notice>{t("columns.saved", { name: told.saved_mapping })}</Notice>}
      <ul className={styles.columns}>
        {columns.map(({ heading, field, samples }) => (
          <li key={heading} data-left={!(changed[heading] ?? field) || undefined}>
            <span className={styles.heading}>{heading || "–"}</span>
            <span className={styles.samples}>{samples.join(" · ")}</span>
            <Select
              aria-label={heading}
              value={changed[heading] ?? field}
              disabled={!mayChange}
              showSearch={{ optionFilterProp: "label" }}
              options={[{ value: "", label: t("columns.left") }, ...fields]}
              onChange={(value) => setChanged((before) => ({ ...before, [heading]: value }))}
            />
          </li>
        ))}
      </ul>
      {mayChange && (
        <div className={styles.buttons}>
          <Button type="primary" disabled={!isChanged} loading={steps.busy} onClick={() => void send()}>
            {t("read.again")}
          </Button>
          {found.state === "checked" && !isChanged && (
            <Button onClick={() => setKeeping(true)}>{t("columns.keep")}</Button>
          )}
        </div>
      )}
      <Modal
        open={isKeeping}
        title={t("columns.keep")}
        footer={null}
        onCancel={() => setKeeping(false)}
        destroyOnHidden
      >
        <ActionForm<{ name: string }>
          send={(body, key) => request("POST", `${PATH}/${found.id}/mapping`, { body, key })}
          submit={t("columns.keep.submit")}
          onDone={() => setKeeping(false)}
          onCancel={() => setKeeping(false)}
        >
          <Form.Item
            name="name"
            label={t("columns.name")}
            extra={t("columns.name.help")}
            rules={[{ required: true, message: t("columns.name.needed") }]}
          >
            <Input maxLength={200} />
          </Form.Item>
        </ActionForm>
      </Modal>
    </>
  );
}
