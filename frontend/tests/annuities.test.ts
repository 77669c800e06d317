import { describe, expect, it } from "vitest";
import { minorOf } from "../src/features/patents/annuities/amounts.ts";

describe("an amount that people wrote", () => {
  it("is exact in minor units, whatever the currency has", () => {
    expect(minorOf("1267.50", 2)).toBe(126750);
    expect(minorOf("0.29", 2)).toBe(29);
    expect(minorOf("19900", 0)).toBe(19900);
    expect(minorOf("1.234", 3)).toBe(1234);
    expect(minorOf("4000", 2)).toBe(400000);
    expect(minorOf(null, 2)).toBe(0);
  });
});
