import { App, Button, Progress as Line } from "antd";
import { useEffect, useState } from "react";
import { api, asProblem, type CloseRunDetail, type Problem } from "@/shared/api";
import { formatNumber } from "@/shared/format";
import { type Language, useLanguage, useTexts } from "@/shared/i18n";
import styles from "./closes.module.css";
import { useJob } from "./queries.ts";
import { texts } from "./texts.ts";
import { STAGES, secondsLeft, stageOf } from "./timing.ts";

/** How far a calculation is. One may leave and come back: the address stays the same. */
export function Progress({ run, onProblem }: { run: CloseRunDetail; onProblem: (problem: Problem) => void }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const { message } = App.useApp();
  const job = useJob(run.job_id, true).data;
  const now = useNow();
  const stage = stageOf(job?.message);
  const { done = 0, total = 0 } = job ?? {};
  const percent = total > 0 ? (done / total) * 100 : stage >= 0 ? ((stage + 0.5) / STAGES.length) * 100 : 0;
  const left = job ? secondsLeft(job, now) : null;
  const gone = job?.started_at ? Math.max(0, Math.round((now - Date.parse(job.started_at)) / 1000)) : 0;
  const cancel = async () => {
    try {
      await api.POST("/api/v1/jobs/{job_id}/cancellation", {
        params: { path: { job_id: run.job_id ?? "" } },
      });
      void message.info(t("progress.cancelling"));
    } catch (error) {
      onProblem(asProblem(error));
    }
  };
  const named = stage >= 0 ? t(`stage.${stage}` as "stage.0") : t("stage.waiting");
  return (
    <section className={styles.progress} aria-label={t("progress")}>
      <div className={styles.progressHead}>
        <h2 aria-live="polite">{job?.state === "running" ? named : t("stage.waiting")}</h2>
        {job?.allowed_steps.includes("cancel") && (
          <Button size="small" onClick={() => void cancel()}>
            {t("progress.cancel")}
          </Button>
        )}
      </div>
      <Line percent={Math.round(percent)} showInfo={false} status="active" aria-label={named} size="small" />
      <p className={styles.progressFoot}>
        <span>
          {total > 0
            ? t("progress.count", {
                done: formatNumber(done, language),
                total: formatNumber(total, language),
              })
            : stage >= 0 && t("progress.stage", { number: stage + 1, of: STAGES.length })}
        </span>
        <span>
          {t("progress.gone", { time: timeText(gone, language) })}
          {left !== null && ` · ${t("progress.left", { time: timeText(left, language) })}`}
        </span>
      </p>
      <p className={styles.progressNote}>
        {t("progress.leave")} {job?.cancel_requested_at && t("progress.cancelling")}
      </p>
    </section>
  );
}

function timeText(seconds: number, language: Language): string {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  const unit = (value: number, name: "minute" | "second") =>
    new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
  return minutes > 0 ? `${unit(minutes, "minute")} ${unit(rest, "second")}` : unit(rest, "second");
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
