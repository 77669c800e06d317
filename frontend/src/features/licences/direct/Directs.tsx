import { Button } from "antd";
import { useState } from "react";
import type { DirectLicenceLine } from "@/shared/api";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, StateMark } from "@/shared/ui";
import { DraftDrawer } from "./DraftDrawer.tsx";
import styles from "./direct.module.css";
import { DIRECT, DIRECT_KINDS, DIRECT_STANDINGS, DIRECT_SUBJECT, useDirectRoles } from "./queries.ts";
import { directTexts } from "./texts.ts";

/** Licences outside any programme that one's organisation is a side of. */
export function Directs() {
  const t = useTexts(directTexts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const { drafts } = useDirectRoles();
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
      <ListTable<DirectLicenceLine>
        inner
        path={DIRECT}
        caption={t("tab")}
        defaultOrder="-drafted"
        subjectType={DIRECT_SUBJECT}
        nameOf={(row) => `${row.code} ${row.licensee_name}`}
        addressOf={(row) => `/direct-licences/${row.id}`}
        empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
        filters={[
          {
            name: "kind",
            label: t("kind"),
            choices: DIRECT_KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) })),
          },
          {
            name: "state",
            label: w("state"),
            choices: Object.keys(DIRECT_STANDINGS).map((state) => ({
              value: state,
              label: t.maybe(`state.${state}`),
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
            key: "licensor",
            title: t("licensor"),
            render: (row) => organisationName(row.licensor_id, row.licensor_name),
          },
          { key: "kind", title: t("kind"), render: (row) => t(`kind.${row.kind}`) },
          { key: "state", title: w("state"), render: (row) => <DirectMark licence={row} /> },
          {
            key: "from",
            title: t("starts"),
            order: "starts",
            render: (row) => <CalendarDay day={row.starts_on} />,
          },
          {
            key: "to",
            title: t("ends"),
            render: (row) => (row.ends_on ? <CalendarDay day={row.ends_on} /> : t("open")),
          },
        ]}
      />
      <DraftDrawer open={isDrafting} onClose={() => setDrafting(false)} />
    </>
  );
}

/** How far a licence has come; one whose last day has passed says so. */
export function DirectMark({ licence }: { licence: Pick<DirectLicenceLine, "state" | "ends_on"> }) {
  const t = useTexts(directTexts);
  const state = licence.state ?? "draft";
  if (state === "in_force" && licence.ends_on && licence.ends_on < todayHere())
    return <StateMark standing="closed">{t("state.over")}</StateMark>;
  return <StateMark standing={DIRECT_STANDINGS[state]}>{t(`state.${state}`)}</StateMark>;
}
