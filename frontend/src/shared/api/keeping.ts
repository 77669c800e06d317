import { useQueryClient } from "@tanstack/react-query";
import { keys } from "./keys.ts";

interface Options {
  /** The lists behind are read when they are looked at next: one is on the way to another page. */
  later?: boolean;
}

/** Keeps what a step led to as what the page of a thing shows, and has the lists it stands in read again. */
export function useKept(path: string) {
  const client = useQueryClient();
  return (id: string, now: unknown, { later = false }: Options = {}) => {
    client.setQueryData(keys.object(path, id), now);
    void client.invalidateQueries({
      queryKey: keys.lists(path),
      ...(later ? { refetchType: "none" as const } : {}),
    });
  };
}
