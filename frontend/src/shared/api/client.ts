import createClient, { type Middleware } from "openapi-fetch";
import { currentLanguage } from "@/shared/i18n";
import { Problem, problemOf } from "./problems.ts";
import type { paths } from "./schema";
import { currentSeat } from "./seat.ts";
import { TAB } from "./tab.ts";

export function csrfToken(): string {
  return /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}

type Listener = (problem: Problem) => void;
const onSignedOut = new Set<Listener>();

/** Calls back when the server no longer knows who is asking. */
export function whenSignedOut(listener: Listener): () => void {
  onSignedOut.add(listener);
  return () => onSignedOut.delete(listener);
}

/** The headers every request of ours carries: in which seat, in which language, and that it comes from our page. */
export function houseHeaders(changing: boolean): Record<string, string> {
  const seat = currentSeat();
  return {
    "Accept-Language": currentLanguage(),
    ...(seat ? { "X-Seat": seat } : {}),
    ...(changing ? { "X-CSRFToken": csrfToken(), "X-Tab": TAB } : {}),
  };
}

/** Answers only with what was asked for; everything else is thrown as a Problem. */
export async function fetchOrProblem(request: Request | string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(request, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem({ code: "network" });
  }
  if (response.ok || response.status === 304) return response;
  const problem = await problemOf(response);
  if (problem.status === 401) for (const listener of onSignedOut) listener(problem);
  throw problem;
}

const house: Middleware = {
  onRequest({ request }) {
    const changing = !["GET", "HEAD"].includes(request.method);
    for (const [name, value] of Object.entries(houseHeaders(changing))) request.headers.set(name, value);
    return request;
  },
};

/** The typed client of the API; every answer that is not what was asked for is thrown as a Problem. */
export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin", fetch: fetchOrProblem });
api.use(house);

/** Takes the contents out of an answer, which is there because everything else was thrown. */
export async function take<Data>(answer: Promise<{ data?: Data }>): Promise<NonNullable<Data>> {
  return (await answer).data as NonNullable<Data>;
}

/** The same with the tag of the version, to be sent back with an edit. */
export async function takeVersion<Data>(
  answer: Promise<{ data?: Data; response: Response }>,
): Promise<{ data: NonNullable<Data>; etag: string }> {
  const { data, response } = await answer;
  return { data: data as NonNullable<Data>, etag: response.headers.get("ETag") ?? "*" };
}

export interface RequestOptions {
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  key?: string;
  etag?: string;
  signal?: AbortSignal;
}

/** Asks an address that is only known while running, such as the one a list is told to show. */
export async function request<Data>(
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Data> {
  const changing = !["GET", "HEAD"].includes(method);
  const response = await fetchOrProblem(addressOf(path, options.query), {
    method,
    credentials: "same-origin",
    headers: {
      Accept: "application/json",
      ...houseHeaders(changing),
      ...(options.body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(options.key ? { "Idempotency-Key": options.key } : {}),
      ...(options.etag ? { "If-Match": options.etag } : {}),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (response.status === 204 || response.status === 205) return undefined as Data;
  return (await response.json()) as Data;
}

export function addressOf(path: string, query: RequestOptions["query"] = {}): string {
  const given = Object.entries(query).filter(
    (pair): pair is [string, string | number] => pair[1] !== undefined && pair[1] !== "",
  );
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}
