/** A mistake in what was sent, with its place as a JSON pointer. */
export interface FieldProblem {
  pointer: string;
  code: string;
  message: string;
}

/** A cell of a file that cannot be taken as it is. */
export interface RejectedCell {
  file: string;
  sheet: string;
  line: number;
  column: string;
  code: string;
  value: string;
  message: string;
}

interface ProblemDocument {
  status?: number;
  code?: string;
  title?: string;
  detail?: string;
  reference?: string;
  errors?: FieldProblem[];
  rejected?: RejectedCell[];
}

/** What the server, or the way to it, answered instead of what was asked for (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Under which a fault is logged; the request's own id where the server named none. */
  readonly reference: string;
  readonly errors: readonly FieldProblem[];
  /** What of the files that were sent cannot be taken. */
  readonly rejected: readonly RejectedCell[];
  /** Seconds after which it makes sense to ask again, where the server said so. */
  readonly retryAfter: number | null;

  constructor(
    document: ProblemDocument,
    given: { requestId?: string | null; retryAfter?: string | null } = {},
  ) {
    super(document.detail || document.title || document.code || "problem");
    this.name = "Problem";
    this.status = document.status ?? 0;
    this.code = document.code ?? "unexpected";
    this.title = document.title ?? "";
    this.detail = document.detail ?? "";
    this.reference = document.reference ?? given.requestId ?? "";
    this.errors = document.errors ?? [];
    this.rejected = document.rejected ?? [];
    const seconds = Number(given.retryAfter);
    this.retryAfter = given.retryAfter && Number.isFinite(seconds) ? seconds : null;
  }

  /** Nothing was answered at all: no connection, or one that broke. */
  get isOffline(): boolean {
    return this.code === "network";
  }

  get isForbidden(): boolean {
    return this.status === 403;
  }

  /** What is not there, and what may not be seen, look the same. */
  get isGone(): boolean {
    return this.status === 404 || this.status === 410;
  }

  /** Somebody changed what is being edited. */
  get isStale(): boolean {
    return this.status === 412;
  }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError && /fetch|network|load/i.test(error.message)) {
    return new Problem({ code: "network" });
  }
  return new Problem({ code: "client", detail: error instanceof Error ? error.message : String(error) });
}

/** Reads the problem out of an answer; an answer that is no problem document counts by its status. */
export async function problemOf(response: Response): Promise<Problem> {
  const given = {
    requestId: response.headers.get("X-Request-Id"),
    retryAfter: response.headers.get("Retry-After"),
  };
  try {
    const document = (await response.clone().json()) as ProblemDocument;
    return new Problem({ ...document, status: response.status }, given);
  } catch {
    return new Problem({ status: response.status, code: `http_${response.status}` }, given);
  }
}

/** Puts mistakes to the fields they point to: `/lines/2/units` becomes `["lines", 2, "units"]`. */
export function pathOf(pointer: string): (string | number)[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/**
 * Sorts the mistakes into those of fields that a form shows, in the form Ant Design's form takes, and the rest. One of
 * a part that has no field of its own is told with what it is a part of.
 */
export function sortedErrors(
  problem: Problem,
  fields: readonly (readonly (string | number)[])[],
): { ofFields: { name: (string | number)[]; errors: string[] }[]; others: string[] } {
  const ofFields = new Map<string, { name: (string | number)[]; errors: string[] }>();
  const others: string[] = [];
  const known = new Set(fields.map((name) => JSON.stringify(name)));
  for (const error of problem.errors) {
    let name = pathOf(error.pointer);
    while (name.length > 0 && !known.has(JSON.stringify(name))) name = name.slice(0, -1);
    if (name.length > 0) {
      const kept = ofFields.get(JSON.stringify(name)) ?? { name, errors: [] };
      kept.errors.push(error.message);
      ofFields.set(JSON.stringify(name), kept);
    } else {
      others.push(error.message);
    }
  }
  return { ofFields: [...ofFields.values()], others };
}
