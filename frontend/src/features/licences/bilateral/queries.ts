import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { api, type BilateralClaim, keys, take, useRoles } from "@/shared/api";
import type { Standing } from "@/shared/ui";

export const CLAIMS = "/api/v1/bilateral-claims";
export const CREDITED = "/api/v1/bilateral-licences";
export const CLAIM_SUBJECT = "bilaterals.bilateralclaim";

export type ClaimState = NonNullable<BilateralClaim["state"]>;

export const CLAIM_STANDINGS: Record<ClaimState, Standing> = {
  claimed: "attention",
  asked: "attention",
  confirmed: "fine",
  refused: "closed",
  withdrawn: "closed",
};

export function useClaim(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(CLAIMS, id),
    queryFn: () =>
      take(api.GET("/api/v1/bilateral-claims/{claim_id}", { params: { path: { claim_id: id } } })),
  });
}

export function useRefreshClaims() {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: keys.lists(CLAIMS) });
    await client.invalidateQueries({ queryKey: keys.lists(CREDITED) });
    await client.invalidateQueries({ queryKey: [...keys.everything(), "object", CLAIMS] });
  };
}

const SIDES = ["finance", "licensee", "member_admin", "member_finance"];

/** Whether the seat's roles see claims of bilateral licences, and whether they make any. */
export function useClaimRoles(): { reads: boolean; claims: boolean } {
  const roles = useRoles();
  return {
    reads: SIDES.some((role) => roles.has(role)),
    claims: roles.has("finance") || roles.has("licensee"),
  };
}
