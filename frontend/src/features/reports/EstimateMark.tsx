import type { SalesReport } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { StateMark } from "@/shared/ui";
import { texts } from "./texts.ts";

/** That a report is an estimate, and whether it still counts. */
export function EstimateMark({
  report,
}: {
  report: Pick<SalesReport, "superseded_by_id" | "estimated_percent">;
}) {
  const t = useTexts(texts);
  const counts = !report.superseded_by_id;
  const said = report.estimated_percent
    ? t("estimate.by_terms", { percent: report.estimated_percent })
    : t("estimate.mark");
  return (
    <StateMark standing={counts ? "attention" : "closed"}>{counts ? said : t("estimate.replaced")}</StateMark>
  );
}
