import type { LegalEvent, LegalStatus as Status } from "@/shared/api";
import { CalendarDay } from "@/shared/format";
import { formatDay } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { useCloseNames } from "@/shared/royalties";
import { Empty, Notice, Panel, type Standing, StateMark } from "@/shared/ui";
import { useLegalStatus } from "./queries.ts";
import styles from "./record.module.css";
import { texts } from "./texts.ts";

const STANDING: Partial<Record<Status["state"], Standing>> = { in_force: "fine", pending: "attention" };

/** How a patent stands, since when and why; when it was in force; and all that offices announced of it. */
export function LegalStatus({ patent }: { patent: string }) {
  const t = useTexts(texts);
  const status = useLegalStatus(patent);
  return (
    <div className={styles.stack}>
      <Panel title={t("status")}>
        <p className={styles.head}>
          <StateMark standing={STANDING[status.state] ?? "closed"}>{t(`state.${status.state}`)}</StateMark>
          {status.since && <span>{t("since", { day: formatDay(status.since) })}</span>}
        </p>
        <p>
          {status.why
            ? t("why.event", {
                office: status.why.office,
                code: status.why.code,
                day: formatDay(status.why.announced_on),
              })
            : t(`why.${status.decided_by}`)}
        </p>
        {!status.agrees && (
          <Notice kind="overdue">{t("disagrees", { recorded: t(`recorded.${status.recorded}`) })}</Notice>
        )}
      </Panel>
      <Panel title={t("intervals")}>
        {status.intervals.length === 0 ? (
          <p className={styles.from}>{t("intervals.none")}</p>
        ) : (
          <ul className={styles.plain} aria-label={t("intervals")}>
            {status.intervals.map((interval) => (
              <li key={interval.from_on}>
                <CalendarDay day={interval.from_on} /> –{" "}
                {interval.to_on ? <CalendarDay day={interval.to_on} /> : t("open")}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title={t("events")}>
        {status.events.length === 0 ? (
          <Empty title={t("events.none")}>{t("events.none.text")}</Empty>
        ) : (
          <ol className={styles.events} aria-label={t("events")}>
            {[...status.events].reverse().map((event) => (
              <EventLine
                key={event.id}
                event={event}
                decides={event.id === status.why?.id}
                needsLook={status.to_look_at.includes(event.id)}
              />
            ))}
          </ol>
        )}
      </Panel>
    </div>
  );
}

function EventLine({
  event,
  decides,
  needsLook,
}: {
  event: LegalEvent;
  decides: boolean;
  needsLook: boolean;
}) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const names = useCloseNames();
  const notes = [
    event.at_office && t("in.country", { country: names.country(event.at_office) }),
    event.effective_on && t("effective", { day: formatDay(event.effective_on) }),
    event.text,
    ...Object.entries(event.told).map(
      ([name, text]) => `${t.maybe(`told.${name}`, {}, name)}: ${spoken(text)}`,
    ),
  ].filter(Boolean);
  return (
    <li>
      <CalendarDay day={event.announced_on} />
      <span className={styles.event}>
        <strong>{t(`effect.${event.effect ?? "none"}`)}</strong>
        <code>
          {event.office} {event.code}
        </code>
        {decides && <StateMark standing="attention">{t("decided")}</StateMark>}
        {needsLook && <StateMark standing="overdue">{t("look")}</StateMark>}
      </span>
      {notes.length > 0 && <p className={styles.notes}>{notes.join(" · ")}</p>}
    </li>
  );
}
