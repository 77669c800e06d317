import type { DistributionRun } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { CheckOutlined } from "@/shared/ui/icons";
import styles from "./distributions.module.css";
import { texts } from "./texts/index.ts";

/** The way of a distribution from opened to closed: who took which step when, and which is next. */
export function StepsLine({ run }: { run: DistributionRun }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const steps = [
    { key: "opened", at: run.opened_at, by: null },
    { key: "calculated", at: run.status === "draft" ? null : run.calculated_at, by: run.calculated_by },
    { key: "reviewed", at: run.reviewed_at, by: run.reviewed_by },
    { key: "approved", at: run.approved_at, by: run.approved_by },
    { key: "released", at: run.released_at, by: run.released_by },
    { key: "closed", at: run.closed_at, by: null },
  ] as const;
  const next = run.status === "cancelled" ? -1 : steps.findIndex((step) => !step.at);
  return (
    <ol className={styles.steps} aria-label={t("steps")}>
      {steps.map(({ key, at, by }, place) => (
        <li
          key={key}
          data-place={at ? "done" : place === next ? "now" : "ahead"}
          aria-current={place === next ? "step" : undefined}
        >
          <span className={styles.dot} aria-hidden>
            {at && <CheckOutlined />}
          </span>
          <span className={styles.step}>
            <span className={styles.name}>{t(`at.${key}`)}</span>
            <span className={styles.who}>
              {at ? (
                <>
                  {by && spoken(by.name ?? "")} <Instant at={at} />
                </>
              ) : (
                "–"
              )}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
