import { Link } from "@tanstack/react-router";
import type { BankReceipt } from "@/shared/api";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, StateMark } from "@/shared/ui";
import styles from "./payments.module.css";
import { RECEIPT, RECEIPTS } from "./queries.ts";
import { texts } from "./texts.ts";

/** What lines of statements were for, the latest first; what was taken back stays in the list. */
export function BankReceipts() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  return (
    <ListTable<BankReceipt>
      inner
      path={RECEIPTS}
      caption={t("tab.receipts")}
      defaultOrder="-at"
      subjectType={RECEIPT}
      nameOf={(row) => row.counterparty_name || row.booked_on}
      addressOf={(row) => `/statement-lines/${row.line_id}`}
      empty={<Empty title={t("receipts.none")}>{t("receipts.none.text")}</Empty>}
      columns={[
        {
          key: "who",
          title: t("payer"),
          main: true,
          render: (row) => row.counterparty_name || t("payer.unknown"),
        },
        { key: "day", title: t("day"), render: (row) => <CalendarDay day={row.booked_on} /> },
        {
          key: "amount",
          title: t("arrived"),
          numeric: true,
          render: (row) => <Amount minor={row.amount_minor} currency={row.currency} />,
        },
        {
          key: "for",
          title: t("for"),
          render: (row) => (
            <ul className={styles.plain}>
              {row.allocations.map((one) => (
                <li key={one.id}>
                  <Link to={`/invoices/${one.invoice_id}`}>{one.invoice_number}</Link>{" "}
                  {organisationName(null, one.licensee_name)} ·{" "}
                  <Amount minor={one.amount_minor} currency={row.currency} />
                  {one.charge_minor > 0 && (
                    <>
                      {" "}
                      · {t("charge")} <Amount minor={one.charge_minor} currency={row.currency} />
                    </>
                  )}
                </li>
              ))}
              {(row.prepaid_minor ?? 0) > 0 && (
                <li>
                  {t("paid_ahead")} {organisationName(row.licensee_id ?? null, row.licensee_name)} ·{" "}
                  <Amount minor={row.prepaid_minor ?? 0} currency={row.currency} />
                </li>
              )}
            </ul>
          ),
        },
        {
          key: "by",
          title: t("said_by"),
          render: (row) => (row.is_automatic ? t("by.itself") : spoken(row.user_name) || "–"),
        },
        {
          key: "state",
          title: w("state"),
          render: (row) =>
            row.taken_back_at ? (
              <StateMark standing="closed">{t("taken_back")}</StateMark>
            ) : (
              <StateMark standing="fine">{t("settled")}</StateMark>
            ),
        },
        {
          key: "at",
          title: t("said_at"),
          order: "at",
          extra: true,
          render: (row) => <Instant at={row.at} />,
        },
        { key: "account", title: t("account"), extra: true, render: (row) => row.bank_account_name },
      ]}
    />
  );
}
