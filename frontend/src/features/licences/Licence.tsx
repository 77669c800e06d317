import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import {
  api,
  type BilateralLicence,
  keys,
  type LicenceChange,
  type Programme,
  type SalesReport,
  type TermsVersion,
  take,
  useRoles,
} from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { ShareButton } from "@/shared/sharing";
import { ListTable } from "@/shared/table";
import { Empty, Facts, Page, PageTabs, Panel, StateMark } from "@/shared/ui";
import { About } from "./About.tsx";
import bilateral from "./bilateral/bilateral.module.css";
import { Claims } from "./bilateral/Claims.tsx";
import { CREDITED, useClaimRoles } from "./bilateral/queries.ts";
import { claimTexts } from "./bilateral/texts.ts";
import { Breaches } from "./breaches/Breaches.tsx";
import { breachTexts } from "./breaches/texts.ts";
import { Clauses } from "./clauses/Clauses.tsx";
import { clauseTexts } from "./clauses/texts.ts";
import { Filed } from "./Filed.tsx";
import { PATH, STANDINGS, SUBJECT } from "./state.ts";
import { texts } from "./texts.ts";

const FILING_READERS = ["secretariat", "finance", "licensee", "legal", "auditor"];
const CLAUSE_READERS = ["secretariat", "finance", "licensee"];
const REPORT_READERS = ["finance", "licensee", "auditor"];

/** One licence: who with whom, under which terms, since when, and how it stands. */
export function Licence() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const c = useTexts(clauseTexts);
  const b = useTexts(breachTexts);
  const roles = useRoles();
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const live = useLive(SUBJECT, id);
  const found = useSuspenseQuery({
    queryKey: keys.object(PATH, id),
    queryFn: () => take(api.GET("/api/v1/licences/{licence_id}", { params: { path: { licence_id: id } } })),
  });
  const { data } = found;
  const programme = useProgramme(data.programme_id);
  const terms = useTerms(data.terms_version_id);
  const state = data.state ?? "draft";
  const licensee = organisationName(data.licensee_id, data.licensee_name);
  const seesFiling = FILING_READERS.some((role) => roles.has(role));
  const readsClauses = CLAUSE_READERS.some((role) => roles.has(role));
  const readsReports = REPORT_READERS.some((role) => roles.has(role));
  return (
    <Page
      title={`${data.code} · ${licensee}`}
      trail={[{ label: t("title"), to: "/licences" }]}
      id={data.id}
      state={<StateMark standing={STANDINGS[state]}>{t(`state.${state}`)}</StateMark>}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={<ShareButton subjectType={SUBJECT} subjectId={id} title={data.code} />}
    >
      <Facts
        facts={[
          {
            key: "programme",
            label: t("programme"),
            value: (
              <Link to={`/programmes/${data.programme_id}`}>
                {programme ? `${programme.code} · ${spoken(programme.name)}` : t("programme.open")}
              </Link>
            ),
          },
          {
            key: "licensee",
            label: t("licensee"),
            value: <Link to={`/organisations/${data.licensee_id}`}>{licensee}</Link>,
          },
          {
            key: "terms",
            label: t("terms"),
            value: data.terms_version_id ? (
              <Link to={`/programmes/${data.programme_id}`} search={{ tab: "rates" } as never}>
                {terms ? t("terms.number", { number: terms.number }) : t("terms.signed")}
              </Link>
            ) : (
              t("terms.none")
            ),
            note: terms && t("terms.since", { day: terms.in_force_from }),
          },
          { key: "starts", label: t("starts"), value: <CalendarDay day={data.starts_on} /> },
          {
            key: "ends",
            label: t("ends"),
            value: data.ends_on ? <CalendarDay day={data.ends_on} /> : t("open"),
          },
        ]}
      />
      <PageTabs
        tabs={[
          { key: "about", label: t("tab.about"), children: <About licence={data} programme={programme} /> },
          ...(readsClauses ? [{ key: "clauses", label: c("tab"), children: <Clauses licence={id} /> }] : []),
          ...(readsClauses
            ? [{ key: "breaches", label: b("tab"), children: <Breaches licence={data} /> }]
            : []),
          { key: "changes", label: t("tab.changes"), children: <Changes licence={id} /> },
          ...(seesFiling ? [{ key: "filed", label: t("tab.filed"), children: <Filed licence={id} /> }] : []),
          ...(readsReports
            ? [{ key: "reports", label: t("tab.reports"), children: <Reports licence={id} /> }]
            : []),
          { key: "bilateral", label: t("tab.bilateral"), children: <Bilateral licence={id} /> },
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={SUBJECT} subjectId={id} />,
          },
        ]}
      />
    </Page>
  );
}

function useProgramme(id: string): Programme | undefined {
  return useQuery({
    queryKey: keys.object("/api/v1/programmes", id),
    queryFn: () =>
      take(api.GET("/api/v1/programmes/{programme_id}", { params: { path: { programme_id: id } } })),
    retry: false,
  }).data;
}

/** The version it was signed under, for those who may read it. */
function useTerms(id: string | null): TermsVersion | undefined {
  return useQuery({
    queryKey: keys.object("/api/v1/terms-versions", id ?? ""),
    queryFn: () =>
      take(
        api.GET("/api/v1/terms-versions/{terms_version_id}", {
          params: { path: { terms_version_id: id ?? "" } },
        }),
      ),
    enabled: id !== null,
    retry: false,
  }).data;
}

function Changes({ licence }: { licence: string }) {
  const t = useTexts(texts);
  return (
    <ListTable<LicenceChange>
      inner
      path="/api/v1/licence-changes"
      caption={t("tab.changes")}
      fixed={{ licence }}
      defaultOrder="month"
      nameOf={(row) => row.month}
      empty={<Empty title={t("changes.none")}>{t("changes.none.text")}</Empty>}
      columns={[
        { key: "month", title: t("month"), main: true, order: "month", render: (row) => row.month },
        {
          key: "standing",
          title: t("standing"),
          render: (row) => (row.standing ? t.maybe(`standing.${row.standing}`) : "–"),
        },
        { key: "enterprise", title: t("enterprise"), render: (row) => row.enterprise || "–" },
        { key: "option", title: t("option"), render: (row) => row.option || "–" },
      ]}
    />
  );
}

function Reports({ licence }: { licence: string }) {
  const t = useTexts(texts);
  return (
    <ListTable<SalesReport>
      inner
      path="/api/v1/sales-reports"
      caption={t("tab.reports")}
      fixed={{ licence }}
      defaultOrder="-month"
      nameOf={(row) => `${row.first_month} ${row.last_month}`}
      addressOf={(row) => `/sales-reports/${row.id}`}
      empty={<Empty title={t("reports.none")} />}
      columns={[
        {
          key: "months",
          title: t("months"),
          main: true,
          order: "month",
          render: (row) =>
            row.first_month === row.last_month ? row.first_month : `${row.first_month} – ${row.last_month}`,
        },
        {
          key: "kind",
          title: t("report.kind"),
          render: (row) => (
            <>
              {t.maybe(`report.${row.kind}`)}{" "}
              {row.is_estimate && (
                <StateMark standing={row.superseded_by_id ? "closed" : "attention"}>
                  {t(row.superseded_by_id ? "report.replaced" : "report.estimated")}
                </StateMark>
              )}
            </>
          ),
        },
        { key: "filed", title: t("filed"), order: "filed", render: (row) => <Instant at={row.filed_at} /> },
        {
          key: "lines",
          title: t("lines"),
          numeric: true,
          render: (row) => row.line_count?.toLocaleString() ?? "–",
        },
        {
          key: "supersedes",
          title: t("supersedes"),
          render: (row) => (row.supersedes_id ? t("supersedes.yes") : "–"),
        },
      ]}
    />
  );
}

/** Licences that single members have given besides: what is claimed, and what is credited where the terms say so. */
function Bilateral({ licence }: { licence: string }) {
  const t = useTexts(texts);
  const c = useTexts(claimTexts);
  const organisationName = useOrganisationName();
  const { reads } = useClaimRoles();
  const credited = (
    <ListTable<BilateralLicence>
      inner
      path={CREDITED}
      caption={t("tab.bilateral")}
      fixed={{ licence }}
      defaultOrder="id"
      nameOf={(row) => row.member_name}
      empty={<Empty title={t("bilateral.none")}>{t("bilateral.none.text")}</Empty>}
      columns={[
        {
          key: "member",
          title: t("member"),
          main: true,
          render: (row) => organisationName(null, row.member_name),
        },
        { key: "code", title: t("member.code"), render: (row) => <code>{row.member_code}</code> },
        { key: "from", title: t("starts"), render: (row) => <CalendarDay day={row.starts_on} /> },
        {
          key: "to",
          title: t("ends"),
          render: (row) => (row.ends_on ? <CalendarDay day={row.ends_on} /> : t("open")),
        },
      ]}
    />
  );
  if (!reads) return credited;
  return (
    <div className={bilateral.both}>
      <section aria-label={c("claims")}>
        <Claims licence={licence} />
      </section>
      <Panel title={c("credited")}>{credited}</Panel>
    </div>
  );
}
