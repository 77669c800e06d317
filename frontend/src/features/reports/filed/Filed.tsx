import { Link, useParams } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useState } from "react";
import { asProblem, type SalesReportDetail } from "@/shared/api";
import { Figure, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { downloadFile } from "@/shared/table";
import { Facts, Failure, Notice, Page, PageTabs, Skeleton, StateMark } from "@/shared/ui";
import { DownloadOutlined } from "@/shared/ui/icons";
import { EstimateMark } from "../EstimateMark.tsx";
import { Differences, Lines, TotalsTables } from "../Figures.tsx";
import { NextReport } from "../NextReport.tsx";
import {
  monthsOf,
  REPORT,
  REPORTS,
  shortOf,
  useFiledDifferences,
  useFiledFigures,
  useFiledLines,
  useFiledReport,
} from "../queries.ts";
import styles from "../reports.module.css";
import { texts } from "../texts.ts";
import { About } from "./About.tsx";
import { FiledFailure, NotAsFiled } from "./Kept.tsx";
import { Mistakes } from "./Mistakes.tsx";
import { texts as filedTexts } from "./texts.ts";

/** A filed report: what was reported, who signed it by what, what became of it, and what it is billed by. */
export function Filed() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const f = useTexts(filedTexts);
  const organisationName = useOrganisationName();
  const found = useFiledReport(id);
  const { data: report } = found;
  const take = useTaking(report);
  return (
    <Page
      title={`${report.licence_code} · ${monthsOf(report)}`}
      subtitle={organisationName(null, report.licensee)}
      trail={[{ label: t("title"), to: "/reports?tab=filed" }]}
      id={report.id}
      state={<CountingMark report={report} />}
      live={useLive(REPORT, id)}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        <>
          {report.receipt_number && (
            <Button icon={<DownloadOutlined />} onClick={take.receipt}>
              {t("receipt.download")}
            </Button>
          )}
          {report.may_supersede && <NextReport report={report} button />}
        </>
      }
      menu={report.file_name ? [{ key: "file", label: t("file.download"), onClick: take.file }] : []}
    >
      <Mistakes report={report} />
      <Neighbours report={report} />
      <KeyFacts report={report} />
      <PageTabs
        tabs={[
          { key: "about", label: f("tab.about"), children: <About report={report} /> },
          { key: "totals", label: t("totals"), children: <FiledTotals id={id} /> },
          { key: "lines", label: t("lines.title"), children: <FiledLines id={id} /> },
          ...(report.supersedes
            ? [{ key: "differences", label: f("tab.changed"), children: <Changed id={id} /> }]
            : []),
          {
            key: "history",
            label: f("tab.history"),
            children: <HistoryTab subjectType={REPORT} subjectId={id} />,
          },
        ]}
      />
    </Page>
  );
}

/** What of a report can be kept as a file. */
function useTaking(report: SalesReportDetail) {
  const language = shortOf(useLanguage());
  const { message } = App.useApp();
  const take = (part: string, query: Record<string, string>, name: string) =>
    void downloadFile(`${REPORTS}/${report.id}/${part}`, query, name).catch(
      (error: unknown) => void message.error(asProblem(error).message),
    );
  return {
    receipt: () => take("receipt", { language }, `${report.receipt_number}.pdf`),
    file: () => take("file", {}, report.file_name ?? "report"),
  };
}

function CountingMark({ report }: { report: SalesReportDetail }) {
  const f = useTexts(filedTexts);
  if (report.is_estimate) return <EstimateMark report={report} />;
  return report.superseded_by_id ? (
    <StateMark standing="closed">{f("superseded")}</StateMark>
  ) : (
    <StateMark standing="fine">{f("counts")}</StateMark>
  );
}

/** The reports before and after it, and why one took the place of the other. */
function Neighbours({ report }: { report: SalesReportDetail }) {
  const f = useTexts(filedTexts);
  const spoken = useSpoken();
  return (
    <>
      {report.superseded_by && (
        <Notice
          kind="attention"
          action={<Link to={`/sales-reports/${report.superseded_by.id}`}>{f("after.look")}</Link>}
        >
          <p>
            {f("after", { number: report.superseded_by.receipt_number || "–" })}{" "}
            <Instant at={report.superseded_by.filed_at} />
          </p>
          {report.superseded_by.reason && (
            <p>
              {f("why")} {spoken(report.superseded_by.reason)}
            </p>
          )}
        </Notice>
      )}
      {report.supersedes && (
        <Notice action={<Link to={`/sales-reports/${report.supersedes.id}`}>{f("before.look")}</Link>}>
          <p>
            {f("before", { number: report.supersedes.receipt_number || "–" })}{" "}
            <Instant at={report.supersedes.filed_at} />
          </p>
          <p>
            {f("why")} {spoken(report.reason ?? "")}
          </p>
        </Notice>
      )}
      {report.is_estimate && !report.superseded_by && <Notice kind="attention">{f("estimate")}</Notice>}
    </>
  );
}

function KeyFacts({ report }: { report: SalesReportDetail }) {
  const t = useTexts(texts);
  const f = useTexts(filedTexts);
  const spoken = useSpoken();
  const counted = report.counted_months;
  return (
    <Facts
      facts={[
        {
          key: "kind",
          label: t("kind"),
          value: t(`kind.${report.kind}`),
          note: report.file_name,
        },
        { key: "lines", label: t("lines"), value: <Figure value={report.line_count ?? 0} /> },
        {
          key: "filed",
          label: t("filed"),
          value: <Instant at={report.filed_at} />,
          note: report.receipt_number && `${t("receipt")} ${report.receipt_number}`,
        },
        {
          key: "signatory",
          label: t("signatory"),
          value: report.signatory_name ? spoken(report.signatory_name) : "–",
          note: report.signatory_title && spoken(report.signatory_title),
        },
        {
          key: "counted",
          label: f("counted"),
          value: counted.length === 0 ? f("counted.none") : f("counted.months", { count: counted.length }),
          note: counted.length > 0 && [...new Set([counted[0], counted.at(-1)])].join(" – "),
        },
      ]}
    />
  );
}

function FiledTotals({ id }: { id: string }) {
  const f = useTexts(filedTexts);
  const found = useFiledFigures(id);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={240} />;
  if (found.data.totals === null) return <NotAsFiled />;
  if (found.data.totals.by_product.length === 0) return <Notice>{f("nil")}</Notice>;
  return (
    <div className={styles.panels}>
      <TotalsTables totals={found.data.totals} />
    </div>
  );
}

function FiledLines({ id }: { id: string }) {
  const [skip, setSkip] = useState(0);
  const found = useFiledLines(id, skip);
  if (found.isError) return <FiledFailure error={found.error} retry={() => void found.refetch()} />;
  return <Lines skip={skip} onSkip={setSkip} found={found} />;
}

function Changed({ id }: { id: string }) {
  const found = useFiledDifferences(id);
  if (found.isError) return <FiledFailure error={found.error} retry={() => void found.refetch()} beside />;
  if (found.data === undefined) return <Skeleton height={160} />;
  return <Differences figures={found.data} />;
}
