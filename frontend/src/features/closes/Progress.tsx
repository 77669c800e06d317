import type { CloseRunDetail, Problem } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { JobProgress } from "@/shared/jobs";
import { texts } from "./texts.ts";
import { STAGES, stageOf } from "./timing.ts";

/** How far a calculation is. */
export function Progress({ run, onProblem }: { run: CloseRunDetail; onProblem: (problem: Problem) => void }) {
  const t = useTexts(texts);
  return (
    <JobProgress
      jobId={run.job_id}
      label={t("progress")}
      cancel={t("progress.cancel")}
      onProblem={onProblem}
      stageOf={(job) => {
        const stage = stageOf(job?.message);
        if (stage < 0) return { name: t("stage.waiting") };
        return {
          name: t(`stage.${stage}` as "stage.0"),
          part: (stage + 0.5) / STAGES.length,
          note: t("progress.stage", { number: stage + 1, of: STAGES.length }),
        };
      }}
    />
  );
}
