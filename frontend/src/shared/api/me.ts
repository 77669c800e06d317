import { useSuspenseQuery } from "@tanstack/react-query";
import { api, take } from "./client.ts";
import { keys } from "./keys.ts";
import type { Me as MeDocument } from "./schema";

export type Me = MeDocument;

export const meQuery = () => ({
  queryKey: keys.me(),
  queryFn: () => take(api.GET("/api/v1/me")),
  staleTime: 60_000,
});

/** Who is signed in, in which seats; the shell has made sure that somebody is. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery()).data;
}

/** The roles the acting seat holds now. They decide what is offered; what is allowed, the server decides. */
export function useRoles(): ReadonlySet<string> {
  return new Set(useMe().roles.map((held) => held.role));
}
