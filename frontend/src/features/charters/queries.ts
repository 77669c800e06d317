import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import {
  api,
  type Charter,
  type CharterVersionLine,
  keys,
  type Membership,
  request,
  type SeatAuthority,
  take,
  takeVersion,
  useMe,
  useRoles,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { todayHere } from "@/shared/format/plain";
import type { Language } from "@/shared/i18n";
import type { PageOf } from "@/shared/table";
import type { Standing } from "@/shared/ui";

export const CHARTERS = "/api/v1/charters";
export const VERSIONS = "/api/v1/charter-versions";
export const SIGNATURES = "/api/v1/charter-signatures";
export const CHARTER = "charter.charter";
export const VERSION = "charter.charterversion";
export const MEMBERSHIP = "memberships.membership";

export const KINDS = ["charter", "convention", "agreement"] as const;

export const STANDINGS: Record<string, Standing> = {
  draft: "attention",
  published: "fine",
  discarded: "closed",
};

export function titleOf(language: Language, charter: Pick<Charter, "title_zh" | "title_en">): string {
  const [first, second] =
    language === "en" ? [charter.title_en, charter.title_zh] : [charter.title_zh, charter.title_en];
  return first || second || "–";
}

export function useCharter(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(CHARTERS, id),
    queryFn: () => take(api.GET("/api/v1/charters/{charter_id}", { params: { path: { charter_id: id } } })),
  });
}

/** One version with its text, and the tag of what is shown. */
export function useVersion(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(VERSIONS, id),
    queryFn: () =>
      takeVersion(api.GET("/api/v1/charter-versions/{version_id}", { params: { path: { version_id: id } } })),
  });
}

export function useVersions(charter: string) {
  return useEvery<CharterVersionLine>(VERSIONS, { charter });
}

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}

/** How many rows a list has, without reading them. */
export function useCount(path: string, query: Readonly<Record<string, string>>): number | undefined {
  const asked = { ...query, limit: 1, count: "bounded" };
  return useQuery({
    queryKey: keys.list(path, asked),
    queryFn: ({ signal }) => request<PageOf<unknown>>("GET", path, { query: asked, signal }),
    retry: false,
    staleTime: 0,
  }).data?.total;
}

const SIGNING: ReadonlySet<string> = new Set(["applied", "under_review", "admitted", "suspended"]);
const MEMBERS = ["member_admin", "member_staff", "member_finance", "member_negotiator"];

/** The membership for which the acting seat could sign in an alliance, if there is one. */
export function useOwnMembership(alliance: string): Membership | undefined {
  const me = useMe();
  const roles = useRoles();
  const own = me.seats.find((seat) => seat.id === me.seat)?.organisation;
  const isMember = MEMBERS.some((role) => roles.has(role));
  const found = useEvery<Membership>(
    "/api/v1/memberships",
    { alliance, organisation: own },
    isMember && own !== undefined,
  );
  return found.data?.find((row) => row.state && SIGNING.has(row.state));
}

/** The recorded authority by which the acting seat signs charters for a member today; null where it has none. */
export function useOwnAuthority(membership: string | undefined): SeatAuthority | null | undefined {
  const me = useMe();
  const found = useEvery<SeatAuthority>(
    "/api/v1/seat-authorities",
    { membership, seat: me.seat ?? undefined },
    membership !== undefined,
  );
  if (found.data === undefined) return undefined;
  const today = todayHere();
  const holds = found.data.find(
    (row) => row.acts.includes("charter") && row.starts_on <= today && (!row.ends_on || row.ends_on > today),
  );
  return holds ?? null;
}
