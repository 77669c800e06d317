import type { ApprovalSheetRow } from "@/shared/api";
import { Figure, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { CloseStateMark, royaltyTexts } from "@/shared/royalties";
import { ListTable } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { texts as approvalTexts } from "./approvals/texts.ts";
import { nameOf, Sum } from "./Closes.tsx";
import { SHEETS } from "./queries.ts";
import { texts } from "./texts.ts";

const STATES = ["calculated", "approved", "posted"] as const;

/** The closes that wait for a second person, for one who sees their approval sheets only. */
export function Approvals() {
  const t = useTexts(texts);
  const a = useTexts(approvalTexts);
  const r = useTexts(royaltyTexts);
  const w = useTexts(words);
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
        filters={[
          { name: "period", label: t("period") },
          {
            name: "status",
            label: w("state"),
            choices: STATES.map((state) => ({ value: state, label: r(`status.${state}`) })),
          },
        ]}
        columns={[
          { key: "close", title: t("close"), main: true, order: "period", render: nameOf },
          { key: "programme", title: t("programme"), render: (row) => spoken(row.programme_name) },
          { key: "state", title: w("state"), render: (row) => <CloseStateMark run={stateOf(row)} /> },
          {
            key: "distributed",
            title: t("distributed"),
            numeric: true,
            render: (row) => <Sum minor={row.distributed_minor} currency={row.currency} />,
          },
          {
            key: "lines",
            title: t("lines"),
            numeric: true,
            extra: true,
            render: (row) => <Figure value={row.line_count ?? 0} />,
          },
          {
            key: "calculated_by",
            title: t("calculated_by"),
            render: (row) => spoken(row.calculated_by?.name ?? "–"),
          },
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
