import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import { type DeclaredTie, request, useMe, useRoles } from "@/shared/api";
import { OrganisationSelect } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import styles from "./conflicts.module.css";
import { EndButton, HoldsMark, holdsToday, useStep } from "./parts.tsx";
import { texts } from "./texts.ts";

const PATH = "/api/v1/ties-declared";
const KINDS = ["employment", "secondment", "interest"] as const;

/** Ties of people to organisations where they have no seat: declared by everybody for themselves. */
export function Ties() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const me = useMe();
  const roles = useRoles();
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const step = useStep();
  const [isDeclaring, setDeclaring] = useState(false);
  const isOffice = roles.has("secretariat") || roles.has("site_admin");
  const declare = <Button onClick={() => setDeclaring(true)}>{t("tie.declare")}</Button>;
  return (
    <>
      <Notice>{t("tie.note")}</Notice>
      <div className={styles.tools}>{declare}</div>
      <ListTable<DeclaredTie>
        inner
        path={PATH}
        caption={t("tab.ties")}
        defaultOrder="-declared"
        nameOf={(row) => spoken(row.user_name)}
        empty={<Empty title={t("ties.none")}>{t("ties.none.text")}</Empty>}
        columns={[
          { key: "person", title: w("person"), main: true, render: (row) => spoken(row.user_name) },
          {
            key: "organisation",
            title: w("organisation"),
            render: (row) => organisationName(row.organisation_id, row.organisation_name),
          },
          { key: "kind", title: t("kind"), render: (row) => t.maybe(`tie.${row.kind}`) },
          { key: "source", title: t("source"), render: (row) => row.source },
          { key: "from", title: t("from"), render: (row) => <CalendarDay day={row.starts_on} /> },
          { key: "to", title: t("to"), render: (row) => <CalendarDay day={row.ends_on ?? null} /> },
          { key: "state", title: w("state"), render: (row) => <HoldsMark row={row} /> },
          ...(isOffice
            ? [
                {
                  key: "end",
                  title: t("end"),
                  render: (row: DeclaredTie) =>
                    holdsToday(row) !== "over" && row.user_id !== me.user ? (
                      <EndButton
                        name={spoken(row.user_name)}
                        onEnd={() =>
                          void step(`${PATH}/${row.id}/end`, {
                            title: t("tie.end.title", { name: spoken(row.user_name) }),
                            text: t("tie.end.text"),
                            ok: t("end"),
                          })
                        }
                      />
                    ) : (
                      "–"
                    ),
                },
              ]
            : []),
        ]}
      />
      <Drawer
        open={isDeclaring}
        onClose={() => setDeclaring(false)}
        title={t("tie.declare")}
        size={520}
        destroyOnHidden
      >
        <DeclareForm onClose={() => setDeclaring(false)} />
      </Drawer>
    </>
  );
}

function DeclareForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const client = useQueryClient();
  const { message } = App.useApp();
  return (
    <>
      <Notice kind="attention">{t("tie.effect")}</Notice>
      <ActionForm<{ organisation_id: string; kind: string; source: string; starts_on: string }>
        submit={t("tie.declare")}
        onCancel={onClose}
        send={async (values, key) => {
          await request("POST", PATH, { key, body: values });
          await client.invalidateQueries();
        }}
        onDone={() => {
          void message.success(t("tie.declared"));
          onClose();
        }}
        initialValues={{ kind: "employment", starts_on: todayHere() }}
      >
        <Form.Item
          name="organisation_id"
          label={w("organisation")}
          extra={t("organisation.help")}
          rules={[{ required: true, message: t("organisation.needed") }]}
        >
          <OrganisationSelect />
        </Form.Item>
        <Form.Item name="kind" label={t("kind")} rules={[{ required: true }]}>
          <Select options={KINDS.map((kind) => ({ value: kind, label: t(`tie.${kind}`) }))} />
        </Form.Item>
        <Form.Item name="starts_on" label={t("from")} rules={[{ required: true, message: t("day.needed") }]}>
          <DayInput />
        </Form.Item>
        <Form.Item
          name="source"
          label={t("source")}
          extra={t("tie.source.help")}
          rules={[{ required: true, whitespace: true, message: t("source.needed") }]}
        >
          <Input.TextArea rows={2} maxLength={500} showCount />
        </Form.Item>
      </ActionForm>
    </>
  );
}
