import { useTexts } from "@/shared/i18n";
import { Page, PageTabs } from "@/shared/ui";
import { Accounts } from "./Accounts.tsx";
import { Lines } from "./Lines.tsx";
import { Payees } from "./Payees.tsx";
import { Payouts } from "./Payouts.tsx";
import { Statements } from "./Statements.tsx";
import { TakeAny } from "./TakeAny.tsx";
import { texts } from "./texts.ts";

/** Money at banks: lines of which nobody has said what they are for, accounts, and the statements that came. */
export function Treasury() {
  const t = useTexts(texts);
  return (
    <Page title={t("title")} subtitle={t("lead")} primary={<TakeAny />}>
      <PageTabs
        tabs={[
          { key: "lines", label: t("tab.lines"), children: <Lines queue /> },
          { key: "accounts", label: t("tab.accounts"), children: <Accounts /> },
          { key: "statements", label: t("tab.statements"), children: <Statements /> },
          { key: "payouts", label: t("tab.payouts"), children: <Payouts /> },
          { key: "payees", label: t("tab.payees"), children: <Payees /> },
        ]}
      />
    </Page>
  );
}
