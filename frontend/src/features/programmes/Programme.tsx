import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import {
  type CloseRun,
  keys,
  type Licence,
  type LicenceDates,
  type OperatingEntity,
  request,
  useRoles,
} from "@/shared/api";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { nameIn, useOrganisationName, useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { CloseStateMark } from "@/shared/royalties";
import { ListTable } from "@/shared/table";
import {
  Empty,
  Facts,
  Failure,
  Page,
  PageTabs,
  Skeleton,
  type Standing,
  StateMark,
  type Tab,
} from "@/shared/ui";
import { MissingReports } from "./MissingReports.tsx";
import { inForce, SUBJECT, usePoolName, useProgramme, useTariffs, useTerms } from "./queries.ts";
import { Rates } from "./Rates.tsx";
import { Simulator, type Version } from "./simulator/Simulator.tsx";
import { ProgrammeStateMark } from "./state.tsx";
import { Terms } from "./Terms.tsx";
import { TOLD_TOTALS, Totals } from "./Totals.tsx";
import { texts } from "./texts.ts";

/** One programme: what it asks for, in the words of its terms, and who is licensed. */
export function Programme() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const found = useProgramme(id);
  const live = useLive(SUBJECT, id);
  const { data } = found;
  const published = useTariffs(id);
  const tariffs = published.data?.items ?? [];
  const terms = useTerms(id).data?.items ?? [];
  const spoken = useSpoken();
  const pool = usePoolName(data.pool_id);
  const entity = useEntityName(data.operating_entity_id);
  const present = inForce(tariffs);
  const roles = useRoles();
  const isFinance = roles.has("finance");
  const whole: Tab[] =
    terms.length > 0 || roles.has("secretariat")
      ? [
          {
            key: "terms",
            label: t("tab.terms"),
            children: <Terms programme={id} versions={terms} currency={data.currency} />,
          },
        ]
      : [];
  const seesFiling = isFinance || roles.has("secretariat");
  const missing: Tab[] = seesFiling
    ? [{ key: "missing", label: t("tab.missing"), children: <MissingReports programme={id} /> }]
    : [];
  const totals: Tab[] = TOLD_TOTALS.some((role) => roles.has(role))
    ? [{ key: "totals", label: t("tab.totals"), children: <Totals programme={id} /> }]
    : [];
  const tried: readonly Version[] = terms.length > 0 ? terms : tariffs;
  const simulator: Tab[] =
    tried.length > 0
      ? [
          {
            key: "simulator",
            label: t("tab.simulator"),
            children: (
              <Simulator programme={id} currency={data.currency} versions={tried} present={inForce(tried)} />
            ),
          },
        ]
      : [];
  const closes: Tab[] = isFinance
    ? [{ key: "closes", label: t("tab.closes"), children: <Closes programme={id} /> }]
    : [];
  return (
    <Page
      title={spoken(data.name)}
      trail={[{ label: t("title"), to: "/programmes" }]}
      id={data.id}
      state={<ProgrammeStateMark state={data.state} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
    >
      <Facts
        facts={[
          { key: "code", label: t("code"), value: <code>{data.code}</code> },
          { key: "currency", label: t("currency"), value: data.currency },
          {
            key: "pool",
            label: t("pool"),
            value: <Link to={`/pools/${data.pool_id}`}>{spoken(pool ?? "–")}</Link>,
          },
          { key: "entity", label: t("entity"), value: entity },
          {
            key: "terms",
            label: t("terms"),
            value: present
              ? t("terms.number", { number: present.number })
              : published.isSuccess
                ? t("terms.none")
                : "–",
            note: present && t("terms.since", { day: present.in_force_from }),
          },
        ]}
      />
      <PageTabs
        tabs={[
          {
            key: "rates",
            label: t("tab.rates"),
            children:
              published.data === undefined && published.isError ? (
                <Failure error={published.error} retry={() => void published.refetch()} />
              ) : published.data === undefined ? (
                <Skeleton height={160} />
              ) : (
                <Rates versions={tariffs} currency={data.currency} />
              ),
          },
          ...whole,
          ...simulator,
          { key: "licences", label: t("tab.licences"), children: <Licences programme={id} /> },
          ...missing,
          ...totals,
          ...closes,
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

function useEntityName(id: string): string {
  const language = useLanguage();
  const found = useQuery({
    queryKey: keys.list("/api/v1/operating-entities", { limit: 200 }),
    queryFn: ({ signal }) =>
      request<{ items: OperatingEntity[] }>("GET", "/api/v1/operating-entities", {
        query: { limit: 200 },
        signal,
      }),
    retry: false,
    staleTime: 300_000,
  });
  const entity = found.data?.items.find((one) => one.id === id);
  return entity ? nameIn(language, entity) : "–";
}

const LICENCE_STANDING: Record<NonNullable<Licence["state"]>, Standing> = {
  draft: "closed",
  sent: "attention",
  signed: "attention",
  in_force: "fine",
  suspended: "overdue",
  expired: "closed",
  terminated: "closed",
  cancelled: "closed",
};

const OFFICE = ["secretariat", "finance", "legal", "operator", "operations_head", "licensee"];

/** Who is licensed: with all there is of the licence for those who may read it, by name and dates for others. */
function Licences({ programme }: { programme: string }) {
  const t = useTexts(texts);
  const roles = useRoles();
  return OFFICE.some((role) => roles.has(role)) ? (
    <WholeLicences programme={programme} />
  ) : (
    <LicenceNames programme={programme} title={t("tab.licences")} />
  );
}

function WholeLicences({ programme }: { programme: string }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  return (
    <ListTable<Licence>
      inner
      path="/api/v1/licences"
      fixed={{ programme }}
      caption={t("tab.licences")}
      defaultOrder="code"
      nameOf={(row) => row.licensee_name}
      addressOf={(row) => `/licences/${row.id}`}
      empty={<Empty title={t("licences.none")} />}
      filters={[
        {
          name: "state",
          label: w("state"),
          choices: (Object.keys(LICENCE_STANDING) as (keyof typeof LICENCE_STANDING)[]).map((state) => ({
            value: state,
            label: t(`licence.${state}`),
          })),
        },
        { name: "code", label: t("code") },
      ]}
      columns={[
        {
          key: "licensee",
          title: t("licensee"),
          main: true,
          render: (row) => organisationName(row.licensee_id, row.licensee_name),
        },
        { key: "code", title: t("code"), order: "code", render: (row) => <code>{row.code}</code> },
        {
          key: "state",
          title: w("state"),
          render: ({ state = "draft" }) => (
            <StateMark standing={LICENCE_STANDING[state]}>{t(`licence.${state}`)}</StateMark>
          ),
        },
        {
          key: "standing",
          title: t("standing"),
          render: (row) => (row.standing ? t(`standing.${row.standing}`) : "–"),
        },
        { key: "option", title: t("option"), render: (row) => row.option || t("option.none") },
        { key: "starts", title: t("starts"), render: (row) => <CalendarDay day={row.starts_on} /> },
        { key: "ends", title: t("ends"), render: (row) => <CalendarDay day={row.ends_on} /> },
      ]}
    />
  );
}

function LicenceNames({ programme, title }: { programme: string; title: string }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  return (
    <ListTable<LicenceDates>
      inner
      path="/api/v1/licence-dates"
      fixed={{ programme }}
      caption={title}
      defaultOrder="code"
      nameOf={(row) => row.licensee_name}
      empty={<Empty title={t("licences.none")} />}
      columns={[
        {
          key: "licensee",
          title: t("licensee"),
          main: true,
          render: (row) => organisationName(row.licensee_id, row.licensee_name),
        },
        { key: "code", title: t("code"), order: "code", render: (row) => <code>{row.code}</code> },
        { key: "starts", title: t("starts"), render: (row) => <CalendarDay day={row.starts_on} /> },
        { key: "ends", title: t("ends"), render: (row) => <CalendarDay day={row.ends_on} /> },
      ]}
    />
  );
}

function Closes({ programme }: { programme: string }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  return (
    <ListTable<CloseRun>
      inner
      path="/api/v1/close-runs"
      fixed={{ programme }}
      caption={t("tab.closes")}
      defaultOrder="-period"
      nameOf={(row) => row.period}
      addressOf={(row) => `/closes/${row.id}`}
      columns={[
        {
          key: "period",
          title: t("period"),
          main: true,
          order: "period",
          render: (row) => `${row.period}${row.number > 1 ? ` #${row.number}` : ""}`,
        },
        { key: "state", title: w("state"), render: (row) => <CloseStateMark run={row} /> },
        {
          key: "due",
          title: t("due"),
          numeric: true,
          render: (row) =>
            row.currency ? <Amount minor={row.due_minor ?? 0} currency={row.currency} /> : "–",
        },
        { key: "posted", title: w("date"), render: (row) => <Instant at={row.posted_at} /> },
      ]}
    />
  );
}
