import { Link } from "@tanstack/react-router";
import type { CloseRunDetail } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { Pairs, Panel } from "@/shared/ui";
import { texts } from "./texts.ts";

/** What a close stands on, so that anybody can work it out again. */
export function Record({ run }: { run: CloseRunDetail }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  return (
    <Panel title={t("tab.record")} note={t("record.note")}>
      <Pairs
        pairs={[
          {
            label: t("programme"),
            value: <Link to={`/programmes/${run.programme_id}`}>{run.programme_code}</Link>,
          },
          { label: t("period"), value: `${run.first_month} – ${run.last_month}` },
          { label: t("terms"), value: t("terms.number", { number: run.terms_number }) },
          {
            label: t("corrects"),
            value: run.corrects_id ? (
              <Link to={`/closes/${run.corrects_id}`}>{t("corrects.link")}</Link>
            ) : (
              "–"
            ),
          },
          { label: t("asked_by"), value: spoken(run.asked_by?.name ?? "–") },
          { label: t("at.calculated"), value: <Instant at={run.calculated_at ?? null} /> },
          { label: t("engine"), value: <code>{run.engine_version || "–"}</code> },
          { label: t("sheet.hash"), value: <code>{run.results_sha256 || "–"}</code> },
        ]}
      />
    </Panel>
  );
}
