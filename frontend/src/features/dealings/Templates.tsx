import { App, Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import { type ContractTemplate, type Programme, request, useRoles } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { Instant } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice, Page } from "@/shared/ui";
import { STANDARD_CLAUSES } from "./clauses.ts";
import styles from "./dealings.module.css";
import { TEMPLATES, useRefresh } from "./queries.ts";
import { texts } from "./texts/index.ts";

const KINDS = [
  "grant",
  "fee",
  "tax",
  "reports",
  "audit",
  "grant_back",
  "confidentiality",
  "term",
  "termination",
  "run_off",
  "disputes",
  "other",
];
const GROUNDS = ["breach", "non_payment", "non_reporting", "insolvency", "agreement"];

/** The clauses that contracts of a programme are made of, version by version. */
export function Templates() {
  const t = useTexts(texts);
  const language = useLanguage();
  const spoken = useSpoken();
  const roles = useRoles();
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState<ContractTemplate | null>(null);
  const publish = roles.has("secretariat") && (
    <Button type="primary" onClick={() => setOpen(true)}>
      {t("template.publish")}
    </Button>
  );
  return (
    <Page
      title={t("templates")}
      subtitle={t("templates.lead")}
      trail={[{ label: t("title"), to: "/dealings" }]}
      primary={publish}
    >
      <ListTable<ContractTemplate>
        path={TEMPLATES}
        caption={t("templates")}
        defaultOrder="-published"
        nameOf={(row) => `${row.programme_code} ${row.number}`}
        empty={
          <Empty title={t("templates.empty")} action={publish}>
            {t("templates.empty.text")}
          </Empty>
        }
        columns={[
          {
            key: "title",
            title: t("template"),
            main: true,
            render: (row) => (
              <Button type="link" className={styles.link ?? ""} onClick={() => setShown(row)}>
                {language === "zh-CN" ? row.title_zh : row.title_en}
              </Button>
            ),
          },
          { key: "programme", title: t("programme"), render: (row) => row.programme_code },
          { key: "number", title: t("number"), numeric: true, render: (row) => row.number },
          { key: "clauses", title: t("clauses"), numeric: true, render: (row) => row.clauses.length },
          {
            key: "published",
            title: t("published_at"),
            order: "published",
            render: (row) => <Instant at={row.published_at} />,
          },
          { key: "by", title: t("made_by"), extra: true, render: (row) => spoken(row.published_by_name) },
        ]}
      />
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        title={t("template.publish")}
        size={720}
        destroyOnHidden
      >
        <PublishForm onClose={() => setOpen(false)} />
      </Drawer>
      <Drawer
        open={shown !== null}
        onClose={() => setShown(null)}
        title={shown && (language === "zh-CN" ? shown.title_zh : shown.title_en)}
        size={720}
        destroyOnHidden
      >
        {shown?.clauses.map((clause, place) => (
          <section key={clause.heading_en} className={styles.clause}>
            <h3>
              {place + 1}. {language === "zh-CN" ? clause.heading_zh : clause.heading_en}
            </h3>
            <p className={styles.said}>{language === "zh-CN" ? clause.text_zh : clause.text_en}</p>
          </section>
        ))}
      </Drawer>
    </Page>
  );
}

interface Values {
  programme_id: string;
  title_zh: string;
  title_en: string;
  clauses: { kind: string; grounds?: string[] }[];
}

function PublishForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const programmes = useEvery<Programme>("/api/v1/programmes").data ?? [];
  const needed = [{ required: true, message: t("needed") }];
  return (
    <>
      <Notice>{t("template.effect")}</Notice>
      <ActionForm<Values>
        submit={t("template.publish")}
        onCancel={onClose}
        initialValues={{
          title_zh: "专利池许可合同",
          title_en: "Patent pool licence",
          clauses: STANDARD_CLAUSES,
        }}
        send={async (values, key) => {
          const clauses = values.clauses.map((each) =>
            each.kind === "grant_back" ? { ...each, exclusive: false } : each,
          );
          await request("POST", TEMPLATES, { key, body: { ...values, clauses } });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("template.done"));
          onClose();
        }}
      >
        <Form.Item name="programme_id" label={t("programme")} rules={needed}>
          <Select
            options={programmes.map((one) => ({ value: one.id, label: `${one.code} · ${spoken(one.name)}` }))}
          />
        </Form.Item>
        <Form.Item name="title_zh" label={t("title_zh")} rules={needed}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="title_en" label={t("title_en")} rules={needed}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.List name="clauses">
          {(rows, { add, remove }) => (
            <>
              {rows.map((row) => (
                <fieldset key={row.key} className={styles.clause}>
                  <legend>{t("clause.number", { number: row.name + 1 })}</legend>
                  <Form.Item name={[row.name, "kind"]} label={t("clause.kind")} rules={needed}>
                    <Select options={KINDS.map((one) => ({ value: one, label: t.maybe(`clause.${one}`) }))} />
                  </Form.Item>
                  <Form.Item
                    noStyle
                    shouldUpdate={(before, after) =>
                      before.clauses?.[row.name]?.kind !== after.clauses?.[row.name]?.kind
                    }
                  >
                    {({ getFieldValue }) =>
                      getFieldValue(["clauses", row.name, "kind"]) === "termination" ? (
                        <Form.Item
                          name={[row.name, "grounds"]}
                          label={t("grounds")}
                          extra={t("grounds.help")}
                          rules={needed}
                        >
                          <Select
                            mode="multiple"
                            options={GROUNDS.map((one) => ({ value: one, label: t.maybe(`ground.${one}`) }))}
                          />
                        </Form.Item>
                      ) : null
                    }
                  </Form.Item>
                  {(["heading_zh", "text_zh", "heading_en", "text_en"] as const).map((name) => (
                    <Form.Item key={name} name={[row.name, name]} label={t(name)} rules={needed}>
                      {name.startsWith("text") ? (
                        <Input.TextArea autoSize={{ minRows: 2, maxRows: 10 }} maxLength={20_000} />
                      ) : (
                        <Input maxLength={200} />
                      )}
                    </Form.Item>
                  ))}
                  <Button size="small" onClick={() => remove(row.name)}>
                    {t("clause.remove")}
                  </Button>
                </fieldset>
              ))}
              <p>
                <Button onClick={() => add({ kind: "other" })}>{t("clause.add")}</Button>
              </p>
            </>
          )}
        </Form.List>
      </ActionForm>
    </>
  );
}
