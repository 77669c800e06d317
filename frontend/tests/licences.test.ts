import { describe, expect, it } from "vitest";
import { productsOf, ratesFor, territoryOf } from "@/features/licences/cover";
import { quartersOf } from "@/features/licences/quarters";

const RATES = [
  { id: "special", licences: ["L9"], products: ["encoder"], percent: "1" },
  { id: "committed", products: ["encoder"], option: ["committed"], percent: "1.5" },
  { id: "encoder", products: ["encoder"], percent: "2" },
  { id: "good", products: ["camera"], standing: "compliant", percent: "1" },
  { id: "rich", products: ["player"], sold_in: ["US", "DE"], per_unit: "2.40" },
  { id: "player", products: ["player"], per_unit: "1.20" },
  { id: "early", products: ["camera"], signed_to: "2025-12-31", percent: "3" },
];
const ids = (rates: readonly Record<string, unknown>[]) => rates.map((rate) => rate.id);
const licence = { code: "L1", option: "", standing: "standard", signed_on: "2025-07-01" } as const;

describe("what a licence covers", () => {
  it("leaves out what is for another option, standing or licensee", () => {
    expect(ids(ratesFor(licence, RATES))).toEqual(["encoder", "rich", "player", "early"]);
  });

  it("takes the first of two rates for the same products, unless it is for some countries only", () => {
    expect(ids(ratesFor({ ...licence, option: "committed" }, RATES))).toEqual([
      "committed",
      "rich",
      "player",
      "early",
    ]);
    expect(ids(ratesFor({ ...licence, code: "L9" }, RATES))).toContain("special");
    expect(ids(ratesFor({ ...licence, code: "L9" }, RATES))).not.toContain("encoder");
  });

  it("asks when it was signed", () => {
    expect(ids(ratesFor({ ...licence, signed_on: "2026-02-01" }, RATES))).not.toContain("early");
    expect(ids(ratesFor({ ...licence, signed_on: null }, RATES))).not.toContain("early");
  });

  it("knows products and territory, and where they are not narrowed", () => {
    expect(productsOf(ratesFor(licence, RATES))).toEqual(["encoder", "player", "camera"]);
    expect(territoryOf(ratesFor(licence, RATES))).toBeNull();
    expect(territoryOf([{ sold_in: ["US"] }, { sold_in: ["DE", "US"] }])).toEqual(["DE", "US"]);
    expect(productsOf([{ percent: "1" }])).toBeNull();
  });
});

describe("the months that were reported", () => {
  it("stand by quarters, the latest first, in their order within", () => {
    const row = (month: string) => ({ month, filed_at: null });
    expect(quartersOf(["2026-01", "2025-12", "2025-11", "2025-10"].map(row), "2026-02-03")).toEqual([
      { quarter: "2026Q1", months: [row("2026-01")], isOver: false },
      { quarter: "2025Q4", months: ["2025-10", "2025-11", "2025-12"].map(row), isOver: true },
    ]);
  });
});
