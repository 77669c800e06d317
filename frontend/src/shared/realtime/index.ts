import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { TAB } from "@/shared/api";
import { type Connection, Realtime } from "./client.ts";

export type { Connection, News } from "./client.ts";
export { Realtime } from "./client.ts";

export const realtime = new Realtime(TAB);

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => realtime.watch(listener),
    () => realtime.state,
  );
}

/** The name of a thing's topic: `close.closerun:<id>`. */
export function topicOf(subjectType: string, id: string): string {
  return `${subjectType}:${id}`;
}

export interface Live {
  /** Somebody else changed it, or one in another tab, since it was read; nothing on the page has moved yet. */
  changed: boolean;
  /** The right to see it was withdrawn while the page was open. */
  withdrawn: boolean;
  /**
   * Reads again what the page shows. The mark goes once that has come; it stays where the reading failed, which the
   * page says, and where the thing changed once more meanwhile.
   */
  refresh: (read: () => Promise<unknown>) => Promise<void>;
  /** Says that what changed is what the page shows already. */
  seen: () => void;
}

async function succeeds(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch {
    // What could not be read stands as an error with the answer that it is about, and is told of from there.
    return false;
  }
}

/** Listens to one thing as long as the page shows it. */
export function useLive(subjectType: string, id: string | undefined): Live {
  const [told, setTold] = useState({ changed: false, withdrawn: false });
  const times = useRef(0);
  useEffect(() => {
    setTold({ changed: false, withdrawn: false });
    if (id === undefined) return undefined;
    return realtime.listen(topicOf(subjectType, id), {
      changed: (isOwn) => {
        if (isOwn) return;
        times.current += 1;
        setTold((before) => ({ ...before, changed: true }));
      },
      withdrawn: () => setTold({ changed: false, withdrawn: true }),
    });
  }, [subjectType, id]);
  const refresh = useCallback(async (read: () => Promise<unknown>) => {
    const before = times.current;
    if ((await succeeds(read)) && times.current === before) {
      setTold((now) => ({ ...now, changed: false }));
    }
  }, []);
  const seen = useCallback(() => setTold({ changed: false, withdrawn: false }), []);
  return { ...told, refresh, seen };
}

/** Calls back whenever one of several things changes, for what refreshes by itself (progress, notices). */
export function useTopic(topic: string | undefined, changed: () => void): void {
  useEffect(() => {
    if (topic === undefined) return undefined;
    return realtime.listen(topic, { changed: () => changed(), withdrawn: changed });
  }, [topic, changed]);
}

/** Listens to the rows of a list and keeps the ids of those that changed since they were read. */
export function useLiveRows(
  subjectType: string | undefined,
  ids: readonly string[],
): {
  changed: ReadonlySet<string>;
  refresh: Live["refresh"];
} {
  // How often each of them changed, so that what changes while it is read again keeps its mark.
  const [changed, setChanged] = useState<ReadonlyMap<string, number>>(new Map());
  const latest = useRef(changed);
  latest.current = changed;
  const joined = ids.join(" ");
  useEffect(() => {
    if (subjectType === undefined || joined === "") return undefined;
    const mark = (id: string) => setChanged((before) => new Map(before).set(id, (before.get(id) ?? 0) + 1));
    const ends = joined.split(" ").map((id) =>
      realtime.listen(topicOf(subjectType, id), {
        changed: (isOwn) => {
          if (!isOwn) mark(id);
        },
        withdrawn: () => mark(id),
      }),
    );
    return () => {
      for (const end of ends) end();
    };
  }, [subjectType, joined]);
  const refresh = useCallback(async (read: () => Promise<unknown>) => {
    const before = latest.current;
    if (await succeeds(read)) {
      setChanged((now) => new Map([...now].filter(([id, times]) => before.get(id) !== times)));
    }
  }, []);
  return { changed: useMemo(() => new Set(changed.keys()), [changed]), refresh };
}
