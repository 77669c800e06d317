import { useQuery } from "@tanstack/react-query";
import { fetchOrProblem, houseHeaders, keys, type Document as Paper, request } from "@/shared/api";
import type { PageOf } from "@/shared/table";

export type { Paper };

export const PATH = "/api/v1/documents";
const SHOWN = 200;

/** The papers that hang on one thing, the latest first, as far as one may read them. */
export function usePapers(subjectType: string, subjectId: string | undefined) {
  const query = { subject_type: subjectType, subject_id: subjectId, limit: SHOWN };
  return useQuery({
    queryKey: keys.list(PATH, query),
    queryFn: ({ signal }) => request<PageOf<Paper>>("GET", PATH, { query, signal }),
    enabled: subjectId !== undefined,
    staleTime: 0,
  });
}

interface NewPaper {
  subjectType: string;
  subjectId: string;
  title: string;
  file: File;
}

/** Hangs a file on a thing; sending it again under the same key hangs it once. */
export async function hangPaper(paper: NewPaper, key: string): Promise<Paper> {
  const body = new FormData();
  body.set("subject_type", paper.subjectType);
  body.set("subject_id", paper.subjectId);
  body.set("title", paper.title);
  body.set("file", paper.file);
  const response = await fetchOrProblem(PATH, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json", ...houseHeaders(true), "Idempotency-Key": key },
    body,
  });
  return (await response.json()) as Paper;
}

/** What tells one attempt to attach a file from another: the same file under the same title is one. */
export function signs(title: string, file: File): readonly (string | number)[] {
  return [title, file.name, file.size, file.lastModified];
}
