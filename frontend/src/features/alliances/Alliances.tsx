import type { Alliance } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn, useOrganisationName } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { PATH, SUBJECT } from "./queries.ts";
import { texts } from "./texts.ts";

/** The alliances the acting seat may see. */
export function Alliances() {
  const t = useTexts(texts);
  const language = useLanguage();
  const organisationName = useOrganisationName();
  return (
    <Page title={t("title")} subtitle={t("lead")}>
      <ListTable<Alliance>
        path={PATH}
        caption={t("title")}
        defaultOrder="code"
        subjectType={SUBJECT}
        nameOf={(row) => nameIn(language, row)}
        addressOf={(row) => `/alliances/${row.id}`}
        empty={<Empty title={t("empty")} />}
        columns={[
          { key: "name", title: t("name"), main: true, render: (row) => nameIn(language, row) },
          { key: "code", title: t("code"), order: "code", render: (row) => <code>{row.code}</code> },
          {
            key: "association",
            title: t("association"),
            render: (row) => organisationName(row.association, "–"),
          },
          { key: "zone", title: t("zone"), render: (row) => row.zone },
          {
            key: "created",
            title: t("created"),
            order: "created",
            render: (row) => <Instant at={row.created_at} />,
          },
        ]}
      />
    </Page>
  );
}
