import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { keys, type Problem } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { JobProgress, useJob } from "@/shared/jobs";
import { FormProblem, Notice, Page, Skeleton } from "@/shared/ui";
import { COMPARISONS } from "./queries.ts";
import { texts } from "./texts.ts";

/** A comparison that is being made: how far it is, or why there is none. */
export function Making({ id }: { id: string }) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const [problem, setProblem] = useState<Problem | null>(null);
  const found = useJob(id, true);
  const state = found.data?.state;
  useEffect(() => {
    if (state === "succeeded") void client.invalidateQueries({ queryKey: keys.object(COMPARISONS, id) });
  }, [state, client, id]);
  // Neither a comparison nor work of one's own has that id.
  if (found.error) throw found.error;
  return (
    <Page title={t("making")} trail={[{ label: t("tab"), to: "/reports?tab=deductions" }]}>
      <FormProblem problem={problem} others={[]} />
      {state === "waiting" || state === "running" ? (
        <JobProgress
          jobId={id}
          label={t("making")}
          stageOf={() => ({ name: t("making.reading") })}
          cancel={t("making.cancel")}
          onProblem={setProblem}
        />
      ) : state === "failed" || state === "cancelled" ? (
        <Notice kind="overdue" action={<Link to="/reports?tab=deductions">{t("making.again")}</Link>}>
          {found.data?.error}
        </Notice>
      ) : (
        <Skeleton height={160} />
      )}
    </Page>
  );
}
