import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { App, Form, Input, Modal } from "antd";
import { useEffect, useState } from "react";
import {
  api,
  asProblem,
  type DistributionItem,
  type DistributionPart,
  type DistributionRunDetail,
  keys,
  type Problem,
  takeVersion,
  useKept,
  useMe,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { Amount, CalendarDay, Figure } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useLive } from "@/shared/realtime";
import { FigureTable } from "@/shared/royalties";
import { downloadFile } from "@/shared/table";
import {
  ActionForm,
  Empty,
  Facts,
  Failure,
  FormProblem,
  type MenuAction,
  Notice,
  Page,
  PageTabs,
  ReasonField,
  Skeleton,
  StepButton,
  StepOfAnother,
  type Tab,
} from "@/shared/ui";
import { nameOf } from "./Distributions.tsx";
import styles from "./distributions.module.css";
import { RunMark, usePayeeName } from "./marks.tsx";
import { isInHand, RUN, RUNS, runQuery, type Step, takeStep, useBefore, useRun } from "./queries.ts";
import { StepsLine } from "./StepsLine.tsx";
import { texts } from "./texts/index.ts";

const FEWEST_PAYERS = 3;

/** One distribution: how far it is, what it gives out and to whom, and what its next step is. */
export function Distribution() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const found = useRun(id);
  const { data: run, etag } = found.data;
  const live = useLive(RUN, id);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, ask] = useState<"review" | "send back" | null>(null);
  const step = useStep(run, etag, setProblem);
  useWhileInHand(run, live.seen);
  return (
    <Page
      title={nameOf(run)}
      trail={[{ label: t("title"), to: "/distributions" }]}
      id={run.id}
      state={<RunMark run={run} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={<NextStep run={run} onStep={step} onAsk={ask} />}
      menu={useMenu(run, step, ask, setProblem)}
    >
      <FormProblem problem={problem} />
      <Standing run={run} />
      <StepsLine run={run} />
      {run.calculated_at && <KeyFacts run={run} />}
      <PageTabs tabs={useTabs(run)} />
      {asked && <WordDialogue step={asked} run={run} etag={etag} onClose={() => ask(null)} />}
    </Page>
  );
}

/** While a calculation is in hand the page asks how far it is and moves by itself: what it came to is no news then. */
function useWhileInHand(run: DistributionRunDetail, seen: () => void) {
  const client = useQueryClient();
  const inHand = isInHand(run);
  useEffect(() => {
    if (!inHand) seen();
  }, [inHand, seen]);
  useQuery({
    queryKey: keys.part(RUNS, run.id, "while in hand"),
    queryFn: async () => {
      const now = await runQuery(run.id).queryFn();
      client.setQueryData(keys.object(RUNS, run.id), now);
      return now.etag;
    },
    enabled: inHand,
    refetchInterval: 2_000,
  });
}

function useStep(run: DistributionRunDetail, etag: string, onProblem: (problem: Problem | null) => void) {
  const keep = useKept(RUNS);
  const t = useTexts(texts);
  const { message } = App.useApp();
  return async (step: Step) => {
    onProblem(null);
    try {
      keep(run.id, await takeVersion(takeStep(step, run.id, etag)));
      void message.success(t(`done.${step}`));
    } catch (error) {
      onProblem(asProblem(error));
    }
  };
}

interface NextStepProps {
  run: DistributionRunDetail;
  onStep: (step: Step) => Promise<void>;
  onAsk: (what: "review") => void;
}

/** The one step most people come here to take; where it is another's, why. */
function NextStep({ run, onStep, onAsk }: NextStepProps) {
  const t = useTexts(texts);
  const me = useMe();
  const can = new Set(run.allowed_steps);
  if (isInHand(run)) return null;
  for (const step of ["approve", "release", "close"] as const) {
    if (can.has(step)) {
      return (
        <StepButton
          label={t(`step.${step}`)}
          confirm={{ title: t(`${step}.title`, { name: nameOf(run) }), text: t(`${step}.text`) }}
          onTake={() => onStep(step)}
        />
      );
    }
  }
  if (can.has("review")) return <StepButton label={t("step.review")} onTake={() => onAsk("review")} />;
  if (isOwn(run, me.user)) {
    return (
      <StepOfAnother label={t("step.approve")} why={t("approve.second")} describedBy="why-not-approve" />
    );
  }
  if (can.has("calculate") && run.status === "draft") {
    return <StepButton label={t("step.calculate")} onTake={() => onStep("calculate")} />;
  }
  return null;
}

function isOwn(run: DistributionRunDetail, user: string | null): boolean {
  return run.status === "reviewed" && (run.calculated_by?.id === user || run.reviewed_by?.id === user);
}

function useMenu(
  run: DistributionRunDetail,
  step: (step: Step) => Promise<void>,
  ask: (what: "send back") => void,
  onProblem: (problem: Problem | null) => void,
): MenuAction[] {
  const t = useTexts(texts);
  const { modal } = App.useApp();
  const can = new Set(run.allowed_steps);
  const actions: MenuAction[] = [];
  if (run.fingerprint) {
    actions.push({
      key: "published",
      label: t("published"),
      onClick: () =>
        void downloadFile(`${RUNS}/${run.id}/published`, {}, `${nameOf(run)}.json`).catch((error: unknown) =>
          onProblem(asProblem(error)),
        ),
    });
  }
  if (can.has("calculate") && run.status !== "draft") {
    actions.push({ key: "calculate", label: t("step.recalculate"), onClick: () => void step("calculate") });
  }
  if (can.has("send back")) {
    actions.push({ key: "back", label: t("step.send back"), onClick: () => ask("send back") });
  }
  if (can.has("cancel")) {
    actions.push({
      key: "cancel",
      label: t("step.cancel"),
      danger: true,
      onClick: () =>
        void modal.confirm({
          title: t("cancel.title", { name: nameOf(run) }),
          content: t("cancel.text"),
          okText: t("step.cancel"),
          okButtonProps: { danger: true },
          onOk: () => step("cancel"),
        }),
    });
  }
  return actions;
}

/** Asks for what a review found, or for what is to be put right. */
function WordDialogue({
  step,
  run,
  etag,
  onClose,
}: {
  step: "review" | "send back";
  run: DistributionRunDetail;
  etag: string;
  onClose: () => void;
}) {
  const t = useTexts(texts);
  const keep = useKept(RUNS);
  const { message } = App.useApp();
  const params = { path: { run_id: run.id }, header: { "If-Match": etag } };
  const send = async (values: { review: string; reason: string }) => {
    const answer =
      step === "review"
        ? api.POST("/api/v1/distribution-runs/{run_id}/review", { params, body: { review: values.review } })
        : api.POST("/api/v1/distribution-runs/{run_id}/return", { params, body: { reason: values.reason } });
    keep(run.id, await takeVersion(answer));
  };
  return (
    <Modal open onCancel={onClose} title={t(`step.${step}`)} footer={null} destroyOnHidden>
      <ActionForm<{ review: string; reason: string }>
        send={send}
        submit={t(`step.${step}`)}
        onCancel={onClose}
        onDone={() => {
          void message.success(t(`done.${step}`));
          onClose();
        }}
      >
        {step === "review" ? (
          <Form.Item
            name="review"
            label={t("review.label")}
            extra={t("review.help")}
            rules={[{ required: true, whitespace: true, message: t("review.needed") }]}
          >
            <Input.TextArea rows={4} maxLength={500} autoFocus />
          </Form.Item>
        ) : (
          <ReasonField help={t("send_back.help")} needed={t("send_back.needed")} autoFocus />
        )}
      </ActionForm>
    </Modal>
  );
}

/** A sentence on why the distribution does not go on by itself, and what to mind before it does. */
function Standing({ run }: { run: DistributionRunDetail }) {
  const t = useTexts(texts);
  const me = useMe();
  if (isInHand(run)) return <Notice>{t("in_hand")}</Notice>;
  const few =
    run.payer_count !== null && run.payer_count < FEWEST_PAYERS && run.periods.length > 0 && !run.released_at;
  return (
    <>
      {run.calculation === "failed" && run.status !== "cancelled" && (
        <Notice kind="overdue">
          <p>{t("failed")}</p>
          {run.message && <p>{run.message}</p>}
        </Notice>
      )}
      {run.status === "draft" && run.sent_back_reason && (
        <Notice kind="attention">{t("sent_back", { reason: run.sent_back_reason })}</Notice>
      )}
      {isOwn(run, me.user) && (
        <Notice kind="attention">
          <p id="why-not-approve">{t("approve.second")}</p>
        </Notice>
      )}
      {run.status === "calculated" && run.calculation === "done" && run.periods.length === 0 && (
        <Notice>{t("nothing_new")}</Notice>
      )}
      {few && <Notice kind="attention">{t("few_payers", { count: run.payer_count ?? 0 })}</Notice>}
    </>
  );
}

function KeyFacts({ run }: { run: DistributionRunDetail }) {
  const t = useTexts(texts);
  return (
    <Facts
      facts={[
        {
          key: "total",
          label: t("total"),
          value: <Amount minor={run.total_minor ?? 0} currency={run.currency} />,
          note: t("total.note"),
        },
        { key: "through", label: t("through"), value: <CalendarDay day={run.through_on} /> },
        {
          key: "periods",
          label: t("periods"),
          value: run.periods.length === 0 ? "–" : run.periods.join("  "),
        },
        {
          key: "payers",
          label: t("payers"),
          value: run.payer_count === null ? "–" : <Figure value={run.payer_count} />,
        },
        {
          key: "until",
          label: t("objections_until"),
          value: run.objections_until ? <CalendarDay day={run.objections_until} /> : "–",
        },
      ]}
    />
  );
}

function useTabs(run: DistributionRunDetail): Tab[] {
  const t = useTexts(texts);
  const seesPayers = run.payer_count !== null;
  const results: Tab[] = run.calculated_at
    ? [
        { key: "items", label: t("tab.items"), children: <Items run={run} /> },
        ...(seesPayers ? [{ key: "parts", label: t("tab.parts"), children: <Parts run={run} /> }] : []),
      ]
    : [];
  return [
    ...results,
    {
      key: "history",
      label: t("tab.history"),
      children: <HistoryTab subjectType={RUN} subjectId={run.id} />,
    },
  ];
}

/** What each payee gets, beside what the last distribution gave it. */
function Items({ run }: { run: DistributionRunDetail }) {
  const t = useTexts(texts);
  const payeeName = usePayeeName();
  const found = useEvery<DistributionItem>(`${RUNS}/${run.id}/items`);
  const before = useBefore(run).data;
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  if (found.data.length === 0) return <Empty title={t("items.empty")}>{t("items.empty.text")}</Empty>;
  return (
    <FigureTable label={t("tab.items")}>
      <thead>
        <tr>
          <th scope="col">{t("payee")}</th>
          <th scope="col" data-numeric>
            {t("amount")}
          </th>
          {before && (
            <>
              <th scope="col" data-numeric>
                {t("before", { name: nameOf(before.run) })}
              </th>
              <th scope="col" data-numeric>
                {t("change")}
              </th>
            </>
          )}
        </tr>
      </thead>
      <tbody>
        {found.data.map((item) => {
          const last = before?.amounts.get(item.payee) ?? 0;
          return (
            <tr key={item.id}>
              <th scope="row">
                {payeeName(item)}
                {/* Members have codes; what is no member is named already. */}
                {!item.payee.startsWith("~") && (
                  <>
                    {" "}
                    <code className={styles.code}>{item.payee}</code>
                  </>
                )}
              </th>
              <td data-numeric>
                <Amount minor={item.amount_minor} currency={run.currency} />
              </td>
              {before && (
                <>
                  <td data-numeric>
                    <Amount minor={last} currency={run.currency} />
                  </td>
                  <td data-numeric>
                    <Amount minor={item.amount_minor - last} currency={run.currency} signed />
                  </td>
                </>
              )}
            </tr>
          );
        })}
      </tbody>
    </FigureTable>
  );
}

/** The periods of which money was received: how much, how much was given before, and what is new. */
function Parts({ run }: { run: DistributionRunDetail }) {
  const t = useTexts(texts);
  const found = useEvery<DistributionPart>(`${RUNS}/${run.id}/parts`);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  if (found.data.length === 0) return <Empty title={t("items.empty")}>{t("items.empty.text")}</Empty>;
  return (
    <>
      <p className={styles.note}>{t("parts.note")}</p>
      <FigureTable label={t("tab.parts")}>
        <thead>
          <tr>
            <th scope="col">{t("period")}</th>
            {(["received", "used", "given", "new"] as const).map((key) => (
              <th key={key} scope="col" data-numeric>
                {t(`part.${key}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.data.map((part) => (
            <tr key={part.id}>
              <th scope="row">{part.period}</th>
              {[part.received_minor, part.used_minor, part.before_minor, part.new_minor].map(
                (minor, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns stand still
                  <td key={place} data-numeric>
                    <Amount minor={minor} currency={run.currency} />
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </FigureTable>
    </>
  );
}
