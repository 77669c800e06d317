import type { LedgerEntry } from "@/shared/api";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { usePurposeName } from "@/shared/purposes";
import { ListTable } from "@/shared/table";
import { Empty } from "@/shared/ui";
import { useEntityFilter, usePurposeFilter } from "./parts.tsx";
import { ENTRIES, ENTRY } from "./queries.ts";
import { texts } from "./texts.ts";

/** Everything that was booked, the latest first. */
export function Entries() {
  const t = useTexts(texts);
  const purposeName = usePurposeName();
  const spoken = useSpoken();
  const purpose = usePurposeFilter();
  const entities = useEntityFilter();
  return (
    <ListTable<LedgerEntry>
      inner
      path={ENTRIES}
      caption={t("tab.entries")}
      defaultOrder="-booked"
      subjectType={ENTRY}
      nameOf={(row) => t("entry.number", { number: row.number })}
      addressOf={(row) => `/ledger-entries/${row.id}`}
      empty={<Empty title={t("entries.none")}>{t("entries.none.text")}</Empty>}
      filters={[
        purpose,
        ...entities,
        { name: "from", label: t("from"), kind: "day" },
        { name: "to", label: t("to"), kind: "day" },
      ]}
      columns={[
        {
          key: "number",
          title: t("number"),
          order: "number",
          main: true,
          render: (row) => t("entry.number", { number: row.number }),
        },
        { key: "name", title: t("what"), render: (row) => t.maybe(`entry.${row.name}`, {}, row.name) },
        {
          key: "day",
          title: t("day"),
          order: "day",
          render: (row) => <CalendarDay day={row.effective_on} />,
        },
        {
          key: "moved",
          title: t("amount"),
          numeric: true,
          render: (row) =>
            row.moved.map((one) => (
              <div key={one.currency}>
                <Amount minor={one.amount_minor} currency={one.currency} />
              </div>
            )),
        },
        { key: "purpose", title: t("purpose"), render: (row) => purposeName(row.purpose) },
        { key: "memo", title: t("memo"), render: (row) => row.memo || "–" },
        {
          key: "booked",
          title: t("booked"),
          order: "booked",
          extra: true,
          render: (row) => <Instant at={row.booked_at} />,
        },
        {
          key: "by",
          title: t("booked.by"),
          extra: true,
          render: (row) => spoken(row.user_name) || t("by_itself"),
        },
      ]}
    />
  );
}
