import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useState } from "react";
import {
  asProblem,
  type Problem,
  type ReportDraft,
  type ReportDraftFigures,
  request,
  type SalesReport,
  useIntention,
} from "@/shared/api";
import { Figure, Instant } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { Facts, Failure, FormProblem, Notice, Page, PageTabs, Panel, Skeleton, StateMark } from "@/shared/ui";
import { Differences, Lines, TotalsTables } from "./Figures.tsx";
import { Preview } from "./Preview.tsx";
import {
  DRAFTS,
  monthsOf,
  periodOf,
  shortOf,
  useFigures,
  useLines,
  useRefresh,
  useReportDraft,
} from "./queries.ts";
import styles from "./reports.module.css";
import { texts } from "./texts.ts";

/** A report before it is signed: what it says, how it differs, what it would bear, and the statement. */
export function Draft() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const language = shortOf(useLanguage());
  const spoken = useSpoken();
  const found = useReportDraft(id);
  const { data } = found;
  const isOpen = data.state === "open";
  const figures = useFigures(id, language, isOpen);
  const discard = () =>
    modal.confirm({
      title: t("discard.sure"),
      okText: t("discard"),
      okButtonProps: { danger: true },
      onOk: async () => {
        await request("POST", `${DRAFTS}/${id}/removal`);
        void message.success(t("discarded"));
        await refresh();
        void navigate({ to: "/reports" });
      },
    });
  const again = () =>
    void navigate({
      to: "/reports/new",
      search: {
        licence: data.licence_id,
        period: periodOf(data.first_month, data.last_month),
        supersedes: data.supersedes_id ?? undefined,
        replaces: id,
      } as never,
    });
  const read = Object.entries(data.names_read);
  return (
    <Page
      title={`${data.licence_code} · ${monthsOf(data)}`}
      trail={[{ label: t("title"), to: "/reports" }]}
      id={data.id}
      state={
        <StateMark standing={isOpen ? "attention" : data.state === "signed" ? "fine" : "closed"}>
          {t(`state.${data.state ?? "open"}`)}
        </StateMark>
      }
      onRefresh={() => found.refetch({ throwOnError: true })}
      menu={
        isOpen
          ? [
              { key: "again", label: t("again"), onClick: again },
              { key: "discard", label: t("discard"), danger: true, onClick: discard },
            ]
          : []
      }
    >
      <Facts
        facts={[
          { key: "kind", label: t("kind"), value: t(`kind.${data.kind}`) },
          { key: "file", label: t("file"), value: data.file_name || "–" },
          { key: "lines", label: t("lines"), value: <Figure value={data.line_count ?? 0} /> },
          { key: "made", label: t("made"), value: <Instant at={data.made_at} /> },
          ...(data.supersedes_id
            ? [{ key: "reason", label: t("reason"), value: spoken(data.reason ?? "") }]
            : []),
        ]}
      />
      {!isOpen && (
        <Notice
          action={data.report_id && <Link to={`/sales-reports/${data.report_id}`}>{t("ended.look")}</Link>}
        >
          {t(data.state === "signed" ? "ended.signed" : "ended")}
        </Notice>
      )}
      {data.is_estimate && <Notice kind="attention">{t("estimate.draft")}</Notice>}
      {read.length > 0 && (
        <Notice>
          {t("names.read")}: {read.map(([name, product]) => `${name} → ${product}`).join(" · ")}
        </Notice>
      )}
      {isOpen && figures.isError && <Failure error={figures.error} retry={() => void figures.refetch()} />}
      {isOpen && figures.isPending && <Skeleton height={240} />}
      {isOpen && figures.data && (
        <div className={styles.apart}>
          <PageTabs
            tabs={[
              {
                key: "preview",
                label: t("preview"),
                children: <Preview id={id} />,
              },
              {
                key: "totals",
                label: t("totals"),
                children: (
                  <div className={styles.panels}>
                    <TotalsTables totals={figures.data.totals} />
                  </div>
                ),
              },
              {
                key: "differences",
                label: t("differences"),
                children: <Differences figures={figures.data} />,
              },
              { key: "lines", label: t("lines.title"), children: <DraftLines id={data.id} /> },
            ]}
          />
          <Signing draft={data} figures={figures.data} language={language} />
        </div>
      )}
    </Page>
  );
}

function DraftLines({ id }: { id: string }) {
  const [skip, setSkip] = useState(0);
  return <Lines skip={skip} onSkip={setSkip} found={useLines(id, skip, true)} />;
}

function Signing({
  draft,
  figures,
  language,
}: {
  draft: ReportDraft;
  figures: ReportDraftFigures;
  language: "zh" | "en";
}) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const intention = useIntention();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const sign = async () => {
    setBusy(true);
    setProblem(null);
    const body = { lines_sha256: draft.lines_sha256 };
    try {
      const report = await request<SalesReport>("POST", `${DRAFTS}/${draft.id}/signature`, {
        query: { language },
        key: intention.keyFor([draft.id, body, language]),
        body,
      });
      intention.done();
      void message.success(t("signed", { number: report.receipt_number }));
      await refresh();
      void navigate({ to: `/sales-reports/${report.id}` });
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel title={t("sign.title")}>
      <blockquote className={styles.statement}>{figures.statement}</blockquote>
      <FormProblem problem={problem} />
      {figures.may_sign ? (
        <>
          <p>{t("sign.sure")}</p>
          <Button type="primary" loading={busy} onClick={() => void sign()}>
            {t("sign")}
          </Button>
        </>
      ) : (
        <Notice kind="attention">{t("sign.no")}</Notice>
      )}
    </Panel>
  );
}
