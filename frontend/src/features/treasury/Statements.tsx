import { Link } from "@tanstack/react-router";
import type { BankStatement } from "@/shared/api";
import { Amount, Figure, Instant } from "@/shared/format";
import { formatDay } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty } from "@/shared/ui";
import { STATEMENTS } from "./queries.ts";
import { texts } from "./texts.ts";

/** The files that were taken in, the latest first, with what each brought. */
export function Statements({ account }: { account?: string }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const balance = (minor: number | null | undefined, currency: string) =>
    minor == null ? "–" : <Amount minor={minor} currency={currency} />;
  return (
    <ListTable<BankStatement>
      inner
      path={STATEMENTS}
      fixed={account ? { bank_account: account } : {}}
      caption={t("tab.statements")}
      defaultOrder="-taken"
      nameOf={(row) => row.file_name}
      empty={<Empty title={t("statements.none")}>{t("statements.none.text")}</Empty>}
      columns={[
        { key: "file", title: t("file"), main: true, render: (row) => row.file_name },
        ...(account
          ? []
          : [
              {
                key: "account",
                title: t("account"),
                render: (row: BankStatement) => (
                  <Link to={`/bank-accounts/${row.bank_account_id}`}>{row.bank_account_name}</Link>
                ),
              },
            ]),
        {
          key: "days",
          title: t("days"),
          order: "day",
          render: (row) => `${formatDay(row.first_on)} – ${formatDay(row.last_on)}`,
        },
        {
          key: "opening",
          title: t("opening"),
          numeric: true,
          render: (row) => balance(row.opening_minor, row.currency),
        },
        {
          key: "closing",
          title: t("closing"),
          numeric: true,
          render: (row) => balance(row.closing_minor, row.currency),
        },
        {
          key: "new",
          title: t("lines_new"),
          numeric: true,
          render: (row) => <Figure value={row.lines_new} />,
        },
        {
          key: "known",
          title: t("lines_known"),
          numeric: true,
          render: (row) => <Figure value={row.lines_known} />,
        },
        { key: "taken", title: t("taken"), order: "taken", render: (row) => <Instant at={row.taken_at} /> },
        { key: "by", title: t("taken.by"), extra: true, render: (row) => spoken(row.taken_by_name) || "–" },
      ]}
    />
  );
}
