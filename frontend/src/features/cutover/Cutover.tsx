import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Select } from "antd";
import { useState } from "react";
import {
  api,
  type Cutover as CutoverRow,
  keys,
  type Programme,
  request,
  take,
  type WholeCutover,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { ActionForm, Empty, Facts, Page, PageTabs, Skeleton, StateMark } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import styles from "./cutover.module.css";
import { Opening } from "./Opening.tsx";
import { PastPeriods } from "./PastPeriods.tsx";
import { CUTOVER, CUTOVERS, useRefresh } from "./queries.ts";
import { texts } from "./texts/index.ts";

/** The move from an old workbook, step by step: what is missing, past periods beside it, and what is carried over. */
export function Cutover() {
  const t = useTexts(texts);
  const [chosen, setChosen] = useState("");
  const [isBeginning, setBeginning] = useState(false);
  const found = useQuery({
    queryKey: keys.list(CUTOVERS, {}),
    queryFn: ({ signal }) => request<{ items: CutoverRow[] }>("GET", CUTOVERS, { signal }),
  });
  const rows = found.data?.items ?? [];
  const id = chosen || rows[0]?.id || "";
  return (
    <>
      {id === "" ? (
        <Page title={t("title")} subtitle={t("lead")}>
          {found.isPending ? (
            <Skeleton />
          ) : (
            <Empty
              title={t("none")}
              action={
                <Button type="primary" onClick={() => setBeginning(true)}>
                  {t("begin")}
                </Button>
              }
            >
              {t("none.text")}
            </Empty>
          )}
        </Page>
      ) : (
        <One key={id} id={id} others={rows} onChoose={setChosen} onBegin={() => setBeginning(true)} />
      )}
      <Begin open={isBeginning} taken={rows} onClose={() => setBeginning(false)} onBegun={setChosen} />
    </>
  );
}

interface OneProps {
  id: string;
  others: readonly CutoverRow[];
  onChoose: (id: string) => void;
  onBegin: () => void;
}

function One({ id, others, onChoose, onBegin }: OneProps) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const refresh = useRefresh();
  const live = useLive(CUTOVER, id);
  const { data } = useSuspenseQuery({
    queryKey: keys.object(CUTOVERS, id),
    queryFn: () => take(api.GET("/api/v1/cutovers/{cutover_id}", { params: { path: { cutover_id: id } } })),
  });
  const ready = data.checklist.every((check) => check.done || !check.hinders);
  return (
    <Page
      title={t("title")}
      subtitle={data.programme_name}
      id={data.id}
      live={live}
      onRefresh={refresh}
      state={
        <StateMark standing={ready ? "fine" : "attention"}>{t(ready ? "ready" : "not_ready")}</StateMark>
      }
      menu={[{ key: "begin", label: t("begin.another"), onClick: onBegin }]}
    >
      {others.length > 1 && (
        <Form layout="vertical" className={styles.choice ?? ""}>
          <Form.Item label={t("programme")} htmlFor="cutover-programme">
            <Select
              id="cutover-programme"
              value={id}
              onChange={onChoose}
              options={others.map((row) => ({ value: row.id, label: row.programme_name }))}
            />
          </Form.Item>
        </Form>
      )}
      <Facts
        facts={[
          {
            key: "day",
            label: t("on_day"),
            value: <CalendarDay day={data.on_day} />,
            note: t("on_day.note"),
          },
          { key: "currency", label: t("currency"), value: data.currency },
          { key: "by", label: t("begun.by"), value: spoken(data.begun_by) || "–" },
          { key: "at", label: t("begun.at"), value: <Instant at={data.begun_at} /> },
        ]}
      />
      <PageTabs
        tabs={[
          { key: "missing", label: t("tab.missing"), children: <Missing cutover={data} /> },
          { key: "past", label: t("tab.past"), children: <PastPeriods cutover={data} /> },
          { key: "opening", label: t("tab.opening"), children: <Opening cutover={data} /> },
        ]}
      />
    </Page>
  );
}

/** What is needed before the first live close, and how much of it is done. */
function Missing({ cutover }: { cutover: WholeCutover }) {
  const t = useTexts(texts);
  return (
    <ul className={styles.checks} aria-label={t("tab.missing")}>
      {cutover.checklist.map((check) => (
        <li key={check.what}>
          <div className={styles.what}>
            {t.maybe(`check.${check.what}`)}
            <p>{t.maybe(`check.${check.what}.text`)}</p>
          </div>
          <div className={styles.told}>
            <span>{t("check.of", { there: check.there, needed: check.needed })}</span>
            <StateMark standing={check.done ? "fine" : check.hinders ? "overdue" : "attention"}>
              {t(check.done ? "check.done" : check.hinders ? "check.hinders" : "check.open")}
            </StateMark>
          </div>
        </li>
      ))}
    </ul>
  );
}

interface BeginProps {
  open: boolean;
  taken: readonly CutoverRow[];
  onClose: () => void;
  onBegun: (id: string) => void;
}

function Begin({ open, taken, onClose, onBegun }: BeginProps) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const refresh = useRefresh();
  const programmes = useEvery<Programme>("/api/v1/programmes").data ?? [];
  const known = new Set(taken.map((row) => row.programme_id));
  return (
    <Drawer open={open} onClose={onClose} title={t("begin")} size={520} destroyOnHidden>
      <p>{t("begin.text")}</p>
      <ActionForm<{ programme_id: string; on_day: string }>
        submit={t("begin")}
        onCancel={onClose}
        send={async (body, key) => {
          const begun = await request<CutoverRow>("POST", CUTOVERS, { body, key });
          onBegun(begun.id);
          await refresh();
        }}
        onDone={() => {
          void message.success(t("begun"));
          onClose();
        }}
      >
        <Form.Item
          name="programme_id"
          label={t("programme")}
          rules={[{ required: true, message: t("programme.needed") }]}
        >
          <Select
            options={programmes
              .filter((one) => !known.has(one.id))
              .map((one) => ({ value: one.id, label: one.name }))}
          />
        </Form.Item>
        <Form.Item
          name="on_day"
          label={t("on_day")}
          extra={t("on_day.help")}
          rules={[{ required: true, message: t("on_day.needed") }]}
        >
          <DayInput />
        </Form.Item>
      </ActionForm>
    </Drawer>
  );
}
