import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { api, type Breach, keys, type Licence, type Termination, take, useRoles } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay, Deadline, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { PaperDownload, Papers } from "@/shared/papers";
import { Empty, Failure, Notice, Pairs, Panel, Skeleton, type Standing, StateMark } from "@/shared/ui";
import styles from "./breaches.module.css";
import { Drawers, type Opened } from "./Steps.tsx";
import { breachTexts } from "./texts.ts";

export const BREACHES = "/api/v1/breaches";
export const TERMINATIONS = "/api/v1/terminations";
const ENDED = ["terminated", "expired", "cancelled"];

const STANDINGS: Record<string, Standing> = {
  noticed: "attention",
  suspended: "overdue",
  cured: "fine",
  withdrawn: "closed",
  terminated: "closed",
  proposed: "attention",
  approved: "closed",
  refused: "closed",
};

export function useRefreshBreaches() {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: keys.lists(BREACHES) });
    await client.invalidateQueries({ queryKey: keys.lists(TERMINATIONS) });
    await client.invalidateQueries({ queryKey: [...keys.everything(), "object", "/api/v1/licences"] });
  };
}

/** What a licence does not keep, until when it may be put right, and how it ends before its time. */
export function Breaches({ licence }: { licence: Licence }) {
  const t = useTexts(breachTexts);
  const isOffice = useRoles().has("secretariat");
  const [opened, setOpened] = useState<Opened | null>(null);
  const breaches = useEvery<Breach>(BREACHES, { licence: licence.id });
  const ends = useEvery<Termination>(TERMINATIONS, { licence: licence.id });
  if (breaches.isError) return <Failure error={breaches.error} retry={() => void breaches.refetch()} />;
  if (breaches.data === undefined || ends.data === undefined) return <Skeleton height={160} />;
  const isOpen = breaches.data.some((one) => one.state === "noticed" || one.state === "suspended");
  const isOver = ENDED.includes(licence.state ?? "draft");
  const isProposed = ends.data.some((one) => one.state === "proposed" || one.state === "approved");
  return (
    <div className={styles.breaches}>
      {licence.terminated_on && <Ends licence={licence} />}
      {isOffice && !isOver && !isOpen && (
        <Found licence={licence} onNotice={() => setOpened({ step: "notice" })} />
      )}
      {breaches.data.length === 0 && ends.data.length === 0 && (!isOffice || isOver) && (
        <Empty title={t("none")}>{t("none.text")}</Empty>
      )}
      {breaches.data.map((breach) => (
        <One key={breach.id} breach={breach} onStep={(step) => setOpened({ step, breach })} />
      ))}
      {ends.data.map((end) => (
        <End key={end.id} end={end} onStep={(step) => setOpened({ step, end })} />
      ))}
      {isOffice && !isOver && !isOpen && !isProposed && (
        <p>
          <Button onClick={() => setOpened({ step: "agreed" })}>{t("end.agreed")}</Button>
        </p>
      )}
      <Drawers licence={licence} opened={opened} onClose={() => setOpened(null)} />
    </div>
  );
}

/** What stays due once a licence ends. */
function Ends({ licence }: { licence: Licence }) {
  const t = useTexts(breachTexts);
  const sellsOff = licence.ends_on !== licence.terminated_on;
  return (
    <Notice kind="attention">
      <p>
        {t("ends")} <CalendarDay day={licence.terminated_on} />
        {sellsOff && (
          <>
            {" · "}
            {t("ends.sells_off")} <CalendarDay day={licence.ends_on} />
          </>
        )}
      </p>
      <p>{t(sellsOff ? "ends.stays.sells_off" : "ends.stays")}</p>
    </Notice>
  );
}

function Found({ licence, onNotice }: { licence: Licence; onNotice: () => void }) {
  const t = useTexts(breachTexts);
  const found = useCourse(licence.id);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={80} />;
  const { grounds } = found.data;
  return (
    <Panel
      title={t("found")}
      note={grounds.length === 0 ? t("found.none") : t("found.note")}
      extra={
        grounds.length > 0 && (
          <Button type="primary" size="small" onClick={onNotice}>
            {t("step.notice")}
          </Button>
        )
      }
    >
      {grounds.length > 0 && (
        <ul className={styles.lines} aria-label={t("found")}>
          {grounds.map((ground) => (
            <li key={`${ground.kind} ${ground.key}`}>
              <StateMark standing="attention">{t(`kind.${ground.kind}`)}</StateMark>
              <span>{ground.what}</span>
              <span className={styles.soft}>
                {t("due_on")} <CalendarDay day={ground.due_on} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** What a licence lacks today by the rules, and the days its contract gives. */
export function useCourse(licence: string) {
  return useQuery({
    queryKey: keys.part("/api/v1/licences", licence, "breach-grounds"),
    queryFn: () =>
      take(
        api.GET("/api/v1/licences/{licence_id}/breach-grounds", {
          params: { path: { licence_id: licence } },
        }),
      ),
  });
}

function One({ breach, onStep }: { breach: Breach; onStep: (step: string) => void }) {
  const t = useTexts(breachTexts);
  const spoken = useSpoken();
  const isOpen = breach.state === "noticed" || breach.state === "suspended";
  return (
    <Panel
      title={t("breach", { number: breach.number })}
      extra={
        <StateMark standing={STANDINGS[breach.state ?? "noticed"] ?? "closed"}>
          {t.maybe(`state.${breach.state}`)}
        </StateMark>
      }
    >
      <Pairs
        pairs={[
          { label: t("kind"), value: t(`kind.${breach.kind}`) },
          { label: t("noticed"), value: <CalendarDay day={breach.noticed_on} /> },
          {
            label: t("cure_by"),
            value: isOpen ? (
              <Deadline day={breach.cure_by} soon={14} />
            ) : (
              <CalendarDay day={breach.cure_by} />
            ),
          },
          ...(breach.suspended_on
            ? [{ label: t("suspended_on"), value: <CalendarDay day={breach.suspended_on} /> }]
            : []),
          ...(breach.closed_on
            ? [
                {
                  label: t("closed_on"),
                  value: (
                    <>
                      <CalendarDay day={breach.closed_on} />
                      {" · "}
                      {breach.closed_by_name ? spoken(breach.closed_by_name) : t("closed.by_records")}
                    </>
                  ),
                },
              ]
            : []),
          ...(breach.close_note ? [{ label: t("note"), value: breach.close_note }] : []),
          { label: t("run_off"), value: t("days", { count: breach.run_off_days ?? 0 }) },
          { label: t("rule"), value: spoken(breach.rule) },
          ...(breach.text ? [{ label: t("text"), value: breach.text }] : []),
          {
            label: t("letter"),
            value: <Letters zh={breach.letter_zh_id} en={breach.letter_en_id} name={breach.licence_code} />,
          },
        ]}
      />
      <ul className={styles.lines} aria-label={t("grounds")}>
        {breach.grounds.map((ground) => (
          <li key={ground.key}>
            <StateMark standing={isOpen && breach.lacking.includes(ground.what) ? "overdue" : "closed"}>
              {t(isOpen && breach.lacking.includes(ground.what) ? "ground.lacking" : "ground.noticed")}
            </StateMark>
            <span>{ground.what}</span>
            <span className={styles.soft}>
              {t("due_on")} <CalendarDay day={ground.due_on} />
            </span>
          </li>
        ))}
      </ul>
      {breach.allowed_steps.length > 0 && (
        <p className={styles.steps}>
          {breach.allowed_steps.map((step) => (
            <Button
              key={step}
              danger={step === "suspension" || step === "termination"}
              onClick={() => onStep(step)}
            >
              {t.maybe(`step.${step}`)}
            </Button>
          ))}
        </p>
      )}
    </Panel>
  );
}

function End({ end, onStep }: { end: Termination; onStep: (step: string) => void }) {
  const t = useTexts(breachTexts);
  const spoken = useSpoken();
  const isAgreed = end.ground === "agreed";
  return (
    <Panel
      title={t("end")}
      note={t(`ground.${end.ground}`)}
      extra={
        <StateMark standing={STANDINGS[end.state ?? "proposed"] ?? "closed"}>
          {t.maybe(`end.state.${end.state}`)}
        </StateMark>
      }
    >
      <Pairs
        pairs={[
          { label: t("last_day"), value: <CalendarDay day={end.last_day} /> },
          {
            label: t("run_off_until"),
            value: end.run_off_until ? <CalendarDay day={end.run_off_until} /> : t("run_off.none"),
          },
          { label: t("reason"), value: end.reason },
          {
            label: t("proposed"),
            value: (
              <>
                {spoken(end.proposed_by_name)} · <Instant at={end.proposed_at} />
              </>
            ),
          },
          ...(end.decided_by_name
            ? [
                {
                  label: t("decided"),
                  value: (
                    <>
                      {spoken(end.decided_by_name)} · <Instant at={end.decided_at} />
                    </>
                  ),
                },
              ]
            : []),
          ...(end.letter_zh_id
            ? [
                {
                  label: t("letter"),
                  value: <Letters zh={end.letter_zh_id} en={end.letter_en_id} name={end.licence_code} />,
                },
              ]
            : []),
        ]}
      />
      {isAgreed && end.state === "proposed" && (
        <div className={styles.paper}>
          <Notice>{t("end.agreed.paper")}</Notice>
          <Papers subjectType="breaches.termination" subjectId={end.id} mayAttach />
        </div>
      )}
      {end.allowed_steps.length > 0 && (
        <p className={styles.steps}>
          {end.allowed_steps.includes("decision") && (
            <>
              <Button danger onClick={() => onStep("approve")}>
                {t("step.approve")}
              </Button>
              <Button onClick={() => onStep("refuse")}>{t("step.refuse")}</Button>
            </>
          )}
          {end.allowed_steps.includes("withdrawal") && (
            <Button onClick={() => onStep("take back")}>{t("step.take back")}</Button>
          )}
        </p>
      )}
    </Panel>
  );
}

function Letters({ zh, en, name }: { zh?: string | null; en?: string | null; name: string }) {
  const t = useTexts(breachTexts);
  return (
    <span className={styles.steps}>
      {zh && <PaperDownload id={zh} name={`${name}-zh.pdf`} label={t("in.zh")} />}
      {en && <PaperDownload id={en} name={`${name}-en.pdf`} label={t("in.en")} />}
    </span>
  );
}
