import { Link } from "@tanstack/react-router";
import { App, Button } from "antd";
import { asProblem, type ReportDraft, type SalesReport, useRoles } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { FigureTable } from "@/shared/royalties";
import { downloadFile, ListTable } from "@/shared/table";
import { Empty, Page, PageTabs, Panel, StateMark } from "@/shared/ui";
import { Deductions } from "./deductions/Deductions.tsx";
import { texts as deductionTexts } from "./deductions/texts.ts";
import { EstimateMark } from "./EstimateMark.tsx";
import { Estimates } from "./Estimates.tsx";
import { Names } from "./Names.tsx";
import { NextReport } from "./NextReport.tsx";
import { DRAFT, DRAFTS, monthsOf, periodOf, REPORT, REPORTS, shortOf, useDue } from "./queries.ts";
import { Signers } from "./Signers.tsx";
import { texts } from "./texts.ts";

/** What is to be reported, what is being prepared, and what was filed. */
export function Reports() {
  const t = useTexts(texts);
  const d = useTexts(deductionTexts);
  const roles = useRoles();
  const reports = roles.has("licensee");
  return (
    <Page
      title={t("title")}
      subtitle={t("lead")}
      primary={
        reports && (
          <Link to="/reports/new">
            <Button type="primary">{t("new")}</Button>
          </Link>
        )
      }
    >
      <PageTabs
        tabs={[
          ...(reports
            ? [
                { key: "due", label: t("tab.due"), children: <Due /> },
                { key: "drafts", label: t("tab.drafts"), children: <Drafts /> },
              ]
            : []),
          { key: "filed", label: t("tab.filed"), children: <FiledReports mayCorrect={reports} /> },
          ...(reports || roles.has("finance")
            ? [
                { key: "deductions", label: d("tab"), children: <Deductions /> },
                { key: "names", label: t("tab.names"), children: <Names /> },
                { key: "signers", label: t("tab.signers"), children: <Signers /> },
                {
                  key: "estimates",
                  label: t("tab.estimates"),
                  children: <Estimates records={roles.has("finance")} />,
                },
              ]
            : []),
        ]}
      />
    </Page>
  );
}

function Due() {
  const t = useTexts(texts);
  const { data } = useDue();
  if (data.length === 0) return <Empty title={t("due.none")}>{t("due.none.text")}</Empty>;
  return (
    <Panel title={t("tab.due")} flush>
      <FigureTable label={t("tab.due")}>
        <thead>
          <tr>
            <th scope="col">{t("months")}</th>
            <th scope="col">{t("licence")}</th>
            <th scope="col" data-wide>
              {t("programme")}
            </th>
            <th scope="col">{t("due.on")}</th>
            <th scope="col">
              <span className="visually-hidden">{t("prepare")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {data.map((row) => (
            <tr key={`${row.licence_id} ${row.first_month}`}>
              <th scope="row">{monthsOf(row)}</th>
              <td>
                <Link to={`/licences/${row.licence_id}`}>{row.licence_code}</Link>
              </td>
              <td data-wide>{row.programme_code}</td>
              <td>
                <CalendarDay day={row.due_on} />{" "}
                {row.days_left < 0 ? (
                  <StateMark standing="overdue">{t("due.late", { days: -row.days_left })}</StateMark>
                ) : (
                  <StateMark standing={row.is_over ? "attention" : "fine"}>
                    {t("due.left", { days: row.days_left })}
                  </StateMark>
                )}
              </td>
              <td>
                {!row.is_over ? (
                  t("due.ahead")
                ) : row.draft_id ? (
                  <Link to={`/report-drafts/${row.draft_id}`}>{t("continue")}</Link>
                ) : (
                  <Link
                    to="/reports/new"
                    search={
                      { licence: row.licence_id, period: periodOf(row.first_month, row.last_month) } as never
                    }
                  >
                    {t("prepare")}
                  </Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </FigureTable>
    </Panel>
  );
}

function Drafts() {
  const t = useTexts(texts);
  return (
    <ListTable<ReportDraft>
      inner
      path={DRAFTS}
      caption={t("tab.drafts")}
      defaultOrder="-made"
      subjectType={DRAFT}
      nameOf={(row) => `${row.licence_code} ${monthsOf(row)}`}
      addressOf={(row) => `/report-drafts/${row.id}`}
      empty={<Empty title={t("drafts.none")}>{t("drafts.none.text")}</Empty>}
      columns={[
        { key: "months", title: t("months"), main: true, order: "month", render: monthsOf },
        { key: "licence", title: t("licence"), render: (row) => row.licence_code },
        {
          key: "state",
          title: t("state"),
          render: ({ state = "open" }) => (
            <StateMark standing={state === "open" ? "attention" : state === "signed" ? "fine" : "closed"}>
              {t(`state.${state}`)}
            </StateMark>
          ),
        },
        { key: "kind", title: t("kind"), render: (row) => t(`kind.${row.kind}`) },
        { key: "lines", title: t("lines"), numeric: true, render: (row) => row.line_count ?? 0 },
        { key: "made", title: t("made"), order: "made", render: (row) => <Instant at={row.made_at} /> },
      ]}
    />
  );
}

function FiledReports({ mayCorrect }: { mayCorrect: boolean }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const organisationName = useOrganisationName();
  const { message } = App.useApp();
  const take = (path: string, query: Record<string, string>, name: string) => {
    void downloadFile(path, query, name).catch((error: unknown) => message.error(asProblem(error).message));
  };
  return (
    <ListTable<SalesReport>
      inner
      path={REPORTS}
      caption={t("tab.filed")}
      defaultOrder="-filed"
      subjectType={REPORT}
      nameOf={(row) => `${row.licence_code} ${monthsOf(row)}`}
      addressOf={(row) => `/sales-reports/${row.id}`}
      empty={<Empty title={t("filed.none")} />}
      columns={[
        { key: "months", title: t("months"), main: true, order: "month", render: monthsOf },
        {
          key: "licence",
          title: t("licence"),
          render: (row) => (
            <Link to={`/licences/${row.licence_id}`}>
              {row.licence_code} · {organisationName(null, row.licensee)}
            </Link>
          ),
        },
        {
          key: "kind",
          title: t("kind"),
          render: (row) => (
            <>
              {t(`kind.${row.kind}`)} {row.is_estimate && <EstimateMark report={row} />}
            </>
          ),
        },
        { key: "lines", title: t("lines"), numeric: true, render: (row) => row.line_count ?? 0 },
        { key: "filed", title: t("filed"), order: "filed", render: (row) => <Instant at={row.filed_at} /> },
        { key: "signatory", title: t("signatory"), render: (row) => row.signatory_name || "–" },
        {
          key: "receipt",
          title: t("receipt"),
          render: (row) =>
            row.receipt_number ? (
              <Button
                type="link"
                size="small"
                aria-label={`${t("receipt.download")} ${row.receipt_number}`}
                onClick={() =>
                  take(
                    `${REPORTS}/${row.id}/receipt`,
                    { language: shortOf(language) },
                    `${row.receipt_number}.pdf`,
                  )
                }
              >
                {row.receipt_number}
              </Button>
            ) : (
              "–"
            ),
        },
        {
          key: "file",
          title: t("file"),
          render: (row) =>
            row.file_name ? (
              <Button
                type="link"
                size="small"
                aria-label={`${t("file.download")} ${row.file_name}`}
                onClick={() => take(`${REPORTS}/${row.id}/file`, {}, row.file_name ?? "report")}
              >
                {row.file_name}
              </Button>
            ) : (
              "–"
            ),
        },
        ...(mayCorrect
          ? [
              {
                key: "correct",
                title: t("correct"),
                render: (row: SalesReport) => (row.superseded_by_id ? "–" : <NextReport report={row} />),
              },
            ]
          : []),
      ]}
    />
  );
}
