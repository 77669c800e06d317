import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { api, type DirectLicence, keys, take, takeVersion, useMe, useRoles } from "@/shared/api";
import type { Standing } from "@/shared/ui";

export const DIRECT = "/api/v1/direct-licences";
export const DIRECT_SUBJECT = "direct.directlicence";

export type DirectState = NonNullable<DirectLicence["state"]>;
export type DirectKind = DirectLicence["kind"];

export const DIRECT_STANDINGS: Record<DirectState, Standing> = {
  draft: "closed",
  sent: "attention",
  signed: "attention",
  in_force: "fine",
  terminated: "closed",
  cancelled: "closed",
};
export const DIRECT_KINDS: readonly DirectKind[] = ["ordinary", "sole", "exclusive", "cross", "sub"];

export function useDirectLicence(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(DIRECT, id),
    queryFn: () =>
      takeVersion(api.GET("/api/v1/direct-licences/{licence_id}", { params: { path: { licence_id: id } } })),
  });
}

/** What stands against a licence that is being drafted, for those who draft it. */
export function useFindings(id: string, enabled: boolean) {
  return useQuery({
    queryKey: keys.part(DIRECT, id, "findings"),
    queryFn: () =>
      take(
        api.GET("/api/v1/direct-licences/{licence_id}/findings", { params: { path: { licence_id: id } } }),
      ),
    enabled,
  });
}

export function useRefreshDirect() {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: keys.lists(DIRECT) });
    await client.invalidateQueries({ queryKey: [...keys.everything(), "object", DIRECT] });
  };
}

const SIDES = ["secretariat", "finance", "member_admin", "member_staff", "member_finance", "licensee"];
const DRAFTERS = ["secretariat", "member_admin", "member_staff"];

/** Whether licences outside a programme are anything that the seat's roles see, and whether they draft any. */
export function useDirectRoles(): {
  reads: boolean;
  drafts: boolean;
  offices: boolean;
  own: string | undefined;
} {
  const roles = useRoles();
  const me = useMe();
  return {
    reads: SIDES.some((role) => roles.has(role)),
    drafts: DRAFTERS.some((role) => roles.has(role)),
    offices: roles.has("secretariat"),
    own: me.seats.find((seat) => seat.id === me.seat)?.organisation,
  };
}
