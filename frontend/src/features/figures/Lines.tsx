import { Link } from "@tanstack/react-router";
import type { BilledLine } from "@/shared/api";
import { Amount, CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { pageOf } from "@/shared/subjects";
import { ListTable } from "@/shared/table";
import { Empty } from "@/shared/ui";
import { FIGURES, type Measure } from "./queries.ts";
import { texts } from "./texts.ts";

/** What a figure adds up, line by line, each with what was booked for it. */
export function Lines({ measure, span }: { measure: Measure; span: { from: string; to: string } }) {
  const t = useTexts(texts);
  return (
    <ListTable<BilledLine>
      inner
      path={`${FIGURES}/${measure}`}
      caption={t(`tab.${measure}`)}
      fixed={span}
      defaultOrder="-day"
      nameOf={(row) => row.name}
      addressOf={(row) => pageOf(row.subject_type, row.subject_id) ?? ""}
      empty={<Empty title={t("list.none")}>{t(`about.${measure}`)}</Empty>}
      columns={[
        { key: "name", title: t("name"), main: true, render: (row) => row.name },
        { key: "day", title: t("day"), order: "day", render: (row) => <CalendarDay day={row.on} /> },
        {
          key: "amount",
          title: t("amount"),
          numeric: true,
          render: (row) => <Amount minor={row.amount_minor} currency={row.currency} />,
        },
        {
          key: "entry",
          title: t("entry"),
          render: (row) =>
            row.entry_id ? <Link to={`/ledger-entries/${row.entry_id}`}>{t("entry.open")}</Link> : "–",
        },
      ]}
    />
  );
}
