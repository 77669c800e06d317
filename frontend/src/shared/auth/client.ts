import { csrfToken, Problem } from "@/shared/api";
import { currentLanguage } from "@/shared/i18n";

const BASE = "/_allauth/browser/v1";

export interface Flow {
  id: string;
  is_pending?: boolean;
  types?: string[];
  providers?: string[];
}

interface Answer<Data> {
  status: number;
  data?: Data & { flows?: Flow[] };
  meta?: { is_authenticated?: boolean; secret?: string; totp_url?: string };
  errors?: { message: string; code: string; param?: string }[];
  /** Where our own lock-out answers, it is a problem document. */
  code?: string;
  title?: string;
  detail?: string;
  retry_after?: number;
}

/** What the sign-in service wants next before it goes on: a second factor, or proof that it is still you. */
export class NextStep extends Error {
  readonly flows: readonly Flow[];
  readonly isSignedIn: boolean;

  constructor(flows: readonly Flow[], isSignedIn: boolean) {
    super("another step is needed");
    this.name = "NextStep";
    this.flows = flows;
    this.isSignedIn = isSignedIn;
  }

  flow(id: string): Flow | undefined {
    return this.flows.find((flow) => flow.id === id);
  }

  get wantsSecondFactor(): boolean {
    return this.flow("mfa_authenticate")?.is_pending ?? false;
  }

  /** The person is signed in, but for this must show once more that it is them. */
  get wantsProof(): boolean {
    return this.isSignedIn && this.flows.some((flow) => flow.id.includes("reauthenticate"));
  }
}

async function ask<Data>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<Data>> {
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      credentials: "same-origin",
      headers: {
        Accept: "application/json",
        "Accept-Language": currentLanguage(),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(method === "GET" ? {} : { "X-CSRFToken": csrfToken() }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Problem({ code: "network" });
  }
  let answer: Answer<Data>;
  try {
    answer = (await response.json()) as Answer<Data>;
  } catch {
    answer = { status: response.status };
  }
  return judged(response, answer);
}

function judged<Data>(response: Response, answer: Answer<Data>): Answer<Data> {
  if (response.ok) return answer;
  if (response.status === 401)
    throw new NextStep(answer.data?.flows ?? [], answer.meta?.is_authenticated ?? false);
  throw new Problem(
    {
      status: response.status,
      code: answer.errors?.[0]?.code ?? answer.code ?? `http_${response.status}`,
      title: answer.title ?? "",
      detail: answer.errors?.map((error) => error.message).join(" ") ?? answer.detail ?? "",
      errors: (answer.errors ?? []).flatMap((error) =>
        error.param ? [{ pointer: `/${error.param}`, code: error.code, message: error.message }] : [],
      ),
    },
    {
      requestId: response.headers.get("X-Request-Id"),
      retryAfter: response.headers.get("Retry-After") ?? String(answer.retry_after ?? ""),
    },
  );
}

const data = async <Data>(answer: Promise<Answer<Data>>): Promise<Data> => (await answer).data as Data;

/** Signs in with address and password; throws NextStep where a second factor is wanted. */
export const signIn = (given: { email: string; password: string }) => ask("POST", "/auth/login", given);

export const giveCode = (code: string) => ask("POST", "/auth/2fa/authenticate", { code });

/** Signs out; that nobody is signed in any more is what the answer says. */
export async function signOut(): Promise<void> {
  try {
    await ask("DELETE", "/auth/session");
  } catch (error) {
    if (!(error instanceof NextStep)) throw error;
  }
}

export const askPasswordReset = (email: string) => ask("POST", "/auth/password/request", { email });
export const checkResetKey = (key: string) =>
  ask("GET", "/auth/password/reset", undefined, { "X-Password-Reset-Key": key });

/** Sets a new password by the key from the message; that a sign-in follows is no failure. */
export async function resetPassword(given: { key: string; password: string }): Promise<void> {
  try {
    await ask("POST", "/auth/password/reset", given);
  } catch (error) {
    if (!(error instanceof NextStep)) throw error;
  }
}

/** Confirms an e-mail address by the key from its message; that nobody is signed in afterwards is no failure. */
export async function confirmEmail(key: string): Promise<void> {
  try {
    await ask("POST", "/auth/email/verify", { key });
  } catch (error) {
    if (!(error instanceof NextStep)) throw error;
  }
}

export interface SignInState {
  isSignedIn: boolean;
  /** The organisation's own sign-in, where the installation has one. */
  providers: { id: string; name: string }[];
}

/** Asks who is signed in and which ways in there are; also sets the cookie that changes are sent with. */
export async function signInState(): Promise<SignInState> {
  try {
    await ask("GET", "/auth/session");
    return { isSignedIn: true, providers: [] };
  } catch (error) {
    if (!(error instanceof NextStep)) throw error;
    const names = error.flow("provider_redirect")?.providers ?? [];
    return { isSignedIn: error.isSignedIn, providers: names.map((id) => ({ id, name: id })) };
  }
}

/** Sends the browser to the organisation's own sign-in, which needs a real form. */
export function goToProvider(provider: string): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = `${BASE}/auth/provider/redirect`;
  const fields = { provider, process: "login", callback_url: "/sign-in", csrfmiddlewaretoken: csrfToken() };
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

export const changePassword = (given: { current_password?: string; new_password: string }) =>
  ask("POST", "/account/password/change", given);

export const proveByPassword = (password: string) => ask("POST", "/auth/reauthenticate", { password });
export const proveByCode = (code: string) => ask("POST", "/auth/2fa/reauthenticate", { code });

export interface Authenticator {
  type: "totp" | "recovery_codes" | "webauthn";
  created_at: number;
  last_used_at: number | null;
  id?: number;
  name?: string;
  is_passwordless?: boolean;
  total_code_count?: number;
  unused_code_count?: number;
}

export const authenticators = () => data<Authenticator[]>(ask("GET", "/account/authenticators"));

/** Returns the secret of an authenticator app that may be set up; null where one is set up already. */
export async function newTotp(): Promise<{ secret: string; url: string } | null> {
  const response = await fetch(`${BASE}/account/authenticators/totp`, {
    credentials: "same-origin",
    headers: { Accept: "application/json", "Accept-Language": currentLanguage() },
  });
  const answer = (await response.json()) as Answer<unknown>;
  if (response.ok) return null;
  if (response.status === 404 && answer.meta?.secret && answer.meta.totp_url) {
    return { secret: answer.meta.secret, url: answer.meta.totp_url };
  }
  judged(response, answer);
  return null;
}

export const addTotp = (code: string) => ask("POST", "/account/authenticators/totp", { code });
export const removeTotp = () => ask("DELETE", "/account/authenticators/totp");

export interface RecoveryCodes {
  unused_codes: string[];
  total_code_count: number;
}

export const recoveryCodes = () => data<RecoveryCodes>(ask("GET", "/account/authenticators/recovery-codes"));
export const newRecoveryCodes = () =>
  data<RecoveryCodes>(ask("POST", "/account/authenticators/recovery-codes", {}));

type Options = { publicKey: Record<string, unknown> };

export const passkeyOptions = {
  /** To sign in with nothing else. */
  signIn: async () =>
    (await data<{ request_options: Options }>(ask("GET", "/auth/webauthn/login"))).request_options,
  /** As the second factor. */
  second: async () =>
    (await data<{ request_options: Options }>(ask("GET", "/auth/webauthn/authenticate"))).request_options,
  /** To prove that it is still you. */
  proof: async () =>
    (await data<{ request_options: Options }>(ask("GET", "/auth/webauthn/reauthenticate"))).request_options,
  /** To make a new one. */
  make: async () =>
    (await data<{ creation_options: Options }>(ask("GET", "/account/authenticators/webauthn?passwordless")))
      .creation_options,
};

export const sendPasskey = {
  signIn: (credential: unknown) => ask("POST", "/auth/webauthn/login", { credential }),
  second: (credential: unknown) => ask("POST", "/auth/webauthn/authenticate", { credential }),
  proof: (credential: unknown) => ask("POST", "/auth/webauthn/reauthenticate", { credential }),
  make: (name: string, credential: unknown) =>
    ask("POST", "/account/authenticators/webauthn", { name, credential }),
};

export const renamePasskey = (id: number, name: string) =>
  ask("PUT", "/account/authenticators/webauthn", { id, name });
export const removePasskey = (id: number) =>
  ask("DELETE", "/account/authenticators/webauthn", { authenticators: [id] });
