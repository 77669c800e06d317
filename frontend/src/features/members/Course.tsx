import type { MembershipStep } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { PaperDownload } from "@/shared/papers";
import { MembershipMark } from "@/shared/standing";
import { Empty, Failure, Skeleton } from "@/shared/ui";
import styles from "./members.module.css";
import { useSteps } from "./queries.ts";
import { texts } from "./texts.ts";

/** How a membership came to stand as it does: each step with its day, its reason and its paper, the latest first. */
export function Course({ id }: { id: string }) {
  const t = useTexts(texts);
  const steps = useSteps(id);
  if (steps.isError) return <Failure error={steps.error} retry={() => void steps.refetch()} />;
  if (steps.data === undefined) return <Skeleton height={160} />;
  const rows = [...steps.data.items].reverse();
  if (rows.length === 0) return <Empty title={t("course.none")} />;
  return (
    <ol className={styles.course} aria-label={t("tab.course")}>
      {rows.map((step) => (
        <StepLine key={step.id} step={step} />
      ))}
    </ol>
  );
}

function StepLine({ step }: { step: MembershipStep }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const sharesDiffer = step.shares_from_on && step.shares_from_on !== step.effective_on;
  return (
    <li>
      <span className={styles.day}>
        {step.effective_on ? <CalendarDay day={step.effective_on} /> : t("from.beginning")}
      </span>
      <div className={styles.step}>
        <p className={styles.stepTitle}>
          <strong>{t.maybe(`kind.${step.kind}`)}</strong>
          <MembershipMark standing={step.state_after} />
        </p>
        {step.reason && <p>{step.reason}</p>}
        {sharesDiffer && (
          <p className={styles.note}>
            {t("shares.follow")} <CalendarDay day={step.shares_from_on} />
          </p>
        )}
        <p className={styles.note}>
          {step.taken_over ? t("taken.over") : spoken(step.user_name ?? "")}
          {step.organisation_name && ` · ${organisationName(null, step.organisation_name)}`}
          {step.at && (
            <>
              {" "}
              · {t("recorded")} <Instant at={step.at} />
            </>
          )}
        </p>
        {step.document_id && <PaperDownload id={step.document_id} label={t("paper")} />}
      </div>
    </li>
  );
}
