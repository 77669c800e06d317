import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { api, keys, type Membership, type MembershipStep, request, takeVersion, useMe } from "@/shared/api";
import type { PageOf } from "@/shared/table";
import { USUAL_NOTICE } from "./state.ts";

export const PATH = "/api/v1/memberships";
export const SUBJECT = "memberships.membership";

/** One membership with the tag of the version that is shown. */
export function useMembership(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(PATH, id),
    queryFn: () =>
      takeVersion(
        api.GET("/api/v1/memberships/{membership_id}", { params: { path: { membership_id: id } } }),
      ),
  });
}

/** The dated history of a membership; whoever may not read its papers is not shown it. */
export function useSteps(id: string) {
  return useQuery({
    queryKey: keys.part(PATH, id, "steps"),
    queryFn: ({ signal }) =>
      request<PageOf<MembershipStep>>("GET", `${PATH}/${id}/steps`, { query: { limit: 200 }, signal }),
    retry: false,
    staleTime: 0,
  });
}

/** How many days ahead a member itself may leave, by the rules of its alliance; asked for only where it is wanted. */
export function useLongestNotice(alliance: string, wanted: boolean): number {
  const found = useQuery({
    queryKey: keys.part("/api/v1/alliances", alliance, "membership-rules"),
    queryFn: () =>
      takeVersion(
        api.GET("/api/v1/alliances/{alliance_id}/membership-rules", {
          params: { path: { alliance_id: alliance } },
        }),
      ),
    enabled: wanted,
    retry: false,
  });
  return found.data?.data.longest_notice_days ?? USUAL_NOTICE;
}

/** Returns a function that has everything about memberships read anew. */
export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}

/** The organisation that the acting seat belongs to. */
export function useOwnOrganisation(): { id: string; name: string } | undefined {
  const me = useMe();
  const seat = me.seats.find((one) => one.id === me.seat);
  return seat && { id: seat.organisation, name: seat.organisation_name };
}

/** Whether a membership is the acting seat's own organisation's. */
export function useIsOwn(membership: Pick<Membership, "organisation_id">): boolean {
  return useOwnOrganisation()?.id === membership.organisation_id;
}
