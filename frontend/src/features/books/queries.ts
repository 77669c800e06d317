import { useQueryClient } from "@tanstack/react-query";
import { keys, type OperatingEntity, useMe } from "@/shared/api";
import { useEvery } from "@/shared/choosing";

export const ACCOUNTS = "/api/v1/ledger-accounts";
export const ENTRIES = "/api/v1/ledger-entries";
export const REOPENINGS = "/api/v1/book-reopenings";
export const ENTITIES = "/api/v1/operating-entities";

export const ACCOUNT = "ledger.account";
export const ENTRY = "ledger.entry";
export const REOPENING = "ledger.bookreopening";

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}

/** The operating entities whose books the acting seat keeps. */
export function useKept(): OperatingEntity[] {
  const me = useMe();
  const kept = new Set(
    me.roles.filter(({ role }) => role === "finance").map((held) => held.operating_entity),
  );
  return (useEvery<OperatingEntity>(ENTITIES).data ?? []).filter((entity) => kept.has(entity.id));
}
