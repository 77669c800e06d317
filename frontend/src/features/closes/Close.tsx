import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate, useParams } from "@tanstack/react-router";
import { App } from "antd";
import { useEffect, useState } from "react";
import {
  type AmountPart,
  asProblem,
  type CloseRunDetail,
  keys,
  type Problem,
  takeVersion,
  useKept,
  useMe,
} from "@/shared/api";
import { Amount, Figure } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useLive, useTopic } from "@/shared/realtime";
import { CloseStateMark, percentOf } from "@/shared/royalties";
import { ShareButton } from "@/shared/sharing";
import { downloadFile } from "@/shared/table";
import {
  Facts,
  FormProblem,
  type MenuAction,
  Notice,
  Page,
  PageTabs,
  StepButton,
  StepOfAnother,
  type Tab,
} from "@/shared/ui";
import { ApprovalSheet } from "./ApprovalSheet.tsx";
import { Billing } from "./Billing.tsx";
import styles from "./closes.module.css";
import { nameOf, Sum } from "./columns.tsx";
import { Explain } from "./Explain.tsx";
import { Outcome } from "./Outcome.tsx";
import { Progress } from "./Progress.tsx";
import {
  closeRunQuery,
  isInHand,
  PATH,
  SUBJECT,
  useCloseRun,
  useFreshResults,
  usePayees,
  usePrevious,
  useSeesSheetsOnly,
} from "./queries.ts";
import { Record } from "./Record.tsx";
import { Adjustments, Buckets, Licences, Payees, Rejected, Statements } from "./Rows.tsx";
import { SendBack } from "./SendBack.tsx";
import { StepsLine } from "./StepsLine.tsx";
import { type Step, takeStep } from "./steps.ts";
import { texts } from "./texts.ts";

/** A close for whoever sees it, and its approval sheet for whoever sees that only. */
export function CloseOrApproval() {
  const { id } = useParams({ strict: false }) as { id: string };
  return useSeesSheetsOnly() ? <Navigate to={`/approvals/${id}`} replace /> : <Close />;
}

/** One close: how far it is, what it came to, why, and what its next step is. */
function Close() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const found = useCloseRun(id);
  const { data: run, etag } = found.data;
  const live = useCloseLive(run, etag);
  useFreshResults(run);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [opened, setOpened] = useState<"approve" | "send back" | null>(null);
  const step = useStep(run, etag, setProblem);
  const hasResults = Boolean(run.results_sha256);
  const inHand = isInHand(run);
  return (
    <Page
      title={nameOf(run)}
      trail={[{ label: t("title"), to: "/closes" }]}
      id={run.id}
      state={<CloseStateMark run={run} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        <>
          <ShareButton subjectType={SUBJECT} subjectId={run.id} title={nameOf(run)} />
          <NextStep run={run} onStep={step} onOpen={setOpened} />
          <Billing run={run} onProblem={setProblem} />
        </>
      }
      menu={useMenu(run, step, setOpened, setProblem)}
    >
      <FormProblem problem={problem} />
      <Standing run={run} />
      <StepsLine run={run} />
      {inHand ? <Progress run={run} onProblem={setProblem} /> : hasResults && <KeyFacts run={run} />}
      <PageTabs tabs={useTabs(run)} />
      <ApprovalSheet
        run={run}
        open={opened === "approve"}
        onClose={() => setOpened(null)}
        onApprove={() => step("approve")}
      />
      <SendBack run={run} etag={etag} open={opened === "send back"} onClose={() => setOpened(null)} />
    </Page>
  );
}

function useTabs(run: CloseRunDetail): Tab[] {
  const t = useTexts(texts);
  const rejected = Object.values(run.rejected).reduce((sum, count) => sum + count, 0);
  const results: Tab[] = run.results_sha256
    ? [
        { key: "outcome", label: t("tab.outcome"), children: <Outcome run={run} /> },
        { key: "explain", label: t("tab.explain"), children: <Explain run={run} /> },
        { key: "payees", label: t("tab.payees"), children: <Payees run={run} /> },
        { key: "licences", label: t("tab.licences"), children: <Licences run={run} /> },
        { key: "buckets", label: t("tab.buckets"), children: <Buckets run={run} /> },
        { key: "statements", label: t("tab.statements"), children: <Statements run={run} /> },
      ]
    : [];
  const corrections: Tab[] = run.corrects_id
    ? [{ key: "adjustments", label: t("tab.adjustments"), children: <Adjustments run={run} /> }]
    : [];
  const refused: Tab[] =
    rejected > 0
      ? [{ key: "rejected", label: t("tab.rejected", { count: rejected }), children: <Rejected run={run} /> }]
      : [];
  const about: Tab[] = [
    { key: "record", label: t("tab.record"), children: <Record run={run} /> },
    {
      key: "history",
      label: t("tab.history"),
      children: <HistoryTab subjectType={SUBJECT} subjectId={run.id} />,
    },
  ];
  // What keeps a close from going on stands first.
  return run.calculation === "rejected"
    ? [...refused, ...results, ...corrections, ...about]
    : [...results, ...corrections, ...refused, ...about];
}

/**
 * Hears of changes. While a calculation is in hand the page moves by itself, which is what one waits for; otherwise it
 * asks first whether what it shows is still so, since one's own steps are told of too.
 */
function useCloseLive(run: CloseRunDetail, etag: string) {
  const live = useLive(SUBJECT, run.id);
  const client = useQueryClient();
  const inHand = isInHand(run);
  const { changed, withdrawn, seen, refresh } = live;
  const [isOther, setOther] = useState(false);
  useEffect(() => {
    if (!changed) {
      setOther(false);
      return;
    }
    void closeRunQuery(run.id)
      .queryFn()
      .then((now) => {
        if (now.etag === etag) seen();
        else if (inHand) {
          client.setQueryData(keys.object(PATH, run.id), now);
          seen();
        } else setOther(true);
      })
      .catch(() => setOther(true));
  }, [changed, etag, inHand, run.id, client, seen]);
  useTopic(
    inHand && run.job_id ? `jobs.job:${run.job_id}` : undefined,
    useRefresh(keys.object("/api/v1/jobs", run.job_id ?? "")),
  );
  // What was not heard, such as while the connection was broken, is asked for.
  useQuery({
    queryKey: keys.part(PATH, run.id, "while in hand"),
    queryFn: async () => {
      const now = await closeRunQuery(run.id).queryFn();
      client.setQueryData(keys.object(PATH, run.id), now);
      return now.etag;
    },
    enabled: inHand,
    refetchInterval: 4_000,
  });
  return { changed: isOther, withdrawn, seen, refresh };
}

function useRefresh(key: readonly unknown[]): () => void {
  const client = useQueryClient();
  const [first] = useState(() => key);
  return useState(() => () => void client.invalidateQueries({ queryKey: first }))[0];
}

/** Takes a step from the version that is shown; whoever was quicker is told of instead. */
function useStep(run: CloseRunDetail, etag: string, onProblem: (problem: Problem | null) => void) {
  const keep = useKept(PATH);
  const t = useTexts(texts);
  const { message } = App.useApp();
  return async (step: Step) => {
    onProblem(null);
    try {
      const now = await takeVersion(takeStep(step, run.id, etag));
      keep(run.id, now);
      void message.success(t(`done.${step}`));
    } catch (error) {
      onProblem(asProblem(error));
    }
  };
}

interface NextStepProps {
  run: CloseRunDetail;
  onStep: (step: Step) => Promise<void>;
  onOpen: (what: "approve") => void;
}

/** The one step most people come here to take; where it is another's, why. */
function NextStep({ run, onStep, onOpen }: NextStepProps) {
  const t = useTexts(texts);
  const me = useMe();
  const can = new Set(run.allowed_steps);
  if (isInHand(run)) return null;
  if (can.has("approve")) return <StepButton label={t("step.approve")} onTake={() => onOpen("approve")} />;
  if (can.has("post")) {
    return (
      <StepButton
        label={t("step.post")}
        confirm={{ title: t("post.title", { name: nameOf(run) }), text: t("post.text") }}
        onTake={() => onStep("post")}
      />
    );
  }
  if (run.status === "calculated" && run.calculated_by?.id === me.user) {
    return (
      <StepOfAnother label={t("step.approve")} why={t("approve.second")} describedBy="why-not-approve" />
    );
  }
  if (can.has("calculate") && run.status === "draft") {
    const label = t(run.calculation === "none" ? "step.calculate" : "step.recalculate");
    return <StepButton label={label} onTake={() => onStep("calculate")} />;
  }
  return null;
}

function useMenu(
  run: CloseRunDetail,
  step: (step: Step) => Promise<void>,
  open: (what: "send back") => void,
  onProblem: (problem: Problem | null) => void,
): MenuAction[] {
  const t = useTexts(texts);
  const { modal } = App.useApp();
  const can = new Set(run.allowed_steps);
  const keep = (path: string, name: string, query: { language?: string } = {}) =>
    void downloadFile(path, query, name).catch((error: unknown) => onProblem(asProblem(error)));
  const actions: MenuAction[] = [];
  if (run.results_sha256) {
    actions.push({
      key: "bundle",
      label: t("download.bundle"),
      onClick: () => keep(`${PATH}/${run.id}/bundle`, `${run.programme_code}-${run.period}.zip`),
    });
    for (const language of ["zh", "en"] as const) {
      actions.push({
        key: `sheet ${language}`,
        label: t(`sheet.pdf.${language}`),
        onClick: () => keep(`${PATH}/${run.id}/sheet/document`, `${nameOf(run)}.pdf`, { language }),
      });
    }
  }
  if (can.has("calculate") && run.status === "calculated") {
    actions.push({ key: "calculate", label: t("step.recalculate"), onClick: () => void step("calculate") });
  }
  if (can.has("send back")) {
    actions.push({ key: "back", label: t("step.send back"), onClick: () => open("send back") });
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

/** A sentence on why the close does not go on by itself, where it does not. */
function Standing({ run }: { run: CloseRunDetail }) {
  const t = useTexts(texts);
  const me = useMe();
  if (isInHand(run)) return null;
  if (run.calculation === "rejected") {
    const codes = Object.entries(run.rejected);
    return (
      <Notice kind="overdue">
        <p>{t("rejected.notice")}</p>
        <ul>
          {codes.map(([code, count]) => (
            <li key={code}>{t("rejected.code", { what: t.maybe(`code.${code}`, {}, code), count })}</li>
          ))}
        </ul>
      </Notice>
    );
  }
  if (run.calculation === "failed") {
    return (
      <Notice kind="overdue">
        <p>{t("failed.notice")}</p>
        {run.message && <p>{run.message}</p>}
      </Notice>
    );
  }
  if (run.status === "draft" && run.sent_back_reason) {
    return (
      <Notice kind="attention">
        <p>{t("sent_back.notice", { reason: run.sent_back_reason })}</p>
      </Notice>
    );
  }
  if (run.status === "calculated" && run.calculated_by?.id === me.user) {
    return (
      <Notice kind="attention">
        <p id="why-not-approve">{t("approve.second")}</p>
      </Notice>
    );
  }
  return null;
}

function countMembers(parts: readonly AmountPart[]): number {
  const paid = parts.filter((part) => part.kind === "member" || part.kind === "held");
  // What is withheld from a member is still the member's.
  return new Set(paid.map((part) => part.key.replace(/^~held:/, ""))).size;
}

function KeyFacts({ run }: { run: CloseRunDetail }) {
  const t = useTexts(texts);
  const before = usePrevious(run);
  const previous = before.data;
  const payees = usePayees(run).data;
  const members = payees && countMembers(payees.parts);
  const difference =
    previous && previous.currency === run.currency
      ? BigInt(run.due_minor ?? 0) - BigInt(previous.due_minor ?? 0)
      : null;
  const rejected = Object.values(run.rejected).reduce((sum, count) => sum + count, 0);
  return (
    <Facts
      facts={[
        {
          key: "royalty",
          label: t("royalty"),
          value: <Sum minor={run.royalty_minor} currency={run.currency} />,
          note: run.credit_minor ? (
            <>
              {t("credit")} <Amount minor={run.credit_minor} currency={run.currency ?? ""} />
            </>
          ) : (
            t("credit.none")
          ),
        },
        {
          key: "due",
          label: t("due"),
          value: <Sum minor={run.due_minor} currency={run.currency} />,
          note: previous ? (
            <span className={styles.beside}>
              {previous.period} <Amount minor={previous.due_minor ?? 0} currency={previous.currency ?? ""} />
              {difference !== null && BigInt(previous.due_minor ?? 0) !== 0n && (
                <>
                  {" "}
                  ({difference > 0n ? "+" : ""}
                  {percentOf(difference, previous.due_minor ?? 0)})
                </>
              )}
            </span>
          ) : (
            before.isSuccess && t("previous.none")
          ),
        },
        {
          key: "distributed",
          label: t("distributed"),
          value: <Sum minor={run.distributed_minor} currency={run.currency} />,
          note: members !== undefined && t("payees.count", { count: members }),
        },
        {
          key: "lines",
          label: t("lines"),
          value: <Figure value={run.line_count ?? 0} />,
          note: (
            <>
              <Figure value={run.bucket_count ?? 0} /> {t("buckets.of")}
            </>
          ),
        },
        {
          key: "rejected",
          label: t("rejected"),
          value: <Figure value={rejected} />,
          note: rejected === 0 ? t("rejected.none") : t("rejected.some"),
        },
      ]}
    />
  );
}
