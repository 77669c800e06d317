import { useQuery } from "@tanstack/react-query";
import { keys, type RoleAssignment, request } from "@/shared/api";

type Role = RoleAssignment["role"];

export interface Why {
  kind: "role" | "grant" | "assignment" | "staff_session" | "public";
  text: string;
  role: Role | null;
  grant: string | null;
  ends_at: string | null;
}

export interface Reader {
  seat: string | null;
  name: string;
  organisation: string | null;
  organisation_name: string;
  roles: Role[];
  actions: string[];
  why: Why[];
}

export interface Sharing {
  subject: { type: string; id: string; label: string };
  readers: Reader[];
  left_out: number;
  may_grant: string[];
  may_assign: Role[];
}

const PATH = "/api/v1/sharing";

export const sharingKey = (type: string, id: string) => keys.part(PATH, id, type);

export function useSharing(type: string, id: string, enabled: boolean) {
  return useQuery({
    queryKey: sharingKey(type, id),
    queryFn: ({ signal }) => request<Sharing>("GET", `${PATH}/${type}/${id}`, { signal }),
    enabled,
    staleTime: 0,
  });
}
