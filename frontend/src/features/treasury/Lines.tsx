import { Link } from "@tanstack/react-router";
import type { StatementLine } from "@/shared/api";
import { Amount, CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { pageOf } from "@/shared/subjects";
import { ListTable } from "@/shared/table";
import { Empty, type Standing, StateMark } from "@/shared/ui";
import { LINE, LINES, STATES } from "./queries.ts";
import { texts } from "./texts.ts";

const STANDINGS: Record<string, Standing> = {
  open: "attention",
  assigned: "fine",
  set_aside: "closed",
  reversed: "closed",
};

export function LineMark({ state }: { state: string | undefined }) {
  const t = useTexts(texts);
  return <StateMark standing={STANDINGS[state ?? ""] ?? "attention"}>{t.maybe(`line.${state}`)}</StateMark>;
}

interface Props {
  /** Only those of which nobody has said what they are for. */
  queue?: boolean;
  account?: string;
}

/** What happened on bank accounts, the latest first. */
export function Lines({ queue = false, account }: Props) {
  const t = useTexts(texts);
  const w = useTexts(words);
  return (
    <ListTable<StatementLine>
      inner
      path={LINES}
      fixed={{ ...(queue ? { state: "open" } : {}), ...(account ? { bank_account: account } : {}) }}
      caption={queue ? t("tab.lines") : t("lines")}
      defaultOrder={queue ? "day" : "-day"}
      subjectType={LINE}
      nameOf={(row) => row.counterparty_name || row.text || row.booked_on}
      addressOf={(row) => `/statement-lines/${row.id}`}
      empty={
        queue ? (
          <Empty title={t("queue.none")}>{t("queue.none.text")}</Empty>
        ) : (
          <Empty title={t("lines.none")}>{t("lines.none.text")}</Empty>
        )
      }
      filters={[
        { name: "from", label: t("from"), kind: "day" },
        { name: "to", label: t("to"), kind: "day" },
        ...(queue
          ? []
          : [
              {
                name: "state",
                label: w("state"),
                choices: STATES.map((value) => ({ value, label: t(`line.${value}`) })),
              },
            ]),
      ]}
      columns={[
        {
          key: "who",
          title: t("counterparty"),
          main: true,
          render: (row) => row.counterparty_name || row.text || t("nobody"),
        },
        { key: "day", title: t("day"), order: "day", render: (row) => <CalendarDay day={row.booked_on} /> },
        {
          key: "amount",
          title: t("amount"),
          order: "amount",
          numeric: true,
          render: (row) => <Amount minor={row.amount_minor} currency={row.currency} signed />,
        },
        { key: "text", title: t("text"), render: (row) => row.text || "–" },
        ...(queue
          ? [{ key: "likely", title: t("likely"), render: (row: StatementLine) => <Likely row={row} /> }]
          : []),
        ...(account ? [] : [{ key: "account", title: t("account"), render: nameOfAccount }]),
        ...(queue
          ? []
          : [
              {
                key: "state",
                title: w("state"),
                render: (row: StatementLine) => <LineMark state={row.state} />,
              },
            ]),
        {
          key: "balance",
          title: t("balance"),
          numeric: true,
          extra: true,
          render: (row) =>
            row.balance_minor == null ? "–" : <Amount minor={row.balance_minor} currency={row.currency} />,
        },
        { key: "serial", title: t("serial"), extra: true, render: (row) => row.serial || "–" },
      ]}
    />
  );
}

/** What a line is most likely for, and why; where reasons are few, people look closer. */
function Likely({ row }: { row: StatementLine }) {
  const t = useTexts(texts);
  if (!row.likely) return "–";
  const to = pageOf(row.likely.subject_type, row.likely.subject_id);
  const why = row.likely.reasons.map((reason) => t.maybe(`by.${reason}`)).join(" · ");
  return (
    <>
      {to === null ? row.likely.title : <Link to={to}>{row.likely.title}</Link>} <small>{why}</small>
    </>
  );
}

const nameOfAccount = (row: StatementLine) => row.bank_account_name;
