import { describe, expect, it } from "vitest";
import { standingOf } from "@/features/invoices/marks";
import { minorOf, written } from "@/shared/format/typed";

describe("amounts of invoices", () => {
  it("are whole minor units, exactly, however they are typed", () => {
    expect(minorOf("1234.5", "CNY")).toBe(123450);
    expect(minorOf("0.07", "CNY")).toBe(7);
    expect(minorOf("-12.34", "CNY")).toBe(-1234);
    expect(minorOf("500", "JPY")).toBe(500);
    expect(minorOf("90071992547409.91", "CNY")).toBe(9007199254740991);
    expect(minorOf(null, "CNY")).toBe(0);
  });

  it("are written as they are typed, and read back the same", () => {
    expect(written(123450, "CNY")).toBe("1234.50");
    expect(written(-7, "CNY")).toBe("-0.07");
    expect(written(500, "JPY")).toBe("500");
    for (const minor of [0, 1, 99, 100, 123456789]) expect(minorOf(written(minor, "KWD"), "KWD")).toBe(minor);
  });
});

describe("how an invoice stands", () => {
  const invoice = {
    state: "issued" as const,
    open_minor: 100,
    gross_minor: 100,
    overdue_days: 0,
    is_credit_note: false,
    disputed: false,
  };

  it("is told by what is paid of it, and before that by its state", () => {
    expect(standingOf(invoice)).toEqual(["open", "attention"]);
    expect(standingOf({ ...invoice, open_minor: 40 })).toEqual(["part_paid", "attention"]);
    expect(standingOf({ ...invoice, open_minor: 0 })).toEqual(["paid", "fine"]);
    expect(standingOf({ ...invoice, overdue_days: 3 })).toEqual(["overdue", "overdue"]);
    expect(standingOf({ ...invoice, overdue_days: 3, disputed: true })).toEqual(["disputed", "overdue"]);
    expect(standingOf({ ...invoice, state: "draft" })).toEqual(["draft", "attention"]);
    expect(standingOf({ ...invoice, state: "discarded" })).toEqual(["discarded", "closed"]);
  });

  it("is another for credit notes, which are set off", () => {
    const note = { ...invoice, is_credit_note: true, open_minor: -100, gross_minor: -100 };
    expect(standingOf(note)).toEqual(["unused", "attention"]);
    expect(standingOf({ ...note, open_minor: 0 })).toEqual(["used", "fine"]);
  });
});
