import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api, keys, type Patent as PatentDocument, type PoolEntry, take, useRoles } from "@/shared/api";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { percentOf, plainDecimal, useCloseNames } from "@/shared/royalties";
import { ShareButton } from "@/shared/sharing";
import { ListTable } from "@/shared/table";
import { Empty, Facts, Page, PageTabs, StateMark } from "@/shared/ui";
import { Annuities } from "./annuities/index.ts";
import { texts as annuityTexts } from "./annuities/texts.ts";
import { Charts } from "./charts/Charts.tsx";
import { useSeesCharts } from "./charts/queries.ts";
import { texts as chartTexts } from "./charts/texts.ts";
import { DifferenceTable } from "./differences/Differences.tsx";
import { useHasDifferences } from "./differences/opening.tsx";
import { Encumbrances } from "./encumbrances/Encumbrances.tsx";
import { ForceMark } from "./force.tsx";
import { ownedBefore } from "./owners.ts";
import { PATH, SUBJECT, useOwners } from "./Patents.tsx";
import styles from "./patents.module.css";
import { usePoolNames } from "./pools.ts";
import { Bibliography } from "./record/Bibliography.tsx";
import { LegalStatus } from "./record/LegalStatus.tsx";
import { texts } from "./texts.ts";

/** The seats that see what keeping a patent costs. */
const COST_DESK = ["member_admin", "member_staff", "member_finance", "operator"];

/** One patent: whose it is and was, its family, the pools it is in, and what was done to it. */
export function Patent() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const spoken = useSpoken();
  const names = useCloseNames();
  const owners = useOwners();
  const found = useSuspenseQuery({
    queryKey: keys.object(PATH, id),
    queryFn: () => take(api.GET("/api/v1/patents/{patent_id}", { params: { path: { patent_id: id } } })),
  });
  const a = useTexts(annuityTexts);
  const c = useTexts(chartTexts);
  const seesCharts = useSeesCharts();
  const roles = useRoles();
  const seesCosts = COST_DESK.some((role) => roles.has(role));
  const live = useLive(SUBJECT, id);
  const client = useQueryClient();
  const hasDifferences = useHasDifferences(id);
  const { data } = found;
  return (
    <Page
      title={data.publication}
      subtitle={spoken(data.title ?? "") || t("untitled")}
      trail={[{ label: t("title"), to: "/patents" }]}
      id={data.id}
      state={<ForceMark patent={data} />}
      live={live}
      onRefresh={() => client.invalidateQueries({ queryKey: keys.object(PATH, id) }, { throwOnError: true })}
      primary={<ShareButton subjectType={SUBJECT} subjectId={id} title={data.publication} />}
    >
      <Facts
        facts={[
          { key: "country", label: t("country"), value: names.country(data.country) },
          { key: "owners", label: t("owners.now"), value: owners(data) },
          { key: "family", label: t("family"), value: <code>{data.family_code}</code> },
          { key: "granted", label: t("granted"), value: <CalendarDay day={data.granted_on} /> },
          { key: "ends", label: t("ends"), value: <CalendarDay day={data.ends_on} /> },
        ]}
      />
      <PageTabs
        tabs={[
          { key: "owners", label: t("tab.owners"), children: <Owners patent={data} /> },
          { key: "status", label: t("tab.status"), children: <LegalStatus patent={id} /> },
          { key: "encumbrances", label: t("tab.encumbrances"), children: <Encumbrances patent={data} /> },
          { key: "pools", label: t("tab.pools"), children: <Pools patent={id} /> },
          { key: "family", label: t("tab.family"), children: <Family patent={data} /> },
          ...(seesCharts ? [{ key: "charts", label: c("tab"), children: <Charts about={data} /> }] : []),
          { key: "about", label: t("tab.about"), children: <Bibliography patent={data} /> },
          ...(hasDifferences
            ? [{ key: "differences", label: t("tab.differences"), children: <DifferenceTable patent={id} /> }]
            : []),
          ...(seesCosts ? [{ key: "annuities", label: a("tab"), children: <Annuities patent={id} /> }] : []),
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

function shareText(share: string | null, whole: string): string {
  if (share === null) return "–";
  const plain = plainDecimal(share);
  if (plain === "1") return whole;
  const [, behind = ""] = plain.split(".");
  return behind.length <= 4 ? percentOf(BigInt(behind.padEnd(4, "0")), 10_000n).replace(".00", "") : plain;
}

/** Whose it was from when to when, the latest owner first. */
function Owners({ patent }: { patent: PatentDocument }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const rows = [...patent.owners].sort((one, other) =>
    (other.from_on ?? "").localeCompare(one.from_on ?? ""),
  );
  if (rows.length === 0) return <Empty title={t("owners.none")} />;
  return (
    <ol className={styles.owners} aria-label={t("tab.owners")}>
      {rows.map((row) => (
        <li key={row.id} data-past={ownedBefore(todayHere(), row) || undefined}>
          <span className={styles.when}>
            {row.from_on ? <CalendarDay day={row.from_on} /> : t("from.first")} –{" "}
            {row.to_on ? <CalendarDay day={row.to_on} /> : t("to.open")}
          </span>
          <span className={styles.owner}>
            <Link to={`/organisations/${row.owner_id}`}>
              {organisationName(row.owner_id, row.owner_name)}
            </Link>
          </span>
          <span className={styles.share}>{shareText(row.share, t("share.whole"))}</span>
        </li>
      ))}
    </ol>
  );
}

function Pools({ patent }: { patent: string }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const poolName = usePoolNames();
  return (
    <ListTable<PoolEntry>
      inner
      path="/api/v1/pool-entries"
      fixed={{ patent }}
      caption={t("tab.pools")}
      defaultOrder="publication"
      nameOf={(row) => poolName(row.pool_id)}
      addressOf={(row) => `/pools/${row.pool_id}`}
      empty={<Empty title={t("pools.none")} />}
      columns={[
        { key: "pool", title: t("pool"), main: true, render: (row) => spoken(poolName(row.pool_id)) },
        { key: "owner", title: t("owner"), render: (row) => organisationName(null, row.owner_name) },
        { key: "share", title: t("share"), numeric: true, render: (row) => plainDecimal(row.share) },
        { key: "class", title: t("class"), render: (row) => row.class_label || "–" },
        {
          key: "products",
          title: t("products"),
          render: (row) => (row.products?.length ? row.products.join(", ") : t("products.all")),
        },
        { key: "state", title: t("counts"), render: (row) => <EntryMark entry={row} /> },
        { key: "enters", title: t("enters"), render: (row) => <CalendarDay day={row.enters_on} /> },
        { key: "leaves", title: t("leaves"), render: (row) => <CalendarDay day={row.leaves_on} /> },
      ]}
    />
  );
}

function EntryMark({ entry }: { entry: PoolEntry }) {
  const t = useTexts(texts);
  const today = todayHere();
  if (entry.leaves_on && entry.leaves_on <= today) {
    return <StateMark standing="closed">{t("in.left")}</StateMark>;
  }
  if (entry.enters_on && entry.enters_on > today) {
    return <StateMark standing="attention">{t("in.later")}</StateMark>;
  }
  return <StateMark standing="fine">{t("in.now")}</StateMark>;
}

function Family({ patent }: { patent: PatentDocument }) {
  const t = useTexts(texts);
  const names = useCloseNames();
  return (
    <ListTable<PatentDocument>
      inner
      path={PATH}
      fixed={{ family: patent.family_id }}
      caption={t("tab.family")}
      defaultOrder="publication"
      nameOf={(row) => row.publication}
      addressOf={(row) => `/patents/${row.id}`}
      empty={<Empty title={t("family.none")} />}
      columns={[
        {
          key: "publication",
          title: t("publication"),
          main: true,
          order: "publication",
          render: (row) => row.publication,
        },
        {
          key: "country",
          title: t("country"),
          order: "country",
          render: (row) => names.country(row.country),
        },
        { key: "force", title: t("force"), render: (row) => <ForceMark patent={row} /> },
        { key: "granted", title: t("granted"), render: (row) => <CalendarDay day={row.granted_on} /> },
        { key: "ends", title: t("ends"), render: (row) => <CalendarDay day={row.ends_on} /> },
      ]}
    />
  );
}
