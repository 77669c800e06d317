import { minorDigits } from "@/shared/format";
import { minorOf } from "@/shared/format/typed";

/** What may be chosen of an invoice: at most what is open and not under way, and what the payment service takes. */
export interface Bounds {
  currency: string;
  payable_minor: number;
  least_minor: number;
  most_minor: number;
  step_minor: number;
}

export type Mistake =
  | "needed"
  | "unreadable"
  | "digits"
  | "zero"
  | "above"
  | "too_little"
  | "too_much"
  | "steps";

const PLAIN = /^(\d+|\d{1,3}(,\d{3})+)(\.(\d*))?$/;

/** Says why an amount cannot be paid online; null: it can. */
export function mistakeOf(minor: number, bounds: Bounds): Mistake | null {
  if (minor <= 0) return "zero";
  if (minor > bounds.payable_minor) return "above";
  if (minor < bounds.least_minor) return "too_little";
  if (minor > bounds.most_minor) return "too_much";
  return minor % bounds.step_minor === 0 ? null : "steps";
}

/** Reads an amount as people write it, to the minor unit: nothing is rounded, what has more digits is a mistake. */
export function readAmount(
  written: string | undefined,
  bounds: Bounds,
): { minor: number; mistake: null } | { minor: null; mistake: Mistake } {
  const text = (written ?? "").normalize("NFKC").replace(/\s/g, "");
  if (text === "") return { minor: null, mistake: "needed" };
  const found = PLAIN.exec(text);
  if (found === null) return { minor: null, mistake: "unreadable" };
  if ((found[4] ?? "").length > minorDigits(bounds.currency)) return { minor: null, mistake: "digits" };
  const minor = minorOf(text.replaceAll(",", ""), bounds.currency);
  // Beyond what a number holds exactly it is above everything that is open as well.
  const mistake = Number.isSafeInteger(minor) ? mistakeOf(minor, bounds) : "above";
  return mistake === null ? { minor, mistake } : { minor: null, mistake };
}
