export * from "./client.ts";
export * from "./passkeys.ts";
