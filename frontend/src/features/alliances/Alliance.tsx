import { Link, useParams } from "@tanstack/react-router";
import { type Membership, type OperatingEntity, useRoles } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { nameIn, otherName, useOrganisationName } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { MembershipMark } from "@/shared/standing";
import { ListTable } from "@/shared/table";
import { Empty, Facts, Page, PageTabs } from "@/shared/ui";
import { SUBJECT, useAlliance } from "./queries.ts";
import { RolePlan } from "./RolePlan.tsx";
import { texts } from "./texts.ts";

/** One alliance: its members, and who acts for it. */
export function Alliance() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const language = useLanguage();
  const organisationName = useOrganisationName();
  const found = useAlliance(id);
  const live = useLive(SUBJECT, id);
  const { data } = found;
  const roles = useRoles();
  const seesPlan = roles.has("secretariat") || roles.has("site_admin");
  return (
    <Page
      title={nameIn(language, data)}
      subtitle={otherName(language, data)}
      trail={[{ label: t("title"), to: "/alliances" }]}
      id={data.id}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
    >
      <Facts
        facts={[
          { key: "code", label: t("code"), value: <code>{data.code}</code> },
          {
            key: "association",
            label: t("association"),
            value: data.association ? (
              <Link to={`/organisations/${data.association}`}>{organisationName(data.association, "–")}</Link>
            ) : (
              "–"
            ),
          },
          { key: "zone", label: t("zone"), value: data.zone },
          { key: "created", label: t("created"), value: <Instant at={data.created_at} /> },
        ]}
      />
      <PageTabs
        tabs={[
          { key: "members", label: t("tab.members"), children: <Members alliance={id} /> },
          { key: "entities", label: t("tab.entities"), children: <Entities alliance={id} /> },
          ...(seesPlan ? [{ key: "plan", label: t("tab.plan"), children: <RolePlan alliance={id} /> }] : []),
        ]}
      />
    </Page>
  );
}

function Members({ alliance }: { alliance: string }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  return (
    <ListTable<Membership>
      inner
      path="/api/v1/memberships"
      caption={t("tab.members")}
      fixed={{ alliance }}
      defaultOrder="code"
      subjectType="memberships.membership"
      nameOf={(row) => row.organisation_name}
      addressOf={(row) => `/members/${row.id}`}
      columns={[
        {
          key: "organisation",
          title: w("organisation"),
          main: true,
          render: (row) => organisationName(row.organisation_id, row.organisation_name),
        },
        { key: "code", title: t("code"), order: "code", render: (row) => <code>{row.code || "–"}</code> },
        {
          key: "segment",
          title: t("segment"),
          render: (row) => w.maybe(`segment.${row.segment}`, {}, row.segment),
        },
        {
          key: "state",
          title: w("state"),
          render: (row) => <MembershipMark standing={row.standing} />,
        },
        { key: "from", title: t("from"), render: (row) => <CalendarDay day={row.enters_on} /> },
      ]}
    />
  );
}

function Entities({ alliance }: { alliance: string }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const organisationName = useOrganisationName();
  return (
    <ListTable<OperatingEntity>
      inner
      path="/api/v1/operating-entities"
      caption={t("tab.entities")}
      fixed={{ alliance }}
      defaultOrder="code"
      nameOf={(row) => nameIn(language, row)}
      addressOf={(row) => `/organisations/${row.organisation}`}
      empty={<Empty title={t("entities.none")} />}
      columns={[
        { key: "name", title: t("name"), main: true, render: (row) => nameIn(language, row) },
        { key: "code", title: t("code"), order: "code", render: (row) => <code>{row.code}</code> },
        {
          key: "organisation",
          title: t("organisation"),
          render: (row) => organisationName(row.organisation, nameIn(language, row)),
        },
        {
          key: "created",
          title: t("created"),
          order: "created",
          render: (row) => <Instant at={row.created_at} />,
        },
      ]}
    />
  );
}
