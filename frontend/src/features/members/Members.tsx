import type { Membership } from "@/shared/api";
import { CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName } from "@/shared/names";
import { MembershipMark, STATES, useStanding } from "@/shared/standing";
import { ListTable } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { ApplyButton } from "./Apply.tsx";
import { SEGMENTS } from "./segments.ts";
import { texts } from "./texts.ts";

/** The members of the alliances the acting seat may see. */
export function Members() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const standing = useStanding();
  return (
    <Page title={t("title")} subtitle={t("lead")} primary={<ApplyButton />}>
      <ListTable<Membership>
        path="/api/v1/memberships"
        caption={t("title")}
        defaultOrder="code"
        subjectType="memberships.membership"
        nameOf={(row) => row.organisation_name}
        addressOf={(row) => `/members/${row.id}`}
        empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
        filters={[
          {
            name: "segment",
            label: t("segment"),
            choices: SEGMENTS.map((segment) => ({ value: segment, label: w(`segment.${segment}`) })),
          },
          {
            name: "state",
            label: t("state"),
            choices: STATES.map((state) => ({ value: state, label: standing(state) })),
          },
          { name: "code", label: t("code") },
        ]}
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
            title: t("state"),
            render: (row) => <MembershipMark standing={row.standing} />,
          },
          { key: "from", title: t("from"), render: (row) => <CalendarDay day={row.enters_on} /> },
          { key: "to", title: t("to"), render: (row) => <CalendarDay day={row.leaves_on} /> },
        ]}
      />
    </Page>
  );
}
