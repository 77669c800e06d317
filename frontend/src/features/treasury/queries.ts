import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  type BankProfile,
  fetchOrProblem,
  houseHeaders,
  keys,
  type OperatingEntity,
  request,
  type StatementPreview,
  type TakenStatement,
  useMe,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";

export const ACCOUNTS = "/api/v1/bank-accounts";
export const STATEMENTS = "/api/v1/bank-statements";
export const LINES = "/api/v1/statement-lines";
export const PAYOUTS = "/api/v1/payouts";
export const FILES = "/api/v1/payout-files";
export const PAYOUT = "treasury.payout";
export const PAYEES = "/api/v1/payee-accounts";
export const PAYEE = "treasury.payeeaccount";
export const ACCOUNT = "treasury.bankaccount";
export const LINE = "treasury.statementline";

export const STATES = ["open", "assigned", "set_aside", "reversed"] as const;

/** The parts of a line, in the order in which a mapping names their columns. */
export const PARTS = [
  "day",
  "paid_out",
  "paid_in",
  "amount",
  "direction",
  "balance",
  "counterparty_name",
  "counterparty_account",
  "text",
  "serial",
] as const;

export interface Mapping extends Partial<Record<(typeof PARTS)[number], string[]>> {
  encoding?: string;
  day_order?: string;
  delimiter?: string;
  ignore_balances?: boolean;
}

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.everything() });
}

/** The banks whose statements are known. */
export function useProfiles(): BankProfile[] {
  const found = useQuery({
    queryKey: keys.list("/api/v1/bank-profiles", {}),
    queryFn: ({ signal }) => request<{ items: BankProfile[] }>("GET", "/api/v1/bank-profiles", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return found.data?.items ?? [];
}

/** For which operating entities and purposes the acting seat looks after money. */
export function useFinanceOf(): { entities: OperatingEntity[]; purposes: string[] } {
  const held = useMe().roles.filter(({ role }) => role === "finance");
  const ids = new Set(held.map((one) => one.operating_entity));
  const entities = (useEvery<OperatingEntity>("/api/v1/operating-entities").data ?? []).filter((one) =>
    ids.has(one.id),
  );
  return { entities, purposes: [...new Set(held.map((one) => one.purpose ?? ""))] };
}

async function sent<Answer>(path: string, body: FormData, key: string): Promise<Answer> {
  const response = await fetchOrProblem(path, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json", ...houseHeaders(true), "Idempotency-Key": key },
    body,
  });
  return (await response.json()) as Answer;
}

/** Reads a statement as it would be taken in; nothing is kept of it. */
export function previewStatement(account: string, file: File, key: string): Promise<StatementPreview> {
  const body = new FormData();
  body.set("file", file);
  return sent(`${ACCOUNTS}/${account}/statement-preview`, body, key);
}

/** Takes a statement in; sending it again adds nothing. */
export function takeStatement(account: string, file: File, key: string): Promise<TakenStatement> {
  const body = new FormData();
  body.set("bank_account_id", account);
  body.set("file", file);
  return sent(STATEMENTS, body, key);
}

/** Has the file for the bank handed out, which happens once, and keeps it on this machine. */
export async function takeFile(id: string, name: string): Promise<void> {
  const response = await fetchOrProblem(`${FILES}/${id}/taking`, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "*/*", ...houseHeaders(true) },
  });
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
