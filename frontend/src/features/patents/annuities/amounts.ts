/** Returns an amount as people write it in whole minor units, exactly: no fraction is ever a binary one. */
export function minorOf(written: string | number | null | undefined, digits: number): number {
  const [whole = "0", part = ""] = String(written ?? "0").split(".");
  return Number(BigInt(`${whole || "0"}${part.padEnd(digits, "0").slice(0, digits)}`));
}
