import { currentSeat } from "./seat.ts";

type Query = Record<string, string | number | undefined>;

/** Names every cached answer, so that what one seat was shown is never shown to another. */
export const keys = {
  everything: () => ["seat", currentSeat()] as const,
  me: () => [...keys.everything(), "me"] as const,
  session: () => ["session"] as const,
  lists: (path: string) => [...keys.everything(), "list", path] as const,
  list: (path: string, query: Query) => [...keys.lists(path), query] as const,
  object: (path: string, id: string) => [...keys.everything(), "object", path, id] as const,
  part: (path: string, id: string, part: string, query: Query = {}) =>
    [...keys.object(path, id), part, query] as const,
};
