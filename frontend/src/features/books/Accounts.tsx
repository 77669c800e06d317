import type { LedgerAccount } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { usePurposeName } from "@/shared/purposes";
import { ListTable } from "@/shared/table";
import { Empty, StateMark } from "@/shared/ui";
import { Balance, useAccountName, useEntityFilter, useHolderName, usePurposeFilter } from "./parts.tsx";
import { ACCOUNT, ACCOUNTS } from "./queries.ts";
import { texts } from "./texts.ts";

/** All accounts one sees, each with its balance, today or at the end of a day. */
export function Accounts() {
  const t = useTexts(texts);
  const purposeName = usePurposeName();
  const w = useTexts(words);
  const accountName = useAccountName();
  const holderName = useHolderName();
  const purpose = usePurposeFilter();
  const entities = useEntityFilter();
  return (
    <ListTable<LedgerAccount>
      inner
      path={ACCOUNTS}
      caption={t("tab.accounts")}
      defaultOrder="kind"
      subjectType={ACCOUNT}
      nameOf={accountName}
      addressOf={(row) => `/ledger-accounts/${row.id}`}
      empty={<Empty title={t("accounts.none")}>{t("accounts.none.text")}</Empty>}
      filters={[
        purpose,
        ...entities,
        { name: "on", label: t("on"), kind: "day" },
        { name: "currency", label: t("currency"), kind: "text" },
        {
          name: "state",
          label: w("state"),
          choices: (["open", "closed"] as const).map((value) => ({ value, label: t(`state.${value}`) })),
        },
      ]}
      columns={[
        { key: "kind", title: t("account"), order: "kind", main: true, render: accountName },
        { key: "holder", title: t("holder"), order: "holder", render: holderName },
        { key: "purpose", title: t("purpose"), render: (row) => purposeName(row.purpose) },
        {
          key: "balance",
          title: t("balance"),
          numeric: true,
          render: (row) => <Balance row={row} />,
        },
        {
          key: "class",
          title: t("class"),
          extra: true,
          render: (row) => t.maybe(`class.${row.account_class}`),
        },
        {
          key: "opened",
          title: t("opened"),
          order: "opened",
          extra: true,
          render: (row) => <Instant at={row.opened_at} />,
        },
        {
          key: "state",
          title: w("state"),
          render: (row) =>
            row.closed_at ? (
              <StateMark standing="closed">{t("state.closed")}</StateMark>
            ) : (
              <StateMark standing="fine">{t("state.open")}</StateMark>
            ),
        },
      ]}
    />
  );
}
