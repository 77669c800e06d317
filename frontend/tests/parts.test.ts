import { expect, test } from "vitest";
import { monthsLater, spread } from "@/features/invoices/parts.ts";

test("parts add up to what is spread", () => {
  expect(spread(100, 3)).toEqual([34, 33, 33]);
  expect(spread(7, 7)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  expect(spread(9_007_199_254_740_991, 60).reduce((sum, part) => sum + part, 0)).toBe(9_007_199_254_740_991);
});

test("a month without the day ends on its last", () => {
  expect(monthsLater("2026-01-31", 1)).toBe("2026-02-28");
  expect(monthsLater("2026-11-30", 3)).toBe("2027-02-28");
  expect(monthsLater("2026-12-15", 1)).toBe("2027-01-15");
});
