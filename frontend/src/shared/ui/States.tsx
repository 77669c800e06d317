import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { ReactNode } from "react";
import { asProblem, type Problem } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { BrokenMark, EmptyMark, LockMark, LostMark, OfflineMark } from "./Marks.tsx";
import { Notice } from "./Notice.tsx";
import { texts } from "./texts.ts";
import { useTold } from "./told.ts";
import styles from "./ui.module.css";

interface BlankProps {
  mark: ReactNode;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  alert?: boolean;
  /** 1 where it is all there is on the page. */
  level?: 1 | 2;
}

/** A page or panel that says why it shows nothing, and what can be done. */
export function Blank({ mark, title, children, actions, alert = false, level = 2 }: BlankProps) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div className={styles.blank} role={alert ? "alert" : undefined}>
      {mark}
      <Heading>{title}</Heading>
      {children}
      {actions && <div className={styles.blankActions}>{actions}</div>}
    </div>
  );
}

export function Empty({
  title,
  children,
  action,
}: {
  title?: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  const t = useTexts(texts);
  return (
    <Blank mark={<EmptyMark />} title={title ?? t("empty")} actions={action}>
      {children && <p>{children}</p>}
    </Blank>
  );
}

function HomeButton() {
  const t = useTexts(texts);
  return (
    <Link to="/">
      <Button tabIndex={-1}>{t("gone.home")}</Button>
    </Link>
  );
}

export function Gone({ level = 2 }: { level?: 1 | 2 }) {
  const t = useTexts(texts);
  return (
    <Blank level={level} mark={<LostMark />} title={t("gone.title")} actions={<HomeButton />}>
      <p>{t("gone.text")}</p>
    </Blank>
  );
}

export function Withdrawn() {
  const t = useTexts(texts);
  return (
    <Blank level={1} mark={<LockMark />} title={t("withdrawn.title")} actions={<HomeButton />} alert>
      <p>{t("withdrawn.text")}</p>
    </Blank>
  );
}

interface FailureProps {
  error: unknown;
  retry?: () => void;
  level?: 1 | 2;
}

/** What went wrong, what is safe, what to do, and the reference under which it is logged. */
export function Failure({ error, retry, level = 2 }: FailureProps) {
  useTold(error);
  const t = useTexts(texts);
  const w = useTexts(words);
  const problem = asProblem(error);
  const whatToDo = useWhatToDo(problem);
  if (problem.isGone) return <Gone level={level} />;
  const again = retry && <Button onClick={retry}>{w("retry")}</Button>;
  if (problem.isForbidden) {
    return (
      <Blank level={level} mark={<LockMark />} title={t("forbidden.title")} actions={<HomeButton />} alert>
        <p>{whatToDo}</p>
      </Blank>
    );
  }
  return (
    <Blank
      level={level}
      mark={problem.isOffline ? <OfflineMark /> : <BrokenMark />}
      title={
        problem.status >= 400 && problem.status < 500 && problem.title ? problem.title : t("error.title")
      }
      actions={again}
      alert
    >
      <p>{whatToDo}</p>
      {problem.reference && problem.status >= 500 && (
        <p className={styles.reference}>{t("error.reference", { reference: problem.reference })}</p>
      )}
    </Blank>
  );
}

/** The same in a line, beside what could be read. */
export function FailureLine({ error, retry, what }: FailureProps & { what?: string }) {
  useTold(error);
  const w = useTexts(words);
  const whatToDo = useWhatToDo(asProblem(error));
  return (
    <Notice
      kind="attention"
      alert
      action={
        retry && (
          <Button size="small" onClick={retry}>
            {w("retry")}
          </Button>
        )
      }
    >
      {what && <strong>{what}</strong>} {whatToDo}
    </Notice>
  );
}

/** Says in a sentence what a problem means for the reader. */
export function useWhatToDo(problem: Problem | null): string {
  const t = useTexts(texts);
  if (problem === null) return "";
  if (problem.isOffline) return t("error.network");
  if (problem.isStale) return t("error.stale");
  if (problem.status === 429) return t("error.busy", { seconds: problem.retryAfter ?? 30 });
  if (problem.status >= 500) return t("error.server");
  if (problem.code === "client") return t("error.client");
  if (problem.isForbidden) return problem.detail || t("forbidden.text");
  return problem.detail || problem.title || t("error.server");
}

/** A line of a layout that is on its way; the layout stays when it comes. */
export function Skeleton({ width = "100%", height = 14 }: { width?: number | string; height?: number }) {
  return <span className={styles.skeleton} style={{ width, height }} aria-hidden />;
}

export function PageLoading() {
  const t = useTexts(texts);
  return (
    <div className={styles.page} aria-busy="true">
      <span className="visually-hidden" role="status">
        {t("loading")}
      </span>
      <div className={styles.head}>
        <div className={styles.headText}>
          <Skeleton width={220} height={24} />
        </div>
      </div>
      <div className={styles.facts}>
        {[0, 1, 2, 3].map((place) => (
          <div className={styles.fact} key={place}>
            <Skeleton width={64} height={12} />
            <div style={{ height: 10 }} />
            <Skeleton width={112} height={16} />
          </div>
        ))}
      </div>
      <Skeleton height={200} />
    </div>
  );
}
