import { useEffect } from "react";

/** Errors that some part of the page speaks of itself, and by how many parts. */
const told = new Map<unknown, number>();
const listeners = new Set<() => void>();

function count(error: unknown, by: number): void {
  const times = (told.get(error) ?? 0) + by;
  if (times > 0) told.set(error, times);
  else told.delete(error);
  for (const listener of listeners) listener();
}

/** Says that this part of the page speaks of an error as long as it stands, so that nothing else has to. */
export function useTold(error: unknown): void {
  useEffect(() => {
    if (!error) return undefined;
    count(error, 1);
    return () => count(error, -1);
  }, [error]);
}

export function isTold(error: unknown): boolean {
  return told.has(error);
}

/** Calls back whenever another error is spoken of, or one no more. */
export function whenTold(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
