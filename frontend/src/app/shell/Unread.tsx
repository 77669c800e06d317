import { notifyManager, type Query, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useCallback, useRef, useState, useSyncExternalStore } from "react";
import { asProblem } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { Notice } from "@/shared/ui/Notice";
import { useWhatToDo } from "@/shared/ui/States";
import { isTold, whenTold } from "@/shared/ui/told";
import styles from "./shell.module.css";
import { texts } from "./texts.ts";

/** What the page stands on and could not be read, where no part of the page says so itself. */
export function Unread() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const failed = useUnread();
  const whatToDo = useWhatToDo(failed[0] ? asProblem(failed[0].state.error) : null);
  if (failed.length === 0) return null;
  const again = async () => {
    setBusy(true);
    await client.refetchQueries({ predicate: (query) => failed.includes(query) });
    setBusy(false);
  };
  return (
    <div className={styles.banner}>
      <Notice
        kind="attention"
        alert
        action={
          <Button size="small" loading={busy} onClick={() => void again()}>
            {w("retry")}
          </Button>
        }
      >
        <strong>{t("unread")}</strong> {whatToDo}
      </Notice>
    </div>
  );
}

/** The queries that the page uses, and that failed untold. What one may not see is not among them: that is an answer. */
function useUnread(): readonly Query[] {
  const cache = useQueryClient().getQueryCache();
  const known = useRef<readonly Query[]>([]);
  const subscribe = useCallback(
    (changed: () => void) => {
      const ends = [cache.subscribe(notifyManager.batchCalls(changed)), whenTold(changed)];
      return () => {
        for (const end of ends) end();
      };
    },
    [cache],
  );
  return useSyncExternalStore(subscribe, () => {
    const found = cache.getAll().filter(isUnread);
    const isSame =
      found.length === known.current.length && found.every((query, place) => query === known.current[place]);
    if (!isSame) known.current = found;
    return known.current;
  });
}

function isUnread(query: Query): boolean {
  const { status, error } = query.state;
  if (status !== "error" || !query.isActive() || query.meta?.told === true || isTold(error)) return false;
  const problem = asProblem(error);
  return problem.status !== 401 && !problem.isForbidden && !problem.isGone;
}
