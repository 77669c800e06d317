import { useQuery } from "@tanstack/react-query";
import { keys, request } from "@/shared/api";

export interface Why {
  kind: "role" | "grant" | "staff_session" | "public" | string;
  text: string;
  grant: string | null;
  ends_at: string | null;
}

export interface Reader {
  seat: string | null;
  organisation: string | null;
  name: string;
  organisation_name?: string;
  roles: string[];
  actions: string[];
  why: Why[];
}

export interface Sharing {
  subject: { type: string; id: string; label: string };
  readers: Reader[];
  may_grant: string[];
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
