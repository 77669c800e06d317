import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useTexts } from "@/shared/i18n";
import { Page, PageTabs } from "@/shared/ui";
import { BankReceipts } from "./BankReceipts.tsx";
import { OnlinePayments } from "./OnlinePayments.tsx";
import { PaidAhead } from "./PaidAhead.tsx";
import { Reconciliation } from "./Reconciliation.tsx";
import { ServiceAccounts } from "./service/Accounts.tsx";
import { MatchingTerms } from "./Terms.tsx";
import { texts } from "./texts.ts";

/** Money that came in: what it was for, what was paid ahead, what came online, and whether all of it agrees. */
export function Receipts() {
  const t = useTexts(texts);
  return (
    <Page
      title={t("title")}
      subtitle={t("lead")}
      primary={
        <Link to="/treasury">
          <Button tabIndex={-1}>{t("queue")}</Button>
        </Link>
      }
    >
      <PageTabs
        tabs={[
          { key: "receipts", label: t("tab.receipts"), children: <BankReceipts /> },
          { key: "prepaid", label: t("tab.prepaid"), children: <PaidAhead /> },
          { key: "online", label: t("tab.online"), children: <OnlinePayments /> },
          { key: "service", label: t("tab.service"), children: <ServiceAccounts /> },
          { key: "terms", label: t("tab.terms"), children: <MatchingTerms /> },
          { key: "reconciliation", label: t("tab.reconciliation"), children: <Reconciliation /> },
        ]}
      />
    </Page>
  );
}
