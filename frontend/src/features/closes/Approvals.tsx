import type { ApprovalSheetRow } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { texts as approvalTexts } from "./approvals/texts.ts";
import { nameOf, useCloseColumns, useCloseFilters } from "./columns.tsx";
import { SHEETS } from "./queries.ts";
import { texts } from "./texts.ts";

const STATES = ["calculated", "approved", "posted"] as const;

/** The closes that wait for a second person, for one who sees their approval sheets only. */
export function Approvals() {
  const t = useTexts(texts);
  const a = useTexts(approvalTexts);
  const columns = useCloseColumns<ApprovalSheetRow>(stateOf);
  const filters = useCloseFilters(STATES);
  const spoken = useSpoken();
  return (
    <Page title={a("title")} subtitle={a("lead")}>
      <ListTable<ApprovalSheetRow>
        path={SHEETS}
        caption={a("title")}
        defaultOrder="-calculated"
        nameOf={nameOf}
        addressOf={(row) => `/approvals/${row.id}`}
        exportable={false}
        empty={<Empty title={a("empty")}>{a("empty.text")}</Empty>}
        filters={filters}
        columns={[
          columns.close,
          { key: "programme", title: t("programme"), render: (row) => spoken(row.programme_name) },
          columns.state,
          columns.distributed,
          columns.lines,
          columns.calculatedBy,
          {
            key: "calculated",
            title: a("calculated"),
            order: "calculated",
            render: (row) => <Instant at={row.calculated_at} />,
          },
        ]}
      />
    </Page>
  );
}

/** A close with a sheet has been calculated, and nothing of it is in hand. */
export function stateOf(row: Pick<ApprovalSheetRow, "status">) {
  return { status: row.status ?? "calculated", calculation: "done" };
}
