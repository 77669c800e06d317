import type { Connection } from "@/shared/api";
import { useLanguage, useTexts } from "@/shared/i18n";
import { StateMark } from "@/shared/ui";
import { RUN_STANDINGS } from "./queries.ts";
import { texts } from "./texts.ts";

/** How a connection stands: that it fails is told before that it is on. */
export function ConnectionMark({ row }: { row: Connection }) {
  const t = useTexts(texts);
  if (row.state === "on" && row.failing_since)
    return <StateMark standing="overdue">{t("state.failing")}</StateMark>;
  const standing = row.state === "on" ? "fine" : row.state === "paused" ? "attention" : "closed";
  return <StateMark standing={standing}>{t.maybe(`state.${row.state}`)}</StateMark>;
}

/** How a run ended. */
export function RunMark({ state }: { state: string | undefined }) {
  const t = useTexts(texts);
  return (
    <StateMark standing={RUN_STANDINGS[state ?? ""] ?? "attention"}>{t.maybe(`run.${state}`)}</StateMark>
  );
}

/** Says a day of the week, of which Monday is the first. */
export function weekdayIn(language: string, day: number): string {
  const locale = language === "en" ? "en" : "zh-CN";
  // 2024 began on a Monday.
  return new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }).format(
    new Date(Date.UTC(2024, 0, day)),
  );
}

type Timed = Pick<Connection, "every" | "on_day" | "at_hour">;

/** Says in words when a connection is asked. */
export function useRhythm(): (row: Timed) => string {
  const t = useTexts(texts);
  const language = useLanguage();
  return ({ every = "week", on_day = 1, at_hour = 3 }) => {
    const hour = `${String(at_hour).padStart(2, "0")}:00`;
    const weekday = weekdayIn(language, on_day);
    return t(`rhythm.${every}`, { hour, weekday, day: on_day });
  };
}
