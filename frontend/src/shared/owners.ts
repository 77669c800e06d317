import type { Patent } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";

/** Whether an organisation is among the owners of a patent today. */
export function isOwner(patent: Pick<Patent, "owners">, organisation: string): boolean {
  const today = todayHere();
  return patent.owners.some(
    (owner) =>
      owner.owner_id === organisation &&
      (!owner.from_on || owner.from_on <= today) &&
      (!owner.to_on || owner.to_on > today),
  );
}
