import { useSuspenseQuery } from "@tanstack/react-query";
import { api, keys, takeVersion } from "@/shared/api";

export const PATH = "/api/v1/organisations";
export const SUBJECT = "identity.organisation";

/** One organisation with the tag of the version that is shown. */
export function useOrganisation(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(PATH, id),
    queryFn: () =>
      takeVersion(
        api.GET("/api/v1/organisations/{organisation_id}", { params: { path: { organisation_id: id } } }),
      ),
  });
}
