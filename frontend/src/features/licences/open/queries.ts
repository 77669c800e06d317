import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import {
  api,
  keys,
  type OpenDeclaration,
  type OpenLicence,
  take,
  takeVersion,
  useMe,
  useRoles,
} from "@/shared/api";
import type { Standing } from "@/shared/ui";

export const DECLARATIONS = "/api/v1/open-declarations";
export const DECLARATION_SUBJECT = "openlicences.opendeclaration";
export const TAKEN = "/api/v1/open-licences";
export const TAKEN_SUBJECT = "openlicences.openlicence";
export const PAYMENTS = "/api/v1/open-payments";

export type DeclarationState = NonNullable<OpenDeclaration["state"]>;
export type TakenState = NonNullable<OpenLicence["state"]>;

export const SCHEMES = ["lump_sum", "running", "entry_running"] as const;
export const DECLARATION_STANDINGS: Record<DeclarationState, Standing> = {
  draft: "closed",
  filed: "attention",
  announced: "fine",
  refused: "closed",
  withdrawn: "closed",
  cancelled: "closed",
};
export const TAKEN_STANDINGS: Record<TakenState, Standing> = {
  prepared: "closed",
  noticed: "attention",
  in_force: "fine",
  ended: "closed",
  lapsed: "closed",
  contested: "overdue",
  withdrawn: "closed",
  void: "overdue",
  cancelled: "closed",
};

export function useDeclaration(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(DECLARATIONS, id),
    queryFn: () =>
      takeVersion(
        api.GET("/api/v1/open-declarations/{declaration_id}", { params: { path: { declaration_id: id } } }),
      ),
  });
}

/** What stands against a declaration today, and what guidance and the rules of annuities say to it. */
export function useChecks(id: string, isAsked = true) {
  return useQuery({
    enabled: isAsked,
    queryKey: keys.part(DECLARATIONS, id, "checks"),
    queryFn: () =>
      take(
        api.GET("/api/v1/open-declarations/{declaration_id}/checks", {
          params: { path: { declaration_id: id } },
        }),
      ),
  });
}

export function useTaken(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(TAKEN, id),
    queryFn: () =>
      take(api.GET("/api/v1/open-licences/{licence_id}", { params: { path: { licence_id: id } } })),
  });
}

export function useRefreshOpen() {
  const client = useQueryClient();
  return async () => {
    for (const path of [DECLARATIONS, TAKEN]) {
      await client.invalidateQueries({ queryKey: keys.lists(path) });
      await client.invalidateQueries({ queryKey: [...keys.everything(), "object", path] });
    }
  };
}

const DRAFTERS = ["member_admin", "member_staff"];
const SIDES = [...DRAFTERS, "member_finance", "licensee", "prospect"];

/** What the seat's roles do with open licences: everybody reads what is announced. */
export function useOpenRoles(): { drafts: boolean; sides: boolean; own: string | undefined } {
  const roles = useRoles();
  const me = useMe();
  return {
    drafts: DRAFTERS.some((role) => roles.has(role)),
    sides: SIDES.some((role) => roles.has(role)),
    own: me.seats.find((seat) => seat.id === me.seat)?.organisation,
  };
}
