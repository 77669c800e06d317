import { useTexts } from "@/shared/i18n";
import { Page, PageTabs } from "@/shared/ui";
import { Conversions } from "./Conversions.tsx";
import { Positions } from "./Positions.tsx";
import { useIsFinance } from "./queries.ts";
import { Sheets } from "./Sheets.tsx";
import { texts } from "./texts.ts";

/** Paying members in another currency: rates, conversions at them, and what is still to be bought. */
export function Exchange() {
  const t = useTexts(texts);
  const isFinance = useIsFinance();
  if (!isFinance) {
    return (
      <Page title={t("title")} subtitle={t("lead.member")}>
        <Conversions isFinance={false} />
      </Page>
    );
  }
  return (
    <Page title={t("title")} subtitle={t("lead")}>
      <PageTabs
        tabs={[
          { key: "conversions", label: t("tab.conversions"), children: <Conversions isFinance /> },
          { key: "rates", label: t("tab.rates"), children: <Sheets /> },
          { key: "open", label: t("tab.open"), children: <Positions /> },
        ]}
      />
    </Page>
  );
}
