import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { asProblem, type Problem } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { JobProgress, useJob } from "@/shared/jobs";
import { FormProblem, Notice, Page, Skeleton } from "@/shared/ui";
import { texts } from "./texts.ts";

interface MakingProps {
  id: string;
  /** Looks once more whether the comparison is there; says whether it is. */
  onLook: () => Promise<boolean>;
}

/** A comparison that is being made: how far it is, or why there is none. */
export function Making({ id, onLook }: MakingProps) {
  const t = useTexts(texts);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isMissing, setMissing] = useState(false);
  const found = useJob(id, true);
  const state = found.data?.state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is looked for once, when the work is done
  useEffect(() => {
    if (state !== "succeeded") return;
    onLook().then(
      (isThere) => setMissing(!isThere),
      (error: unknown) => setProblem(asProblem(error)),
    );
  }, [state]);
  // Neither a comparison nor work of one's own has that id.
  if (found.error) throw found.error;
  const isOver = state === "failed" || state === "cancelled";
  const back = <Link to="/reports?tab=deductions">{t("making.again")}</Link>;
  return (
    <Page
      title={t(isMissing ? "making.none" : isOver ? "making.failed" : "making")}
      trail={[{ label: t("tab"), to: "/reports?tab=deductions" }]}
    >
      <FormProblem problem={problem} others={[]} />
      {state === "waiting" || state === "running" ? (
        <JobProgress
          jobId={id}
          label={t("making")}
          stageOf={() => ({ name: t("making.reading") })}
          cancel={t("making.cancel")}
          onProblem={setProblem}
        />
      ) : isOver ? (
        <Notice kind="overdue" action={back}>
          {found.data?.error}
        </Notice>
      ) : isMissing ? (
        // Work of another kind has that id, or what it made may not be seen any more.
        <Notice kind="attention" action={back}>
          {t("making.missing")}
        </Notice>
      ) : (
        problem === null && <Skeleton height={160} />
      )}
    </Page>
  );
}
