import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import {
  api,
  type Call,
  keys,
  type Opinion,
  type Panel,
  request,
  take,
  takeVersion,
  useMe,
  useRoles,
  type WholeOpinion,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import type { Language } from "@/shared/i18n";
import type { PageOf } from "@/shared/table";

export const CALLS = "/api/v1/calls";
export const SUBMISSIONS = "/api/v1/submissions";
export const PANELS = "/api/v1/panels";
export const OPINIONS = "/api/v1/opinions";
export const CALL = "submissions.call";
export const SUBMISSION = "submissions.submission";

/** One call with the tag of the version that is shown. */
export function useCall(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(CALLS, id),
    queryFn: () => takeVersion(api.GET("/api/v1/calls/{call_id}", { params: { path: { call_id: id } } })),
  });
}

/** One submission with the tag of the version that is shown. */
export function useSubmission(id: string) {
  return useSuspenseQuery({
    queryKey: keys.object(SUBMISSIONS, id),
    queryFn: () =>
      takeVersion(
        api.GET("/api/v1/submissions/{submission_id}", { params: { path: { submission_id: id } } }),
      ),
  });
}

/** The opinions on a submission, as far as one may read them, the first one first. */
export function useOpinions(submission: string) {
  return useEvery<Opinion>(OPINIONS, { submission, order: "written" });
}

/** One opinion with what the reader may do with it. */
export function useOpinion(id: string) {
  return useQuery({
    queryKey: keys.object(OPINIONS, id),
    queryFn: () => take(api.GET("/api/v1/opinions/{opinion_id}", { params: { path: { opinion_id: id } } })),
    staleTime: 0,
  });
}

/** The present version of an opinion, to be sent back with an edit of it. */
export async function tagOf(opinion: WholeOpinion): Promise<string> {
  const { etag } = await takeVersion(
    api.GET("/api/v1/opinions/{opinion_id}", { params: { path: { opinion_id: opinion.id } } }),
  );
  return etag;
}

/** Who evaluates a submission; an owner is not told. */
export function usePanels(submission: string) {
  return useQuery({
    queryKey: keys.list(PANELS, { submission }),
    queryFn: ({ signal }) =>
      request<PageOf<Panel>>("GET", PANELS, { query: { submission, limit: 10 }, signal }),
    retry: false,
  });
}

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}

/** The organisation that the acting seat belongs to, where the seat works on its patents. */
export function useDesk(): string | undefined {
  const me = useMe();
  const roles = useRoles();
  const own = me.seats.find((seat) => seat.id === me.seat)?.organisation;
  return roles.has("member_admin") || roles.has("member_staff") ? own : undefined;
}

export function titleOf(language: Language, call: Pick<Call, "title_zh" | "title_en">): string {
  const [first, second] = language === "en" ? [call.title_en, call.title_zh] : [call.title_zh, call.title_en];
  return first || second || "–";
}
