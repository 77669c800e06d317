import { expect, test } from "vitest";
import { mistakeOf, readAmount } from "@/features/payments/choice/amount.ts";

const YUAN = {
  currency: "CNY",
  payable_minor: 123_456,
  least_minor: 1,
  most_minor: 99_999_999,
  step_minor: 1,
};
const DINAR = {
  currency: "KWD",
  payable_minor: 12_345,
  least_minor: 10,
  most_minor: 99_999_990,
  step_minor: 10,
};
const YEN = { currency: "JPY", payable_minor: 5_000, least_minor: 50, most_minor: 4_000, step_minor: 1 };

test("an amount is read to the minor unit, however it is grouped", () => {
  for (const [written, minor] of [
    ["1234.56", 123_456],
    ["1,234.56", 123_456],
    [" 1 234.5 ", 123_450],
    ["12", 1_200],
    ["0.07", 7],
    ["12.", 1_200],
    ["１２．３４", 1_234],
  ] as const) {
    expect(readAmount(written, YUAN)).toEqual({ minor, mistake: null });
  }
  // What goes wrong through a float: 8.29 * 100 is 828.9999…
  expect(readAmount("8.29", YUAN).minor).toBe(829);
});

test("what cannot be paid is told apart", () => {
  for (const [written, mistake] of [
    ["", "needed"],
    ["ten", "unreadable"],
    ["-5", "unreadable"],
    ["1,23.00", "unreadable"],
    ["1.005", "digits"],
    ["0", "zero"],
    ["1234.57", "above"],
    ["99999999999999999999", "above"],
  ] as const) {
    expect(readAmount(written, YUAN)).toEqual({ minor: null, mistake });
  }
  expect(readAmount("1.5", YEN).mistake).toBe("digits");
  expect(readAmount("49", YEN).mistake).toBe("too_little");
  expect(readAmount("4001", YEN).mistake).toBe("too_much");
  expect(readAmount("12.345", DINAR).mistake).toBe("steps");
  expect(readAmount("12.340", DINAR).minor).toBe(12_340);
});

test("all that is left may be more than is taken at once", () => {
  expect(mistakeOf(YEN.payable_minor, YEN)).toBe("too_much");
  expect(mistakeOf(DINAR.payable_minor, DINAR)).toBe("steps");
});
