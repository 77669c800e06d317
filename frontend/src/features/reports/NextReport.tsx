import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { SalesReport, SalesReportDetail } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { periodOf } from "./queries.ts";
import { texts } from "./texts.ts";

/** The way to the report that takes its place: what the office estimated needs no reason to be replaced. */
export function NextReport({
  report,
  button = false,
}: {
  report: SalesReport | SalesReportDetail;
  button?: boolean;
}) {
  const t = useTexts(texts);
  const isOfOffice = report.kind === "estimate";
  const label = t(isOfOffice ? "actual" : "correct");
  const months = { licence: report.licence_id, period: periodOf(report.first_month, report.last_month) };
  return (
    <Link to="/reports/new" search={(isOfOffice ? months : { ...months, supersedes: report.id }) as never}>
      {button ? (
        <Button type="primary" tabIndex={-1}>
          {label}
        </Button>
      ) : (
        label
      )}
    </Link>
  );
}
