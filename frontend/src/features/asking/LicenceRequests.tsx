import type { LicenceRequest } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { useCloseNames } from "@/shared/royalties";
import { ListTable } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { REQUESTS, SUBJECT } from "./queries.ts";
import { RequestMark, STATES } from "./state.tsx";
import { texts } from "./texts.ts";

/** Who asks one's organisation for a bilateral licence; nobody else sees that anybody does. */
export function LicenceRequests() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const names = useCloseNames();
  return (
    <Page title={t("title")} subtitle={t("lead")}>
      <ListTable<LicenceRequest>
        path={REQUESTS}
        caption={t("title")}
        defaultOrder="-asked"
        subjectType={SUBJECT}
        nameOf={(row) => row.asker_organisation || t("erased")}
        addressOf={(row) => `/licence-requests/${row.id}`}
        empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: w("state"),
            choices: STATES.map((state) => ({ value: state, label: t(`state.${state}`) })),
          },
        ]}
        columns={[
          {
            key: "asker",
            title: t("asker"),
            main: true,
            render: (row) => row.asker_organisation || t("erased"),
          },
          { key: "state", title: w("state"), render: (row) => <RequestMark state={row.state} /> },
          {
            key: "country",
            title: t("country"),
            render: (row) => names.country(row.asker_country ?? "") || "–",
          },
          { key: "pool", title: t("pool"), render: (row) => spoken(row.pool_name) },
          {
            key: "patents",
            title: t("patents"),
            render: (row) =>
              row.is_whole ? t("patents.all") : t("patents.count", { count: row.patents.length }),
          },
          { key: "asked", title: t("asked"), order: "asked", render: (row) => <Instant at={row.asked_at} /> },
          {
            key: "answered",
            title: t("answered"),
            extra: true,
            render: (row) => <Instant at={row.answered_at} />,
          },
        ]}
      />
    </Page>
  );
}
