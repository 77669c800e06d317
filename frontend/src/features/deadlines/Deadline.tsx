import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Modal } from "antd";
import { useState } from "react";
import { api, type DeadlineReminder, keys, request, take } from "@/shared/api";
import { CalendarDay, Deadline as DueDay, Figure, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { pageOf } from "@/shared/subjects";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Facts, Page, PageTabs, ReasonField } from "@/shared/ui";
import { DeadlineMark, useRung } from "./marks.tsx";
import { DEADLINE, DEADLINES, useRefresh } from "./queries.ts";
import { type Step, useSteps } from "./steps.tsx";
import { texts } from "./texts.ts";

/** One deadline: what is to be done until when and by which rule, and when it was reminded of. */
export function Deadline() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const rung = useRung();
  const [ask, dialogue] = useSteps();
  const [isReopening, setReopening] = useState(false);
  const found = useSuspenseQuery({
    queryKey: keys.object(DEADLINES, id),
    queryFn: () =>
      take(api.GET("/api/v1/deadlines/{deadline_id}", { params: { path: { deadline_id: id } } })),
  });
  const live = useLive(DEADLINE, id);
  const { data } = found;
  const page = pageOf(data.subject_type, data.subject_id);
  const step = (name: Step) => () => void ask(name, [id]);
  const may = (name: string) => data.allowed_steps.includes(name);
  return (
    <Page
      title={data.what}
      trail={[{ label: t("title"), to: "/deadlines" }]}
      id={data.id}
      state={<DeadlineMark state={data.state ?? "open"} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        may("settle") && (
          <Button type="primary" onClick={step("settle")}>
            {t("settle")}
          </Button>
        )
      }
      menu={[
        ...(may("settle") ? [{ key: "assign", label: t("assign"), onClick: step("assign") }] : []),
        ...(may("waive") ? [{ key: "waive", label: t("waive"), danger: true, onClick: step("waive") }] : []),
        ...(may("reopen") ? [{ key: "reopen", label: t("reopen"), onClick: () => setReopening(true) }] : []),
      ]}
    >
      <Facts
        facts={[
          {
            key: "due",
            label: t("due"),
            value: data.state === "open" ? <DueDay day={data.due_on} /> : <CalendarDay day={data.due_on} />,
          },
          { key: "last", label: t("last_day"), value: <CalendarDay day={data.last_day} /> },
          {
            key: "subject",
            label: t("subject"),
            value: page ? <Link to={page}>{data.title}</Link> : data.title,
          },
          {
            key: "owner",
            label: t("owner"),
            value: data.organisation_name
              ? organisationName(data.organisation_id, data.organisation_name)
              : "–",
          },
          {
            key: "responsible",
            label: t("responsible"),
            value: data.responsible_name ? spoken(data.responsible_name) : t("responsible.none"),
          },
          ...(data.settled_at
            ? [
                {
                  key: "settled",
                  label: t("settled"),
                  value: <Instant at={data.settled_at} />,
                  note: [data.settled_by_name && spoken(data.settled_by_name), data.note]
                    .filter(Boolean)
                    .join(" · "),
                },
              ]
            : []),
          ...(data.rule ? [{ key: "rule", label: t("rule"), value: data.rule }] : []),
        ]}
      />
      <PageTabs
        tabs={[
          {
            key: "reminders",
            label: t("reminders"),
            children: (
              <ListTable<DeadlineReminder>
                inner
                path={`${DEADLINES}/${id}/reminders`}
                caption={t("reminders")}
                defaultOrder="-fell_on"
                nameOf={(row) => rung(row.rung)}
                empty={<Empty title={t("reminders.none")} />}
                columns={[
                  { key: "rung", title: t("rung"), main: true, render: (row) => rung(row.rung) },
                  { key: "fell_on", title: t("fell_on"), render: (row) => <CalendarDay day={row.fell_on} /> },
                  { key: "sent_on", title: t("sent_on"), render: (row) => <CalendarDay day={row.sent_on} /> },
                  {
                    key: "people",
                    title: t("people"),
                    render: (row) => (row.instead ? t("people.instead") : <Figure value={row.people ?? 0} />),
                  },
                ]}
              />
            ),
          },
          {
            key: "history",
            label: t("order.history"),
            children: <HistoryTab subjectType={DEADLINE} subjectId={id} />,
          },
        ]}
      />
      {dialogue}
      <Reopening id={id} open={isReopening} onClose={() => setReopening(false)} />
    </Page>
  );
}

function Reopening({ id, open, onClose }: { id: string; open: boolean; onClose: () => void }) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const refresh = useRefresh();
  return (
    <Modal open={open} title={t("reopen")} footer={null} width={520} destroyOnHidden onCancel={onClose}>
      <ActionForm<{ reason: string }>
        submit={t("reopen")}
        onCancel={onClose}
        send={async ({ reason }, key) => {
          await request("POST", `${DEADLINES}/${id}/reopening`, { key, body: { note: reason } });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("reopen.done"));
          onClose();
        }}
      >
        <ReasonField
          label={t("reopen.note")}
          help={t("settle.note.help")}
          needed={t("reopen.note.needed")}
          autoFocus
        />
      </ActionForm>
    </Modal>
  );
}
