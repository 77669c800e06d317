import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { type ReactNode, useState } from "react";
import { asProblem, keys, request, useIntention } from "@/shared/api";
import { Instant } from "@/shared/format";
import { listed, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import styles from "./reminding.module.css";
import { texts } from "./texts.ts";

/** Somebody who has not done yet what everybody was to do, and when they were last reminded of it. */
export interface Lacking {
  id: string;
  name: string;
  code: string;
  /** What is lacking, where it is not the same for all. */
  lacks?: ReactNode;
  remindedAt: string | null;
  remindedBy: string;
}

interface Reminded {
  reminders: readonly unknown[];
  unreached: readonly { code: string }[];
}

interface Props {
  /** What the list is of. */
  label: string;
  rows: readonly Lacking[];
  /** Where reminders are posted to, and by what name the request lists whom they go to. */
  path: string;
  ids: "membership_ids" | "licence_ids";
  mayRemind: boolean;
  /** What else can be done about one of them. */
  action?: (row: Lacking) => ReactNode;
}

/** Who has not done yet what was to be done, and reminding all of them or one. */
export function Reminding({ label, rows, path, ids, mayRemind, action }: Props) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const { remind, busy } = useRemind(path, ids);
  const fresh = rows.filter((row) => !isLate(row));
  const all = fresh.length > 0 ? fresh : rows;
  const words =
    fresh.length === 0
      ? t("remind.again")
      : t(fresh.length === rows.length ? "remind.all" : "remind.others", { count: fresh.length });
  return (
    <>
      {mayRemind && (
        <div className={styles.head}>
          <p>{t("lead")}</p>
          <Button type="primary" loading={busy} onClick={() => void remind(all)}>
            {words}
          </Button>
        </div>
      )}
      <ul className={styles.rows} aria-label={label}>
        {rows.map((row) => (
          <li key={row.id}>
            <span className={styles.text}>
              {row.name} <code>{row.code}</code>
              {row.lacks && <span className={styles.note}>{row.lacks}</span>}
              {mayRemind && (
                <span className={styles.note}>
                  {row.remindedAt === null ? (
                    t("never")
                  ) : (
                    <>
                      {t("reminded")} <Instant at={row.remindedAt} relative />
                      {row.remindedBy && ` · ${t("by", { name: spoken(row.remindedBy) })}`}
                    </>
                  )}
                </span>
              )}
            </span>
            <span className={styles.actions}>
              {mayRemind && (
                <Button
                  size="small"
                  disabled={busy}
                  aria-label={t("remind.of", { name: row.name })}
                  onClick={() => void remind([row])}
                >
                  {t("remind")}
                </Button>
              )}
              {action?.(row)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

const LATELY_MS = 24 * 60 * 60 * 1000;

function isLate(row: Lacking): boolean {
  return row.remindedAt !== null && Date.now() - Date.parse(row.remindedAt) < LATELY_MS;
}

/** Reminds at once who was not reminded lately; whoever was is told of first. */
function useRemind(path: string, ids: Props["ids"]) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const client = useQueryClient();
  const intention = useIntention();
  const { modal, message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const isMeant = (late: readonly Lacking[]) =>
    modal.confirm({
      title: t("again.title"),
      content: (
        <>
          <p>{t("again.text")}</p>
          <ul>
            {late.map((row) => (
              <li key={row.id}>
                {row.name} · <Instant at={row.remindedAt} relative />
                {row.remindedBy && ` · ${t("by", { name: spoken(row.remindedBy) })}`}
              </li>
            ))}
          </ul>
        </>
      ),
      okText: t("again.submit"),
    });
  const send = async (rows: readonly Lacking[], again: boolean) => {
    const body = { [ids]: rows.map((row) => row.id), again };
    const done = await request<Reminded>("POST", path, { key: intention.keyFor(body), body });
    intention.done();
    const unreached = new Set(done.unreached.map((one) => one.code));
    if (done.reminders.length > 0) void message.success(t("sent", { count: done.reminders.length }));
    if (unreached.size > 0) {
      const names = rows.filter((row) => unreached.has(row.code)).map((row) => row.name);
      void message.warning(t("unreached", { names: listed(names) }), 8);
    }
  };
  const remind = async (rows: readonly Lacking[]) => {
    const late = rows.filter(isLate);
    if (late.length > 0 && !(await isMeant(late))) return;
    setBusy(true);
    try {
      await send(rows, late.length > 0);
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === "reminded_lately") void message.warning(t("meanwhile"));
      else void message.error(problem.message);
    } finally {
      setBusy(false);
      await client.invalidateQueries({ queryKey: keys.everything() });
    }
  };
  return { remind, busy };
}
