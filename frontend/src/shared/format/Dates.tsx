import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { type Standing, StateMark } from "@/shared/ui/StateMark";
import styles from "./format.module.css";
import { daysBetween, formatDay, formatInstant, relativeTime, todayHere } from "./plain.ts";

/** A calendar day, in ISO form. */
export function CalendarDay({ day }: { day: string | null | undefined }) {
  if (!day) return <span className={styles.nothing}>–</span>;
  return (
    <time className={styles.figure} dateTime={formatDay(day)}>
      {formatDay(day)}
    </time>
  );
}

/** From a first day in to a first day out; what is open stays open. */
export function Period({ from, to }: { from: string | null | undefined; to: string | null | undefined }) {
  return (
    <span className={styles.figure}>
      {from ? formatDay(from) : "…"} – {to ? formatDay(to) : "…"}
    </span>
  );
}

/** An instant on the reader's clock; how long ago stands beside it, never alone. */
export function Instant({ at, relative = false }: { at: string | null | undefined; relative?: boolean }) {
  const language = useLanguage();
  if (!at) return <span className={styles.nothing}>–</span>;
  return (
    <time className={styles.figure} dateTime={at} title={formatInstant(at, true)}>
      {formatInstant(at)}
      {relative && <span className={styles.beside}> · {relativeTime(at, language)}</span>}
    </time>
  );
}

/** A day something is due, with the days left; colour and icon tell how near it is. */
export function Deadline({ day, soon = 14 }: { day: string; soon?: number }) {
  const t = useTexts(words);
  const left = daysBetween(todayHere(), day);
  const standing: Standing = left < 0 ? "overdue" : left <= soon ? "attention" : "fine";
  const text =
    left === 0 ? t("today") : left < 0 ? t("days_over", { count: -left }) : t("days_left", { count: left });
  return (
    <span className={styles.deadline}>
      <CalendarDay day={day} />
      <StateMark standing={standing}>{text}</StateMark>
    </span>
  );
}
