import { useQuery } from "@tanstack/react-query";
import { keys, request } from "@/shared/api";
import type { PageOf } from "@/shared/table";

const SIZE = 200;
const PAGES_AT_MOST = 5;

/** Reads the rows one may see, up to a thousand of them: enough to choose from, not to work through. */
export function useEvery<Row>(
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
  enabled = true,
) {
  return useQuery({
    queryKey: [...keys.list(path, query), "every"],
    queryFn: async ({ signal }) => {
      const rows: Row[] = [];
      let after: string | undefined;
      for (let page = 0; page < PAGES_AT_MOST; page += 1) {
        const part = await request<PageOf<Row>>("GET", path, {
          query: { ...query, limit: SIZE, after },
          signal,
        });
        rows.push(...part.items);
        if (part.next === null) break;
        after = part.next;
      }
      return rows;
    },
    enabled,
    staleTime: 60_000,
  });
}
