import { Link, useParams } from "@tanstack/react-router";
import type { Call, Pool as PoolDocument, PoolEntry, PoolMember, Programme, Submission } from "@/shared/api";
import { CalendarDay, Figure } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { nameIn, useOrganisationName, useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { plainDecimal, useCloseNames } from "@/shared/royalties";
import { ShareButton } from "@/shared/sharing";
import { ListTable } from "@/shared/table";
import { Empty, Facts, Page, PageTabs, StateMark } from "@/shared/ui";
import { AskLink } from "./AskLink.tsx";
import { Effect } from "./Effect.tsx";
import { Lists } from "./Lists.tsx";
import { Overlap } from "./Overlap.tsx";
import { SUBJECT, useCount, usePool } from "./queries.ts";
import { PoolStateMark } from "./state.tsx";
import { texts } from "./texts.ts";

/** One pool: who takes part, which patents are in it, and what it offers. */
export function Pool() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const found = usePool(id);
  const live = useLive(SUBJECT, id);
  const { data } = found;
  const spoken = useSpoken();
  return (
    <Page
      title={spoken(data.name)}
      trail={[{ label: t("title"), to: "/pools" }]}
      id={data.id}
      state={<PoolStateMark state={data.state} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={<ShareButton subjectType={SUBJECT} subjectId={id} title={spoken(data.name)} />}
    >
      <Facts
        facts={[
          { key: "code", label: t("code"), value: <code>{data.code}</code> },
          { key: "members", label: t("members"), value: <Count path="/api/v1/pool-members" pool={id} /> },
          { key: "patents", label: t("patents"), value: <Count path="/api/v1/pool-entries" pool={id} /> },
          { key: "programmes", label: t("programmes"), value: <Count path="/api/v1/programmes" pool={id} /> },
        ]}
      />
      <PageTabs
        tabs={[
          { key: "members", label: t("tab.members"), children: <Members pool={id} /> },
          { key: "entries", label: t("tab.entries"), children: <Entries pool={data} /> },
          { key: "lists", label: t("tab.lists"), children: <Lists pool={data} /> },
          { key: "calls", label: t("tab.calls"), children: <Calls pool={id} /> },
          { key: "submissions", label: t("tab.submissions"), children: <Submissions pool={id} /> },
          { key: "effect", label: t("tab.effect"), children: <Effect pool={data} /> },
          { key: "overlap", label: t("tab.overlap"), children: <Overlap pool={data} /> },
          { key: "programmes", label: t("tab.programmes"), children: <Programmes pool={id} /> },
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

function Count({ path, pool }: { path: string; pool: string }) {
  const t = useTexts(texts);
  const count = useCount(path, { pool }).data;
  if (count === undefined) return <>–</>;
  return count.isExact ? <Figure value={count.total} /> : t("many", { count: count.total });
}

interface Props {
  pool: string;
}

function Members({ pool }: Props) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const w = useTexts(words);
  return (
    <ListTable<PoolMember>
      inner
      path="/api/v1/pool-members"
      fixed={{ pool }}
      caption={t("tab.members")}
      defaultOrder="code"
      nameOf={(row) => row.name}
      empty={<Empty title={t("members.none")} />}
      columns={[
        {
          key: "member",
          title: t("member"),
          main: true,
          render: (row) => (
            <Link to={`/members/${row.membership_id}`}>{organisationName(null, row.name)}</Link>
          ),
        },
        { key: "code", title: t("code"), order: "code", render: (row) => <code>{row.code}</code> },
        {
          key: "segment",
          title: t("segment"),
          render: (row) => w.maybe(`segment.${row.segment}`, {}, row.segment),
        },
        {
          key: "held",
          title: t("held"),
          render: (row) =>
            row.held === null ? (
              "–"
            ) : (
              <StateMark standing={row.held ? "attention" : "fine"}>
                {t(row.held ? "held.yes" : "held.no")}
              </StateMark>
            ),
        },
        { key: "from", title: t("from"), render: (row) => <CalendarDay day={row.enters_on} /> },
        { key: "to", title: t("to"), render: (row) => <CalendarDay day={row.leaves_on} /> },
      ]}
    />
  );
}

function Entries({ pool }: { pool: PoolDocument }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const names = useCloseNames();
  return (
    <>
      <AskLink pool={pool} />
      <ListTable<PoolEntry>
        inner
        path="/api/v1/pool-entries"
        fixed={{ pool: pool.id }}
        caption={t("tab.entries")}
        defaultOrder="publication"
        nameOf={(row) => row.publication}
        addressOf={(row) => `/patents/${row.patent_id}`}
        empty={<Empty title={t("entries.none")} />}
        filters={[
          { name: "publication", label: t("publication") },
          { name: "country", label: t("country") },
          { name: "class", label: t("class") },
        ]}
        columns={[
          {
            key: "publication",
            title: t("publication"),
            main: true,
            order: "publication",
            render: (row) => row.publication,
          },
          { key: "country", title: t("country"), render: (row) => names.country(row.country) },
          { key: "family", title: t("family"), render: (row) => <code>{row.family_code}</code> },
          { key: "owner", title: t("owner"), render: (row) => organisationName(null, row.owner_name) },
          { key: "share", title: t("share"), numeric: true, render: (row) => plainDecimal(row.share) },
          { key: "class", title: t("class"), render: (row) => row.class_label || "–" },
          {
            key: "products",
            title: t("products"),
            extra: true,
            render: (row) => (row.products?.length ? row.products.join(", ") : t("products.all")),
          },
          {
            key: "granted",
            title: t("granted"),
            extra: true,
            render: (row) => <CalendarDay day={row.granted_on} />,
          },
          { key: "ends", title: t("ends"), render: (row) => <CalendarDay day={row.ends_on} /> },
          { key: "enters", title: t("enters"), render: (row) => <CalendarDay day={row.enters_on} /> },
          { key: "leaves", title: t("leaves"), render: (row) => <CalendarDay day={row.leaves_on} /> },
        ]}
      />
    </>
  );
}

function Calls({ pool }: Props) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const language = useLanguage();
  return (
    <ListTable<Call>
      inner
      path="/api/v1/calls"
      fixed={{ pool }}
      caption={t("tab.calls")}
      defaultOrder="-written"
      nameOf={(row) => nameIn(language, { name_zh: row.title_zh, name_en: row.title_en })}
      addressOf={(row) => `/calls/${row.id}`}
      empty={<Empty title={t("calls.none")} />}
      columns={[
        {
          key: "title",
          title: t("call"),
          main: true,
          render: (row) => nameIn(language, { name_zh: row.title_zh, name_en: row.title_en }),
        },
        { key: "state", title: w("state"), render: (row) => t.maybe(`call.${row.state}`) },
        { key: "standard", title: t("standard"), render: (row) => row.standard },
        {
          key: "opens",
          title: t("from"),
          order: "opens",
          render: (row) => <CalendarDay day={row.opens_on} />,
        },
        { key: "until", title: t("until"), render: (row) => <CalendarDay day={row.submit_by_on} /> },
      ]}
    />
  );
}

function Submissions({ pool }: Props) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  return (
    <ListTable<Submission>
      inner
      path="/api/v1/submissions"
      fixed={{ pool }}
      caption={t("tab.submissions")}
      defaultOrder="-submitted"
      nameOf={(row) => row.publication}
      addressOf={(row) => `/submissions/${row.id}`}
      empty={<Empty title={t("submissions.none")}>{t("submissions.none.text")}</Empty>}
      columns={[
        { key: "publication", title: t("publication"), main: true, render: (row) => row.publication },
        { key: "state", title: w("state"), render: (row) => t.maybe(`submission.${row.state}`) },
        { key: "owner", title: t("owner"), render: (row) => organisationName(null, row.owner_name) },
        { key: "standard", title: t("standard"), render: (row) => row.standard },
        { key: "due", title: t("due"), order: "due", render: (row) => <CalendarDay day={row.due_on} /> },
      ]}
    />
  );
}

function Programmes({ pool }: Props) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  return (
    <ListTable<Programme>
      inner
      path="/api/v1/programmes"
      fixed={{ pool }}
      caption={t("tab.programmes")}
      defaultOrder="code"
      nameOf={(row) => row.name}
      addressOf={(row) => `/programmes/${row.id}`}
      empty={<Empty title={t("programmes.none")} />}
      columns={[
        { key: "name", title: t("name"), main: true, render: (row) => spoken(row.name) },
        { key: "code", title: t("code"), order: "code", render: (row) => <code>{row.code}</code> },
        { key: "currency", title: t("currency"), render: (row) => row.currency },
      ]}
    />
  );
}
