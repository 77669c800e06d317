import type { Licence, Programme } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, Page, PageTabs, StateMark } from "@/shared/ui";
import { Claims } from "./bilateral/Claims.tsx";
import { useClaimRoles } from "./bilateral/queries.ts";
import { claimTexts } from "./bilateral/texts.ts";
import { Directs } from "./direct/Directs.tsx";
import { useDirectRoles } from "./direct/queries.ts";
import { directTexts } from "./direct/texts.ts";
import { PATH, STANDINGS, STATES, SUBJECT } from "./state.ts";
import { texts } from "./texts.ts";

/** The licences the acting seat may read: those under programmes, and others that its organisation is a side of. */
export function Licences() {
  const t = useTexts(texts);
  const d = useTexts(directTexts);
  const c = useTexts(claimTexts);
  const { reads } = useDirectRoles();
  const { reads: readsClaims } = useClaimRoles();
  if (!reads && !readsClaims)
    return (
      <Page title={t("title")} subtitle={t("lead")}>
        <OfProgrammes />
      </Page>
    );
  return (
    <Page title={t("title")} subtitle={t("lead")}>
      <PageTabs
        tabs={[
          { key: "programmes", label: t("tab.programmes"), children: <OfProgrammes /> },
          ...(reads ? [{ key: "direct", label: d("tab"), children: <Directs /> }] : []),
          ...(readsClaims ? [{ key: "bilateral", label: c("tab"), children: <Claims /> }] : []),
        ]}
      />
    </Page>
  );
}

function OfProgrammes() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const programmes = useEvery<Programme>("/api/v1/programmes").data ?? [];
  const codeOf = (id: string) => programmes.find((one) => one.id === id)?.code ?? "–";
  return (
    <ListTable<Licence>
      path={PATH}
      caption={t("title")}
      defaultOrder="code"
      subjectType={SUBJECT}
      nameOf={(row) => `${row.code} ${row.licensee_name}`}
      addressOf={(row) => `/licences/${row.id}`}
      empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
      filters={[
        {
          name: "programme",
          label: t("programme"),
          choices: programmes.map((one) => ({ value: one.id, label: `${one.code} · ${one.name}` })),
        },
        {
          name: "state",
          label: w("state"),
          choices: STATES.map((state) => ({ value: state, label: t(`state.${state}`) })),
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
          key: "programme",
          title: t("programme"),
          render: (row) => <code>{codeOf(row.programme_id)}</code>,
        },
        {
          key: "state",
          title: w("state"),
          render: ({ state = "draft" }) => (
            <StateMark standing={STANDINGS[state]}>{t(`state.${state}`)}</StateMark>
          ),
        },
        { key: "from", title: t("starts"), render: (row) => <CalendarDay day={row.starts_on} /> },
        { key: "to", title: t("ends"), render: (row) => <CalendarDay day={row.ends_on} /> },
        {
          key: "standing",
          title: t("standing"),
          extra: true,
          render: (row) => t.maybe(`standing.${row.standing}`),
        },
        { key: "enterprise", title: t("enterprise"), extra: true, render: (row) => row.enterprise || "–" },
      ]}
    />
  );
}
