import { Link } from "@tanstack/react-router";
import type { AccessLogEntry } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { pageOf } from "@/shared/subjects";
import { ListTable } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { texts } from "./texts.ts";

/** Who read what: reads of what is confidential leave a line, besides the record of what was done. */
export function AccessLog() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  return (
    <Page title={t("log.title")} subtitle={t("log.lead")}>
      <ListTable<AccessLogEntry>
        path="/api/v1/access-log"
        caption={t("log.title")}
        defaultOrder="-at"
        nameOf={(row) => (row.user_name ? spoken(row.user_name) : row.action)}
        empty={<Empty title={t("log.empty")}>{t("log.empty.text")}</Empty>}
        filters={[
          { name: "from", label: t("log.from"), kind: "day" },
          { name: "to", label: t("log.to"), kind: "day" },
        ]}
        columns={[
          {
            key: "person",
            title: w("person"),
            main: true,
            render: (row) => spoken(row.user_name || t("log.system")),
          },
          {
            key: "organisation",
            title: w("organisation"),
            render: (row) => organisationName(row.organisation_id, row.organisation_name ?? "–"),
          },
          { key: "at", title: t("log.at"), order: "at", render: (row) => <Instant at={row.at} /> },
          { key: "what", title: t("log.what"), render: (row) => <What row={row} /> },
          {
            key: "staff",
            title: t("log.staff"),
            render: (row) => (row.staff_session_id ? w("yes") : w("no")),
          },
        ]}
      />
    </Page>
  );
}

function What({ row }: { row: AccessLogEntry }) {
  const t = useTexts(texts);
  const address = pageOf(row.subject_type, row.subject_id);
  const text = t.maybe(
    `action.${row.action}`,
    {},
    row.request_line ? t("log.request", { line: row.request_line }) : row.action,
  );
  return address ? <Link to={address}>{text}</Link> : text;
}
