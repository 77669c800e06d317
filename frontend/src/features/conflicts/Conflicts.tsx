import { useTexts } from "@/shared/i18n";
import { Page, PageTabs } from "@/shared/ui";
import { Affiliations } from "./Affiliations.tsx";
import { Ties } from "./Ties.tsx";
import { texts } from "./texts.ts";
import { Undertakings } from "./Undertakings.tsx";

/** Who is tied to whom, so that nobody decides in a matter of their own; and what covers it nevertheless. */
export function Conflicts() {
  const t = useTexts(texts);
  return (
    <Page title={t("title")} subtitle={t("lead")}>
      <PageTabs
        tabs={[
          { key: "ties", label: t("tab.ties"), children: <Ties /> },
          { key: "affiliations", label: t("tab.affiliations"), children: <Affiliations /> },
          { key: "undertakings", label: t("tab.undertakings"), children: <Undertakings /> },
        ]}
      />
    </Page>
  );
}
