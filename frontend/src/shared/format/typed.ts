import { minorDigits } from "./plain.ts";

/** Returns an amount as people write it in whole minor units, exactly: no fraction is ever a binary one. */
export function minorOf(written: string | number | null | undefined, currency: string): number {
  const digits = minorDigits(currency);
  const text = String(written ?? "0").trim();
  const sign = text.startsWith("-") ? -1n : 1n;
  const [whole = "0", part = ""] = text.replace(/^-/, "").split(".");
  return Number(sign * BigInt(`${whole || "0"}${part.padEnd(digits, "0").slice(0, digits)}`));
}

/** Writes minor units as people type an amount: 1234567 CNY becomes 12345.67. */
export function written(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const front = text.slice(0, text.length - digits);
  return `${minor < 0 ? "-" : ""}${digits > 0 ? `${front}.${text.slice(-digits)}` : front}`;
}
