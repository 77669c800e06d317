import { useRoles } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { Page, PageTabs } from "@/shared/ui";
import { Accounts } from "./Accounts.tsx";
import { Closings } from "./Closings.tsx";
import { Entries } from "./Entries.tsx";
import { TrialBalance } from "./TrialBalance.tsx";
import { texts } from "./texts.ts";

/** The books: accounts with their balances, and for finance entries, the trial balance and closed days. */
export function Books() {
  const t = useTexts(texts);
  const isFinance = useRoles().has("finance");
  if (!isFinance) {
    return (
      <Page title={t("own.title")} subtitle={t("own.lead")}>
        <Accounts />
      </Page>
    );
  }
  return (
    <Page title={t("title")} subtitle={t("lead")}>
      <PageTabs
        tabs={[
          { key: "accounts", label: t("tab.accounts"), children: <Accounts /> },
          { key: "entries", label: t("tab.entries"), children: <Entries /> },
          { key: "balance", label: t("tab.balance"), children: <TrialBalance /> },
          { key: "closings", label: t("tab.closings"), children: <Closings /> },
        ]}
      />
    </Page>
  );
}
