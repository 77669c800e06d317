import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { App, Drawer } from "antd";
import { useState } from "react";
import {
  api,
  asProblem,
  keys,
  newKey,
  type ParallelDifference,
  type ParallelRun as Run,
  request,
  take,
} from "@/shared/api";
import { Amount, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { ListTable } from "@/shared/table";
import {
  ActionForm,
  Empty,
  Facts,
  Notice,
  Page,
  Panel,
  ReasonField,
  StateMark,
  StepButton,
} from "@/shared/ui";
import styles from "./cutover.module.css";
import { RunMark } from "./PastPeriods.tsx";
import { RUN, RUN_DIFFERENCES, RUNS, useRefresh } from "./queries.ts";
import { texts } from "./texts/index.ts";

/** One past period beside the old workbook: every difference with its cause, accepted by one, confirmed by another. */
export function ParallelRun() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { data } = useSuspenseQuery({
    queryKey: keys.object(RUNS, id),
    queryFn: () =>
      take(api.GET("/api/v1/parallel-runs/{parallel_run_id}", { params: { path: { parallel_run_id: id } } })),
  });
  return <One run={data} />;
}

function One({ run }: { run: Run }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const refresh = useRefresh();
  const live = useLive(RUN, run.id);
  const { message } = App.useApp();
  const [accepting, setAccepting] = useState<readonly ParallelDifference[]>([]);
  const confirm = async () => {
    try {
      await request("POST", `${RUNS}/${run.id}/confirmation`, { key: newKey() });
      void message.success(t("confirm.done"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  const mayAccept = run.allowed_steps.includes("accept");
  const mayConfirm = run.allowed_steps.includes("confirm");
  const isOpen = !run.superseded_at && !run.confirmed_at;
  return (
    <Page
      title={`${run.programme_code} ${run.period}`}
      subtitle={t("run")}
      trail={[{ label: t("title"), to: "/cutover?tab=past" }]}
      id={run.id}
      live={live}
      onRefresh={refresh}
      state={<RunMark run={run} />}
      primary={
        mayConfirm && (
          <StepButton
            label={t("confirm")}
            onTake={confirm}
            confirm={{ title: t("confirm.title"), text: t("confirm.text") }}
          />
        )
      }
    >
      {isOpen && (
        <Notice kind="attention">
          {t(mayAccept ? "run.accept" : mayConfirm ? "run.confirm" : "run.waits")}
        </Notice>
      )}
      <Facts
        facts={[
          {
            key: "due",
            label: t("due"),
            value: <Amount minor={run.our_due_minor} currency={run.currency} />,
          },
          {
            key: "due.old",
            label: t("due.old"),
            value: <Amount minor={run.old_due_minor} currency={run.currency} />,
          },
          {
            key: "paid",
            label: t("paid"),
            value: <Amount minor={run.our_paid_minor} currency={run.currency} />,
          },
          {
            key: "paid.old",
            label: t("paid.old"),
            value: <Amount minor={run.old_paid_minor} currency={run.currency} />,
          },
          {
            key: "by",
            label: t("compared.by"),
            value: spoken(run.compared_by) || "–",
            note: <Instant at={run.compared_at} />,
          },
          { key: "confirmed", label: t("confirmed.by"), value: spoken(run.confirmed_by) || "–" },
        ]}
      />
      <ListTable<ParallelDifference>
        inner
        path={RUN_DIFFERENCES}
        fixed={{ parallel_run: run.id }}
        caption={t("differences")}
        defaultOrder="position"
        nameOf={(row) => row.name}
        empty={<Empty title={t("differences.none")}>{t("differences.none.text")}</Empty>}
        filters={[
          {
            name: "side",
            label: t("side"),
            choices: ["licence", "payee"].map((value) => ({ value, label: t.maybe(`side.${value}`) })),
          },
        ]}
        bulk={
          mayAccept
            ? [
                {
                  key: "accept",
                  label: t("accept"),
                  refusal: (row) => (row.accepted_at ? t("accept.already") : undefined),
                  run: (rows) => setAccepting(rows),
                },
              ]
            : []
        }
        columns={[
          { key: "name", title: t("name"), main: true, render: (row) => row.name },
          { key: "side", title: t("side"), render: (row) => t.maybe(`side.${row.side}`) },
          { key: "cause", title: t("cause"), render: (row) => t.maybe(`cause.${row.cause}`) },
          {
            key: "old",
            title: t("old"),
            numeric: true,
            render: (row) =>
              row.old_minor == null ? "–" : <Amount minor={row.old_minor} currency={row.currency} />,
          },
          {
            key: "ours",
            title: t("ours"),
            numeric: true,
            render: (row) =>
              row.our_minor == null ? "–" : <Amount minor={row.our_minor} currency={row.currency} />,
          },
          {
            key: "amount",
            title: t("difference"),
            numeric: true,
            render: (row) => <Amount minor={row.amount_minor} currency={row.currency} signed />,
          },
          { key: "facts", title: t("facts"), render: (row) => <Figures facts={row.facts as Told} /> },
          {
            key: "accepted",
            title: t("accepted"),
            render: (row) =>
              row.accepted_at ? (
                <>
                  {spoken(row.accepted_by)} · {row.reason}
                </>
              ) : (
                <StateMark standing="attention">{t("accepted.open")}</StateMark>
              ),
          },
        ]}
      />
      <section className={styles.below}>
        <Panel title={t("history")}>
          <HistoryTab subjectType={RUN} subjectId={run.id} />
        </Panel>
      </section>
      <Drawer
        open={accepting.length > 0}
        onClose={() => setAccepting([])}
        title={t("accept")}
        size={520}
        destroyOnHidden
      >
        <p>{t("accept.text", { count: accepting.length })}</p>
        <ActionForm<{ reason: string }>
          submit={t("accept")}
          onCancel={() => setAccepting([])}
          send={async (body, key) => {
            await request("POST", `${RUNS}/${run.id}/acceptance`, {
              body: { ...body, difference_ids: accepting.map((row) => row.id) },
              key,
            });
            await refresh();
          }}
          onDone={() => {
            void message.success(t("accept.done"));
            setAccepting([]);
          }}
        >
          <ReasonField help={t("accept.help")} needed={t("reason.needed")} />
        </ActionForm>
      </Drawer>
    </Page>
  );
}

type Told = Readonly<Record<string, string>>;

/** The figures that show a cause, as they were found. */
export function Figures({ facts }: { facts: Told }) {
  const t = useTexts(texts);
  const told = Object.entries(facts).filter(([, value]) => value);
  if (told.length === 0) return <>–</>;
  return <>{told.map(([name, value]) => `${t.maybe(`fact.${name}`, {}, name)} ${value}`).join(" · ")}</>;
}
