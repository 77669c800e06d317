import { Link, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { type Membership, type Seat, useMe, useRoles } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { nameIn, otherName, useOrganisationName, useSpoken } from "@/shared/names";
import { Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { countryName } from "@/shared/royalties/countries";
import { MembershipMark } from "@/shared/standing";
import { ListTable } from "@/shared/table";
import { Empty, Facts, Notice, Page, PageTabs, Pairs, Panel, StateMark } from "@/shared/ui";
import { MergeDrawer } from "./MergeDrawer.tsx";
import { OrganisationForm } from "./OrganisationForm.tsx";
import { SUBJECT, useOrganisation } from "./queries.ts";
import { texts } from "./texts.ts";

/** One organisation: what is known of it, where it is a member, who sits for it. */
export function Organisation() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const w = useTexts(words);
  const language = useLanguage();
  const roles = useRoles();
  const me = useMe();
  const found = useOrganisation(id);
  const live = useLive(SUBJECT, id);
  const [isEditing, setEditing] = useState(false);
  const [isMerging, setMerging] = useState(false);
  const organisationName = useOrganisationName();
  const { data } = found.data;
  const own = me.seats.some((seat) => seat.id === me.seat && seat.organisation === id);
  const isOffice = roles.has("secretariat") || roles.has("site_admin");
  const mayEdit = !data.merged_into && (isOffice || (own && roles.has("member_admin")));
  const readsPapers = roles.has("secretariat") || (own && roles.has("member_admin"));
  return (
    <Page
      title={nameIn(language, data)}
      subtitle={otherName(language, data)}
      trail={[{ label: t("title"), to: "/organisations" }]}
      id={data.id}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={mayEdit && <Button onClick={() => setEditing(true)}>{t("edit")}</Button>}
      menu={
        isOffice && !data.merged_into
          ? [{ key: "merge", label: t("merge"), onClick: () => setMerging(true) }]
          : []
      }
    >
      {data.merged_into && (
        <Notice kind="attention">
          {t("merged")}{" "}
          <Link to={`/organisations/${data.merged_into}`}>
            {organisationName(data.merged_into, t("merged.open"))}
          </Link>
        </Notice>
      )}
      <Facts
        facts={[
          { key: "kind", label: t("kind"), value: w.maybe(`kind.${data.kind}`) },
          { key: "uscc", label: t("uscc"), value: <code>{data.uscc || "–"}</code> },
          {
            key: "country",
            label: t("country"),
            value: data.country ? countryName(data.country, language) : "–",
          },
          { key: "created", label: t("created"), value: <Instant at={data.created_at} /> },
        ]}
      />
      <PageTabs
        tabs={[
          { key: "memberships", label: t("tab.memberships"), children: <Memberships organisation={id} /> },
          { key: "seats", label: t("tab.seats"), children: <Seats organisation={id} /> },
          {
            key: "about",
            label: t("tab.about"),
            children: (
              <Panel title={t("tab.about")}>
                <Pairs
                  pairs={[
                    { label: t("name_zh"), value: data.name_zh || "–" },
                    { label: t("name_en"), value: data.name_en || "–" },
                    { label: t("kind"), value: w.maybe(`kind.${data.kind}`) },
                    { label: t("uscc"), value: data.uscc || "–" },
                    { label: t("country"), value: data.country ? countryName(data.country, language) : "–" },
                    ...(data.other_names.length > 0
                      ? [
                          {
                            label: t("other_names"),
                            value: data.other_names.map((one) => <div key={one.name}>{one.name}</div>),
                          },
                        ]
                      : []),
                  ]}
                />
              </Panel>
            ),
          },
          ...(readsPapers
            ? [
                {
                  key: "papers",
                  label: t("tab.papers"),
                  children: <Papers subjectType={SUBJECT} subjectId={id} mayAttach />,
                },
              ]
            : []),
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={SUBJECT} subjectId={id} />,
          },
        ]}
      />
      <MergeDrawer open={isMerging} kept={data} onClose={() => setMerging(false)} />
      <OrganisationForm open={isEditing} onClose={() => setEditing(false)} edited={found.data} />
    </Page>
  );
}

function Memberships({ organisation }: { organisation: string }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  return (
    <ListTable<Membership>
      inner
      path="/api/v1/memberships"
      caption={t("tab.memberships")}
      fixed={{ organisation }}
      defaultOrder="code"
      nameOf={(row) => row.code || row.organisation_name}
      addressOf={(row) => `/members/${row.id}`}
      subjectType="memberships.membership"
      empty={<Empty title={t("memberships.none")} />}
      columns={[
        {
          key: "code",
          title: t("code"),
          main: true,
          order: "code",
          render: (row) => row.code || row.organisation_name,
        },
        {
          key: "segment",
          title: t("segment"),
          render: (row) => w.maybe(`segment.${row.segment}`, {}, row.segment),
        },
        { key: "state", title: w("state"), render: (row) => <MembershipMark standing={row.standing} /> },
        { key: "from", title: t("from"), render: (row) => <CalendarDay day={row.enters_on} /> },
        { key: "to", title: t("to"), render: (row) => <CalendarDay day={row.leaves_on} /> },
      ]}
    />
  );
}

function Seats({ organisation }: { organisation: string }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  return (
    <ListTable<Seat>
      inner
      path="/api/v1/seats"
      caption={t("tab.seats")}
      fixed={{ organisation }}
      defaultOrder="created"
      nameOf={(row) => spoken(row.user_name)}
      subjectType="identity.seat"
      empty={<Empty title={t("seats.none")} />}
      columns={[
        {
          key: "person",
          title: t("person"),
          main: true,
          order: "person",
          render: (row) => spoken(row.user_name),
        },
        { key: "position", title: t("position"), render: (row) => spoken(row.title ?? "") },
        {
          key: "since",
          title: t("since"),
          order: "created",
          render: (row) => <Instant at={row.created_at} />,
        },
        {
          key: "state",
          title: w("state"),
          render: (row) => (
            <StateMark standing={row.ended_at ? "closed" : "fine"}>
              {row.ended_at ? t("active.no") : t("active")}
            </StateMark>
          ),
        },
      ]}
    />
  );
}
