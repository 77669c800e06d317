import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import { type Affiliation, request, useRoles } from "@/shared/api";
import { OrganisationSelect } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import styles from "./conflicts.module.css";
import { EndButton, HoldsMark, holdsToday, useStep } from "./parts.tsx";
import { texts } from "./texts.ts";

const PATH = "/api/v1/affiliations";
const KINDS = ["control", "common_control", "other"] as const;

/** Which organisations belong together: whoever is tied to the one is tied to the other. */
export function Affiliations() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const roles = useRoles();
  const organisationName = useOrganisationName();
  const step = useStep();
  const [isRecording, setRecording] = useState(false);
  const isOffice = roles.has("secretariat") || roles.has("site_admin");
  return (
    <>
      <Notice>{t("affiliation.note")}</Notice>
      {isOffice && (
        <div className={styles.tools}>
          <Button onClick={() => setRecording(true)}>{t("affiliation.record")}</Button>
        </div>
      )}
      <ListTable<Affiliation>
        inner
        path={PATH}
        caption={t("tab.affiliations")}
        defaultOrder="-recorded"
        nameOf={(row) => `${row.first_name} ${row.second_name}`}
        empty={
          <Empty title={t("affiliations.none")}>
            {isOffice ? t("affiliations.none.office") : t("affiliations.none.text")}
          </Empty>
        }
        columns={[
          {
            key: "first",
            title: w("organisation"),
            main: true,
            render: (row) => organisationName(row.first_id, row.first_name),
          },
          {
            key: "second",
            title: t("affiliation.second"),
            render: (row) => organisationName(row.second_id, row.second_name),
          },
          { key: "kind", title: t("kind"), render: (row) => t.maybe(`affiliation.${row.kind}`) },
          { key: "source", title: t("source"), render: (row) => row.source },
          { key: "from", title: t("from"), render: (row) => <CalendarDay day={row.starts_on} /> },
          { key: "state", title: w("state"), render: (row) => <HoldsMark row={row} /> },
          ...(isOffice
            ? [
                {
                  key: "end",
                  title: t("end"),
                  render: (row: Affiliation) =>
                    holdsToday(row) === "over" ? (
                      "–"
                    ) : (
                      <EndButton
                        name={`${row.first_name} · ${row.second_name}`}
                        onEnd={() =>
                          void step(`${PATH}/${row.id}/end`, {
                            title: t("affiliation.end.title"),
                            text: t("affiliation.end.text"),
                            ok: t("end"),
                          })
                        }
                      />
                    ),
                },
              ]
            : []),
        ]}
      />
      <Drawer
        open={isRecording}
        onClose={() => setRecording(false)}
        title={t("affiliation.record")}
        size={520}
        destroyOnHidden
      >
        <RecordForm onClose={() => setRecording(false)} />
      </Drawer>
    </>
  );
}

function RecordForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const client = useQueryClient();
  const { message } = App.useApp();
  return (
    <ActionForm<{ first_id: string; second_id: string; kind: string; source: string; starts_on: string }>
      submit={t("affiliation.record")}
      onCancel={onClose}
      send={async (values, key) => {
        await request("POST", PATH, { key, body: values });
        await client.invalidateQueries();
      }}
      onDone={() => {
        void message.success(t("done"));
        onClose();
      }}
      initialValues={{ kind: "control", starts_on: todayHere() }}
    >
      <Form.Item
        name="first_id"
        label={w("organisation")}
        rules={[{ required: true, message: t("organisation.needed") }]}
      >
        <OrganisationSelect />
      </Form.Item>
      <Form.Item
        name="second_id"
        label={t("affiliation.second")}
        rules={[{ required: true, message: t("organisation.needed") }]}
      >
        <OrganisationSelect />
      </Form.Item>
      <Form.Item name="kind" label={t("kind")} rules={[{ required: true }]}>
        <Select options={KINDS.map((kind) => ({ value: kind, label: t(`affiliation.${kind}`) }))} />
      </Form.Item>
      <Form.Item name="starts_on" label={t("from")} rules={[{ required: true, message: t("day.needed") }]}>
        <DayInput />
      </Form.Item>
      <Form.Item
        name="source"
        label={t("source")}
        extra={t("affiliation.source.help")}
        rules={[{ required: true, whitespace: true, message: t("source.needed") }]}
      >
        <Input.TextArea rows={2} maxLength={500} showCount />
      </Form.Item>
    </ActionForm>
  );
}
