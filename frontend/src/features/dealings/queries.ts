import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { api, keys, type ListVersion, type Tariff, take } from "@/shared/api";
import { useEvery } from "@/shared/choosing";

export const DEALINGS = "/api/v1/dealings";
export const TEMPLATES = "/api/v1/contract-templates";
export const SUBJECT = "dealings.dealing";

/** A whole dealing, as either side reads it. */
export function useDealing(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(DEALINGS, id),
    queryFn: () => take(api.GET("/api/v1/dealings/{dealing_id}", { params: { path: { dealing_id: id } } })),
  });
}

/** The published lists of a pool and the published tariffs of a programme, the latest first. */
export function useOffered(pool: string, programme: string) {
  const lists = useEvery<ListVersion>("/api/v1/list-versions", { pool }).data;
  const tariffs = useEvery<Tariff>("/api/v1/tariffs", { programme }).data;
  return {
    lists: lists && [...lists].sort((one, other) => other.number - one.number),
    tariffs: tariffs?.filter((one) => one.published_at).sort((one, other) => other.number - one.number),
  };
}

/** The options among which a tariff lets a licensee choose. */
export function optionsOf(tariff: Tariff | undefined): string[] {
  const named = (tariff?.rates ?? []).flatMap((rate) => rate.option ?? []);
  return [...new Set(named.filter((one): one is string => typeof one === "string"))].sort();
}

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}
