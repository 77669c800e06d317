import type { DistributionStatement } from "@/shared/api";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ListTable } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { nameOf } from "./Distributions.tsx";
import { RunMark, usePayeeName } from "./marks.tsx";
import { ITEM, STATEMENTS } from "./queries.ts";
import { texts } from "./texts/index.ts";

/** What payees got by distributions: a member sees its own, finance and the office those of all. */
export function DistributionStatements() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const payeeName = usePayeeName();
  return (
    <Page title={t("statements")} subtitle={t("statements.lead")}>
      <ListTable<DistributionStatement>
        path={STATEMENTS}
        caption={t("statements")}
        defaultOrder="-made"
        subjectType={ITEM}
        nameOf={nameOf}
        addressOf={(row) => `/distribution-statements/${row.id}`}
        empty={<Empty title={t("statements.empty")}>{t("statements.empty.text")}</Empty>}
        columns={[
          { key: "statement", title: t("distribution"), main: true, order: "made", render: nameOf },
          { key: "payee", title: t("payee"), render: payeeName },
          {
            key: "amount",
            title: t("amount"),
            numeric: true,
            render: (row) => <Amount minor={row.amount_minor} currency={row.currency} />,
          },
          {
            key: "closing",
            title: t("closing"),
            numeric: true,
            render: (row) => <Amount minor={row.closing_minor} currency={row.currency} />,
          },
          { key: "through", title: t("through"), render: (row) => <CalendarDay day={row.through_on} /> },
          {
            key: "state",
            title: w("state"),
            extra: true,
            render: (row) => <RunMark run={{ status: row.status as "released", calculation: "done" }} />,
          },
          { key: "released", title: t("at.released"), render: (row) => <Instant at={row.released_at} /> },
        ]}
      />
    </Page>
  );
}
