import type { Invoice, WholeStatementLine } from "@/shared/api";

/** What a person types of one invoice: plain decimals, never floats. */
export interface TypedPart {
  invoice_id?: string;
  amount?: string | null;
  charge?: string | null;
}

/** Reads a plain decimal as minor units; what is no amount counts as nothing. */
export function minorOf(typed: string | null | undefined, digits: number): number {
  if (!typed || !/^\d+(\.\d+)?$/.test(typed)) return 0;
  const [whole = "0", part = ""] = typed.split(".");
  return Number(whole + part.slice(0, digits).padEnd(digits, "0"));
}

/** Writes minor units as a plain decimal. */
export function typedOf(minor: number, digits: number): string {
  const text = String(minor).padStart(digits + 1, "0");
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Puts a payment to the invoices that were proposed, in their order, until nothing of it is left. */
export function proposedParts(
  line: WholeStatementLine,
  invoices: readonly Invoice[],
  digits: number,
): TypedPart[] {
  const open = new Map(invoices.map((one) => [one.id, one.open_minor]));
  let rest = line.amount_minor;
  const parts: TypedPart[] = [];
  for (const { subject_id } of line.proposals) {
    const amount = Math.min(rest, open.get(subject_id) ?? 0);
    if (amount <= 0) continue;
    parts.push({ invoice_id: subject_id, amount: typedOf(amount, digits) });
    rest -= amount;
  }
  return parts.length > 0 ? parts : [{}];
}
