import { App, Button, Progress as Line } from "antd";
import { useEffect, useState } from "react";
import { api, asProblem, type Job, type Problem } from "@/shared/api";
import { formatNumber } from "@/shared/format";
import { type Language, type Translate, useLanguage, useTexts } from "@/shared/i18n";
import styles from "./jobs.module.css";
import { useJob } from "./queries.ts";
import { texts } from "./texts.ts";
import { secondsLeft } from "./timing.ts";

/** What is said of the work besides its counts. */
export interface Stage {
  name: string;
  /** How far it is where it does not count, from 0 to 1. */
  part?: number;
  note?: string | undefined;
}

interface JobProgressProps {
  jobId: string | null;
  label: string;
  stageOf: (job: Job | undefined) => Stage;
  cancel: string;
  onProblem: (problem: Problem) => void;
}

/** How far background work is. One may leave and come back: the address stays the same. */
export function JobProgress({ jobId, label, stageOf, cancel, onProblem }: JobProgressProps) {
  const t = useTexts(texts);
  const language = useLanguage();
  const { message } = App.useApp();
  const job = useJob(jobId, true).data;
  const now = useNow();
  const stage = stageOf(job);
  const { done = 0, total = 0 } = job ?? {};
  const percent = total > 0 ? (done / total) * 100 : (stage.part ?? 0) * 100;
  const left = job ? secondsLeft(job, now) : null;
  const gone = job?.started_at ? Math.max(0, Math.round((now - Date.parse(job.started_at)) / 1000)) : 0;
  const stop = async () => {
    try {
      await api.POST("/api/v1/jobs/{job_id}/cancellation", { params: { path: { job_id: jobId ?? "" } } });
      void message.info(t("cancelling"));
    } catch (error) {
      onProblem(asProblem(error));
    }
  };
  const named = job?.state === "running" ? stage.name : t("waiting");
  return (
    <section className={styles.progress} aria-label={label}>
      <div className={styles.head}>
        <h2 aria-live="polite">{named}</h2>
        {job?.allowed_steps.includes("cancel") && (
          <Button size="small" onClick={() => void stop()}>
            {cancel}
          </Button>
        )}
      </div>
      <Line
        percent={Math.round(percent)}
        showInfo={false}
        status="active"
        aria-label={stage.name}
        size="small"
      />
      <p className={styles.foot}>
        <span>{counted(t, language, done, total) ?? stage.note}</span>
        <span>
          {t("gone", { time: timeText(gone, language) })}
          {left !== null && ` · ${t("left", { time: timeText(left, language) })}`}
        </span>
      </p>
      <p className={styles.note}>
        {t("leave")} {job?.cancel_requested_at && t("cancelling")}
      </p>
    </section>
  );
}

function counted(
  t: Translate<"count" | "count.open">,
  language: Language,
  done: number,
  total: number,
): string | undefined {
  if (total > 0)
    return t("count", { done: formatNumber(done, language), total: formatNumber(total, language) });
  return done > 0 ? t("count.open", { done: formatNumber(done, language) }) : undefined;
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
