import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import { request, type Seat, type Undertaking, useMe, useRoles } from "@/shared/api";
import { AllianceSelect, OrganisationsSelect, useAllianceName, useEvery } from "@/shared/choosing";
import { CalendarDay, Instant, Period } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { listed, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { Papers } from "@/shared/papers";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice, Pairs, StateMark } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import styles from "./conflicts.module.css";
import { holdsToday, useStep } from "./parts.tsx";
import { texts } from "./texts.ts";

const PATH = "/api/v1/undertakings";
const SUBJECT = "conflicts.undertaking";

/** The kinds of things that an undertaking can shut a person off from, as the server names them. */
const HIDDEN = [
  "reports.salesreport",
  "agreements.licence",
  "close.closerun",
  "close.statement",
  "terms.termsversion",
  "patents.patent",
] as const;

function stateOf(row: Undertaking): "unconfirmed" | "over" | "coming" | "holds" {
  const state = holdsToday(row);
  return state !== "over" && !row.confirmed_at ? "unconfirmed" : state;
}

const STANDINGS = { unconfirmed: "attention", over: "closed", coming: "attention", holds: "fine" } as const;

function UndertakingMark({ row }: { row: Undertaking }) {
  const t = useTexts(texts);
  const state = stateOf(row);
  return <StateMark standing={STANDINGS[state]}>{t(`holds.${state}`)}</StateMark>;
}

/** Under what a person with a conflict works nevertheless: what they may not see, until when, on which paper. */
export function Undertakings() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const roles = useRoles();
  const allianceName = useAllianceName();
  const spoken = useSpoken();
  const [isRecording, setRecording] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const isOffice = roles.has("secretariat") || roles.has("site_admin");
  return (
    <>
      <Notice>{t("undertaking.note")}</Notice>
      {isOffice && (
        <div className={styles.tools}>
          <Button onClick={() => setRecording(true)}>{t("undertaking.record")}</Button>
        </div>
      )}
      <ListTable<Undertaking>
        inner
        path={PATH}
        caption={t("tab.undertakings")}
        defaultOrder="-recorded"
        nameOf={(row) => spoken(row.user_name)}
        empty={<Empty title={t("undertakings.none")}>{t("undertakings.none.text")}</Empty>}
        columns={[
          { key: "person", title: w("person"), main: true, render: (row) => spoken(row.user_name) },
          { key: "alliance", title: w("alliance"), render: (row) => allianceName(row.alliance_id) },
          {
            key: "days",
            title: t("days"),
            render: (row) => <Period from={row.starts_on} to={row.ends_on} />,
          },
          { key: "state", title: w("state"), render: (row) => <UndertakingMark row={row} /> },
          {
            key: "open",
            title: t("undertaking.details"),
            render: (row) => (
              <Button
                size="small"
                aria-label={t("undertaking.open.of", { name: spoken(row.user_name) })}
                onClick={() => setShown(row.id)}
              >
                {w("open")}
              </Button>
            ),
          },
        ]}
      />
      <Drawer
        open={isRecording}
        onClose={() => setRecording(false)}
        title={t("undertaking.record")}
        size={560}
        destroyOnHidden
      >
        <RecordForm onClose={() => setRecording(false)} />
      </Drawer>
      <Drawer
        open={shown !== null}
        onClose={() => setShown(null)}
        title={t("undertaking")}
        size={560}
        destroyOnHidden
      >
        {shown && <Details id={shown} isOffice={isOffice} />}
      </Drawer>
    </>
  );
}

function Details({ id, isOffice }: { id: string; isOffice: boolean }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const me = useMe();
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const step = useStep();
  const found = useEvery<Undertaking>(PATH);
  const row = found.data?.find((one) => one.id === id);
  if (row === undefined) return null;
  const isOther = row.user_id !== me.user;
  return (
    <>
      <Pairs
        pairs={[
          { label: w("person"), value: spoken(row.user_name) },
          { label: w("state"), value: <UndertakingMark row={row} /> },
          {
            label: t("days"),
            value: (
              <>
                <CalendarDay day={row.starts_on} /> – <CalendarDay day={row.ends_on} />
              </>
            ),
          },
          { label: t("undertaking.text"), value: row.text },
          {
            label: t("hidden.organisations"),
            value: listed(row.hidden_organisations.map((one) => organisationName(one, "–"))) || "–",
          },
          {
            label: t("hidden.kinds"),
            value: row.hidden_kinds.map((kind) => t.maybe(`hidden.${kind}`)).join(" · ") || "–",
          },
          { label: t("confirmed"), value: <Instant at={row.confirmed_at ?? null} /> },
        ]}
      />
      {isOffice && isOther && stateOf(row) !== "over" && (
        <div className={styles.buttons}>
          {!row.confirmed_at && (
            <Button
              type="primary"
              onClick={() =>
                void step(`${PATH}/${row.id}/confirmation`, {
                  title: t("confirm.title"),
                  text: t("confirm.text"),
                  ok: t("confirm"),
                })
              }
            >
              {t("confirm")}
            </Button>
          )}
          <Button
            danger
            onClick={() =>
              void step(`${PATH}/${row.id}/end`, {
                title: t("undertaking.end.title", { name: spoken(row.user_name) }),
                text: t("undertaking.end.text"),
                ok: t("end"),
              })
            }
          >
            {t("end")}
          </Button>
        </div>
      )}
      <section className={styles.part} aria-label={t("papers")}>
        <h2>{t("papers")}</h2>
        <Papers subjectType={SUBJECT} subjectId={row.id} mayAttach={isOffice} />
      </section>
    </>
  );
}

/** The people whose open seats one sees but oneself, each once and by the first of these seats. */
function usePeople(me: string) {
  const spoken = useSpoken();
  const seats = useEvery<Seat>("/api/v1/seats");
  const people = new Map<string, { value: string; label: string }>();
  for (const seat of seats.data ?? [])
    if (!seat.ended_at && seat.user !== me && !people.has(seat.user))
      people.set(seat.user, { value: seat.id, label: spoken(seat.user_name) });
  return [...people.values()];
}

interface Values {
  alliance_id: string;
  seat_id: string;
  text: string;
  hidden_organisations?: string[];
  hidden_kinds?: string[];
  starts_on: string;
  ends_on: string;
}

function RecordForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const me = useMe();
  const client = useQueryClient();
  const { message } = App.useApp();
  const people = usePeople(me.user);
  const [form] = Form.useForm<Values>();
  const starts = Form.useWatch("starts_on", form);
  return (
    <ActionForm<Values>
      form={form}
      submit={t("undertaking.record")}
      onCancel={onClose}
      send={async (values, key) => {
        await request("POST", PATH, { key, body: values });
        await client.invalidateQueries();
      }}
      onDone={() => {
        void message.success(t("undertaking.recorded"));
        onClose();
      }}
      initialValues={{ starts_on: todayHere() }}
    >
      <Form.Item name="seat_id" label={w("person")} rules={[{ required: true, message: t("person.needed") }]}>
        <Select
          showSearch={{ optionFilterProp: "label" }}
          options={people}
          placeholder={t("person.choose")}
        />
      </Form.Item>
      <Form.Item
        name="alliance_id"
        label={w("alliance")}
        rules={[{ required: true, message: t("alliance.needed") }]}
      >
        <AllianceSelect />
      </Form.Item>
      <Form.Item
        name="text"
        label={t("undertaking.text")}
        extra={t("undertaking.text.help")}
        rules={[{ required: true, whitespace: true, message: t("undertaking.text.needed") }]}
      >
        <Input.TextArea rows={4} maxLength={2000} showCount />
      </Form.Item>
      <Form.Item
        name="hidden_organisations"
        label={t("hidden.organisations")}
        extra={t("hidden.organisations.help")}
        dependencies={["hidden_kinds"]}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, chosen: string[] | undefined) =>
              chosen?.length || (getFieldValue("hidden_kinds") as string[] | undefined)?.length
                ? Promise.resolve()
                : Promise.reject(new Error(t("hidden.needed"))),
          }),
        ]}
      >
        <OrganisationsSelect />
      </Form.Item>
      <Form.Item name="hidden_kinds" label={t("hidden.kinds")}>
        <Select
          mode="multiple"
          placeholder={t("hidden.kinds.choose")}
          options={HIDDEN.map((kind) => ({ value: kind, label: t(`hidden.${kind}`) }))}
        />
      </Form.Item>
      <Form.Item name="starts_on" label={t("from")} rules={[{ required: true, message: t("day.needed") }]}>
        <DayInput />
      </Form.Item>
      <Form.Item
        name="ends_on"
        label={t("to")}
        extra={t("to.help")}
        rules={[{ required: true, message: t("day.needed") }]}
      >
        <DayInput {...(starts ? { from: starts } : {})} />
      </Form.Item>
    </ActionForm>
  );
}
