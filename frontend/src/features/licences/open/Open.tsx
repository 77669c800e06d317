import { Button } from "antd";
import { useState } from "react";
import type { OpenDeclarationLine, OpenLicenceLine } from "@/shared/api";
import { CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, Page, PageTabs, StateMark } from "@/shared/ui";
import { DraftDrawer } from "./DraftDrawer.tsx";
import styles from "./open.module.css";
import { Price } from "./Price.tsx";
import {
  DECLARATION_STANDINGS,
  DECLARATION_SUBJECT,
  DECLARATIONS,
  SCHEMES,
  TAKEN,
  TAKEN_STANDINGS,
  TAKEN_SUBJECT,
  useOpenRoles,
} from "./queries.ts";
import { openTexts } from "./texts/index.ts";

/** Open licences: what the office announced, and what one's organisation declares, takes and gives. */
export function Open() {
  const t = useTexts(openTexts);
  const { sides } = useOpenRoles();
  if (!sides)
    return (
      <Page title={t("title")} subtitle={t("lead")}>
        <Declarations />
      </Page>
    );
  return (
    <Page title={t("title")} subtitle={t("lead")}>
      <PageTabs
        tabs={[
          { key: "declarations", label: t("tab.declarations"), children: <Declarations /> },
          { key: "taken", label: t("tab.taken"), children: <Licences /> },
        ]}
      />
    </Page>
  );
}

function Declarations() {
  const t = useTexts(openTexts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const { drafts, sides, own } = useOpenRoles();
  const [isDrafting, setDrafting] = useState(false);
  return (
    <>
      {drafts && (
        <p className={styles.tools}>
          <Button type="primary" onClick={() => setDrafting(true)}>
            {t("draft")}
          </Button>
        </p>
      )}
      <ListTable<OpenDeclarationLine>
        inner={sides}
        path={DECLARATIONS}
        caption={t("tab.declarations")}
        defaultOrder="-drafted"
        subjectType={DECLARATION_SUBJECT}
        nameOf={(row) => `${row.publication} ${row.owner_name}`}
        addressOf={(row) => `/open-declarations/${row.id}`}
        empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: w("state"),
            choices: Object.keys(DECLARATION_STANDINGS).map((state) => ({
              value: state,
              label: t.maybe(`state.${state}`),
            })),
          },
          {
            name: "scheme",
            label: t("scheme"),
            choices: SCHEMES.map((scheme) => ({ value: scheme, label: t(`scheme.${scheme}`) })),
          },
          ...(own
            ? [{ name: "owner", label: t("owner"), choices: [{ value: own, label: t("owner.own") }] }]
            : []),
        ]}
        columns={[
          {
            key: "patent",
            title: t("patent"),
            main: true,
            order: "patent",
            render: (row) => (
              <>
                <code>{row.publication}</code> {spoken(row.title)}
              </>
            ),
          },
          {
            key: "owner",
            title: t("owner"),
            render: (row) => organisationName(row.owner_id, row.owner_name),
          },
          { key: "price", title: t("price"), render: (row) => <Price of={row} /> },
          {
            key: "state",
            title: w("state"),
            render: ({ state = "draft" }) => (
              <StateMark standing={DECLARATION_STANDINGS[state]}>{t(`state.${state}`)}</StateMark>
            ),
          },
          {
            key: "announced",
            title: t("announced_on"),
            order: "announced",
            render: (row) => <CalendarDay day={row.announced_on} />,
          },
        ]}
      />
      <DraftDrawer open={isDrafting} onClose={() => setDrafting(false)} />
    </>
  );
}

function Licences() {
  const t = useTexts(openTexts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  return (
    <ListTable<OpenLicenceLine>
      inner
      path={TAKEN}
      caption={t("tab.taken")}
      defaultOrder="-prepared"
      subjectType={TAKEN_SUBJECT}
      nameOf={(row) => `${row.number} ${row.publication}`}
      addressOf={(row) => `/open-licences/${row.id}`}
      empty={<Empty title={t("taken.empty")}>{t("taken.empty.text")}</Empty>}
      filters={[
        {
          name: "state",
          label: w("state"),
          choices: Object.keys(TAKEN_STANDINGS).map((state) => ({
            value: state,
            label: t.maybe(`taken.${state}`),
          })),
        },
        { name: "number", label: t("number") },
      ]}
      columns={[
        {
          key: "number",
          title: t("number"),
          main: true,
          order: "number",
          render: (row) => <code>{row.number || "–"}</code>,
        },
        { key: "patent", title: t("patent"), render: (row) => <code>{row.publication}</code> },
        {
          key: "licensee",
          title: t("licensee"),
          render: (row) => organisationName(row.licensee_id, row.licensee_name),
        },
        {
          key: "owner",
          title: t("owner"),
          render: (row) => organisationName(row.owner_id, row.owner_name),
        },
        {
          key: "state",
          title: w("state"),
          render: ({ state = "prepared" }) => (
            <StateMark standing={TAKEN_STANDINGS[state]}>{t(`taken.${state}`)}</StateMark>
          ),
        },
        {
          key: "begins",
          title: t("in_force_from"),
          order: "begins",
          render: (row) => <CalendarDay day={row.in_force_from} />,
        },
      ]}
    />
  );
}
