import { expect, test } from "vitest";
import { ownedBefore, ownsOn } from "@/features/patents/owners";

const before = { from_on: null, to_on: "2026-07-01" };
const after = { from_on: "2026-07-01", to_on: null };

test("a transfer that is recorded ahead of its day changes the owner on that day", () => {
  expect([before, after].map((row) => ownsOn("2026-06-30", row))).toEqual([true, false]);
  expect([before, after].map((row) => ownsOn("2026-07-01", row))).toEqual([false, true]);
  expect([before, after].map((row) => ownedBefore("2026-06-30", row))).toEqual([false, false]);
  expect([before, after].map((row) => ownedBefore("2026-07-01", row))).toEqual([true, false]);
});
