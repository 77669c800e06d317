import type { MissingReport } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { listed, useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { Reminding } from "@/shared/reminding";
import { Empty, Failure, Skeleton } from "@/shared/ui";
import { texts } from "./texts.ts";

/** Which licensees have not reported all of the last quarter, without any figures, and reminding them. */
export function MissingReports({ programme }: { programme: string }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const path = `/api/v1/programmes/${programme}`;
  const found = useEvery<MissingReport>(`${path}/missing-reports`);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={120} />;
  if (found.data.length === 0) return <Empty title={t("missing.none")}>{t("missing.none.text")}</Empty>;
  return (
    <Reminding
      label={t("tab.missing")}
      rows={found.data.map((row) => ({
        id: row.licence_id,
        name: organisationName(row.licensee_id, row.licensee_name),
        code: row.code,
        lacks: t("missing.months", { months: listed(row.months) }),
        remindedAt: row.reminded_at,
        remindedBy: row.reminded_by_name,
      }))}
      path={`${path}/report-reminders`}
      ids="licence_ids"
      mayRemind
    />
  );
}
