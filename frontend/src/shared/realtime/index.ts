import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { type Connection, Realtime } from "./client.ts";

export type { Connection, News } from "./client.ts";
export { Realtime } from "./client.ts";

export const realtime = new Realtime();

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
  /** Somebody changed it since it was read; nothing on the page has moved yet. */
  changed: boolean;
  /** The right to see it was withdrawn while the page was open. */
  withdrawn: boolean;
  /** Says that the page shows the present state again. */
  seen: () => void;
}

/** Listens to one thing as long as the page shows it. */
export function useLive(subjectType: string, id: string | undefined): Live {
  const [told, setTold] = useState({ changed: false, withdrawn: false });
  useEffect(() => {
    setTold({ changed: false, withdrawn: false });
    if (id === undefined) return undefined;
    return realtime.listen(topicOf(subjectType, id), {
      changed: () => setTold((before) => ({ ...before, changed: true })),
      withdrawn: () => setTold({ changed: false, withdrawn: true }),
    });
  }, [subjectType, id]);
  const seen = useCallback(() => setTold({ changed: false, withdrawn: false }), []);
  return { ...told, seen };
}

/** Calls back whenever one of several things changes, for what refreshes by itself (progress, notices). */
export function useTopic(topic: string | undefined, changed: () => void): void {
  useEffect(() => {
    if (topic === undefined) return undefined;
    return realtime.listen(topic, { changed, withdrawn: changed });
  }, [topic, changed]);
}

/** Listens to the rows of a list and keeps the ids of those that changed since they were read. */
export function useLiveRows(
  subjectType: string | undefined,
  ids: readonly string[],
): {
  changed: ReadonlySet<string>;
  seen: () => void;
} {
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  const joined = ids.join(" ");
  useEffect(() => {
    if (subjectType === undefined || joined === "") return undefined;
    const mark = (id: string) => setChanged((before) => new Set(before).add(id));
    const ends = joined
      .split(" ")
      .map((id) =>
        realtime.listen(topicOf(subjectType, id), { changed: () => mark(id), withdrawn: () => mark(id) }),
      );
    return () => {
      for (const end of ends) end();
    };
  }, [subjectType, joined]);
  const seen = useCallback(() => setChanged(new Set()), []);
  return { changed, seen };
}
