import { passkeyOptions, sendPasskey } from "./client.ts";

type Json = Record<string, unknown>;

/** Whether this browser can use passkeys here; they need https, or this machine itself. */
export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential === "function" && Boolean(navigator.credentials);
}

/** The person closed the browser's dialogue, or waited too long: nothing to complain about. */
export function wasCancelled(error: unknown): boolean {
  return error instanceof DOMException && ["NotAllowedError", "AbortError"].includes(error.name);
}

export async function signInWithPasskey(): Promise<void> {
  await sendPasskey.signIn(await answerTo(await passkeyOptions.signIn()));
}

export async function confirmWithPasskey(): Promise<void> {
  await sendPasskey.second(await answerTo(await passkeyOptions.second()));
}

export async function proveWithPasskey(): Promise<void> {
  await sendPasskey.proof(await answerTo(await passkeyOptions.proof()));
}

export async function makePasskey(name: string): Promise<void> {
  const { publicKey } = await passkeyOptions.make();
  const made = await navigator.credentials.create({ publicKey: creationOptions(publicKey) });
  await sendPasskey.make(name, asJson(made as PublicKeyCredential));
}

async function answerTo({ publicKey }: { publicKey: Json }): Promise<Json> {
  const found = await navigator.credentials.get({ publicKey: requestOptions(publicKey) });
  return asJson(found as PublicKeyCredential);
}

// Not every browser has the JSON forms of WebAuthn level 3 yet, so the few binary fields are turned by hand.

function requestOptions(given: Json): PublicKeyCredentialRequestOptions {
  return {
    ...(given as unknown as PublicKeyCredentialRequestOptions),
    challenge: bytes(given.challenge),
    ...(given.allowCredentials ? { allowCredentials: descriptors(given.allowCredentials) } : {}),
  };
}

function creationOptions(given: Json): PublicKeyCredentialCreationOptions {
  const user = given.user as Json;
  return {
    ...(given as unknown as PublicKeyCredentialCreationOptions),
    challenge: bytes(given.challenge),
    user: { ...(user as unknown as PublicKeyCredentialUserEntity), id: bytes(user.id) },
    ...(given.excludeCredentials ? { excludeCredentials: descriptors(given.excludeCredentials) } : {}),
  };
}

function descriptors(given: unknown): PublicKeyCredentialDescriptor[] {
  return (given as Json[]).map((one) => ({
    ...(one as unknown as PublicKeyCredentialDescriptor),
    id: bytes(one.id),
  }));
}

function asJson(credential: PublicKeyCredential): Json {
  const { response } = credential;
  const common = {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    ...(credential.authenticatorAttachment
      ? { authenticatorAttachment: credential.authenticatorAttachment }
      : {}),
  };
  if (response instanceof AuthenticatorAttestationResponse) {
    return {
      ...common,
      response: {
        clientDataJSON: text(response.clientDataJSON),
        attestationObject: text(response.attestationObject),
        transports: response.getTransports?.() ?? [],
      },
    };
  }
  const signed = response as AuthenticatorAssertionResponse;
  return {
    ...common,
    response: {
      clientDataJSON: text(signed.clientDataJSON),
      authenticatorData: text(signed.authenticatorData),
      signature: text(signed.signature),
      ...(signed.userHandle ? { userHandle: text(signed.userHandle) } : {}),
    },
  };
}

export function bytes(base64url: unknown): Uint8Array<ArrayBuffer> {
  const plain = atob(String(base64url).replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export function text(buffer: ArrayBuffer): string {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
