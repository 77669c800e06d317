import type { CloseRunDetail } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { CheckOutlined, CloseOutlined, LoadingOutlined } from "@/shared/ui/icons";
import styles from "./closes.module.css";
import { isInHand } from "./queries.ts";
import { texts } from "./texts.ts";

type Place = "done" | "now" | "ahead" | "off";

interface Entry {
  key: "opened" | "calculated" | "approved" | "posted";
  at: string | null | undefined;
  by: string | null | undefined;
  place: Place;
}

function entriesOf(run: CloseRunDetail): Entry[] {
  const off = run.status === "cancelled";
  const dates = [
    { key: "opened" as const, at: run.opened_at, by: null },
    {
      key: "calculated" as const,
      at: run.status === "draft" ? null : run.calculated_at,
      by: run.calculated_by?.name,
    },
    { key: "approved" as const, at: run.approved_at, by: run.approved_by?.name },
    { key: "posted" as const, at: run.posted_at, by: run.posted_by?.name },
  ];
  const next = dates.findIndex((entry) => !entry.at);
  return dates.map((entry, index) => ({
    ...entry,
    place: entry.at ? "done" : off ? "off" : index === next ? "now" : "ahead",
  }));
}

/** The way of a close from opened to posted: who took which step when, and which is next. */
export function StepsLine({ run }: { run: CloseRunDetail }) {
  const t = useTexts(texts);
  const inHand = isInHand(run);
  const spoken = useSpoken();
  return (
    <ol className={styles.steps} aria-label={t("steps")}>
      {entriesOf(run).map(({ key, at, by, place }) => (
        <li key={key} data-place={place} aria-current={place === "now" ? "step" : undefined}>
          <span className={styles.dot} aria-hidden>
            {place === "done" ? (
              <CheckOutlined />
            ) : place === "off" ? (
              <CloseOutlined />
            ) : place === "now" && inHand ? (
              <LoadingOutlined />
            ) : null}
          </span>
          <span className={styles.stepText}>
            <span className={styles.stepName}>{t(`at.${key}`)}</span>
            <span className={styles.stepWho}>
              {at ? (
                <>
                  {by && <span>{spoken(by)}</span>} <Instant at={at} />
                </>
              ) : (
                t(`ahead.${place === "off" ? "off" : key}`)
              )}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
