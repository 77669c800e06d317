import type { TOptions } from "i18next";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { reportsIn } from "@/features/closes/checks/readiness";
import { monthsBetween, nextPeriod, spanOf } from "@/features/closes/periods";
import type { Reason } from "@/shared/api";
import { csvText } from "@/shared/charts/files";
import { axisStart, spansOf } from "@/shared/charts/options";
import type { Step } from "@/shared/charts/types";
import { say, startTexts, type Translate } from "@/shared/i18n";
import { secondsLeft } from "@/shared/jobs/timing";
import { exactMicros, percentOf, plainDecimal, roundedMinor } from "@/shared/royalties/exact";
import { reasonText } from "@/shared/royalties/reasons";
import { texts } from "@/shared/royalties/texts";

describe("periods", () => {
  it("are read as terms write them, with their last day", () => {
    expect(spanOf("2025-02")).toEqual({ first: "2025-02", last: "2025-02", lastDay: "2025-02-28" });
    expect(spanOf("2024Q1")).toEqual({ first: "2024-01", last: "2024-03", lastDay: "2024-03-31" });
    expect(spanOf("2025H2")).toEqual({ first: "2025-07", last: "2025-12", lastDay: "2025-12-31" });
    expect(spanOf("2024")).toEqual({ first: "2024-01", last: "2024-12", lastDay: "2024-12-31" });
    for (const wrong of ["", "2025Q5", "2025H3", "2025-13", "25Q1", "2025Q"])
      expect(spanOf(wrong)).toBeNull();
  });

  it("follow one another in their own length", () => {
    expect(nextPeriod("2025Q4")).toBe("2026Q1");
    expect(nextPeriod("2025Q1")).toBe("2025Q2");
    expect(nextPeriod("2025H2")).toBe("2026H1");
    expect(nextPeriod("2025-12")).toBe("2026-01");
    expect(nextPeriod("2025-09")).toBe("2025-10");
    expect(nextPeriod("2025")).toBe("2026");
  });

  it("hold their months, over the turn of the year too", () => {
    expect(monthsBetween("2025-11", "2026-02")).toEqual(["2025-11", "2025-12", "2026-01", "2026-02"]);
  });
});

describe("amounts of a close", () => {
  it("are written out to the last digit, whatever the currency's minor unit", () => {
    expect(exactMicros("461285783000800", "CNY")).toBe("4612857.830008");
    expect(exactMicros("-5", "CNY")).toBe("-0.00000005");
    expect(exactMicros("1500000", "JPY")).toBe("1.5");
    expect([roundedMinor("1499999"), roundedMinor("1500000"), roundedMinor("-1500000")]).toEqual([
      1n,
      2n,
      -2n,
    ]);
    expect(exactMicros("99999999999999999999999999999999999999", "CNY")).toBe(
      "999999999999999999999999999999.99999999",
    );
  });

  it("have shares that are rounded from whole numbers", () => {
    expect(percentOf(1, 3)).toBe("33.33%");
    expect(percentOf(2, 3)).toBe("66.67%");
    expect(percentOf(-1, 8)).toBe("−12.50%");
    expect(percentOf(1, 0)).toBe("–");
  });

  it("have rates without the zeros they are stored with, and with all others", () => {
    for (const [stored, plain] of [
      ["5.0000", "5"],
      ["100.0000", "100"],
      ["100", "100"],
      ["0.500000000000", "0.5"],
      ["-1200.50", "-1200.5"],
    ] as const)
      expect(plainDecimal(stored)).toBe(plain);
  });
});

describe("charts", () => {
  const total = (value: number): Step => ({ key: "t", label: "", kind: "total", value, text: "" });
  const change = (value: number): Step => ({ key: "c", label: "", kind: "change", value, text: "" });

  it("let each change go on from where the one before ended", () => {
    expect(spansOf([total(10), change(5), change(-8), total(7)])).toEqual([
      [0, 10],
      [10, 15],
      [15, 7],
      [0, 7],
    ]);
  });

  it("begin the axis at nought unless changes would be hairs", () => {
    expect(axisStart([total(10), change(5), total(15)])).toBe(0);
    expect(axisStart([total(1000), change(10), change(-4), total(1006)])).toBe(990);
    expect(axisStart([total(0), change(3), total(3)])).toBe(0);
  });

  it("are kept as CSV with plain numbers, and without formulas", () => {
    const table = {
      columns: [{ title: "payee" }, { title: "amount", numeric: true }],
      rows: [
        ['=HYPERLINK("x")', "−1,234.50"],
        ["A, B", "12.00%"],
      ],
    };
    expect(csvText(table)).toBe('\uFEFFpayee,amount\r\n"\'=HYPERLINK(""x"")",-1234.50\r\n"A, B",12.00%\r\n');
  });
});

describe("reasons", () => {
  beforeAll(async () => {
    vi.stubGlobal("document", { documentElement: {} });
    await startTexts("en");
    vi.unstubAllGlobals();
  });
  const t = Object.assign((key: string, values?: TOptions) => say(texts, key as never, values), {
    maybe: (key: string, values?: TOptions) => say(texts, key as never, values),
  }) as unknown as Translate<NonNullable<(typeof texts)["key"]>>;
  const speaker = { t, language: "en" as const, currency: "CNY" };
  const spoken = (reason: Reason) => reasonText(speaker, reason);

  it("say bands as the contract does", () => {
    const bands = [
      { above: "0", per_unit: "0" },
      { above: "100000", per_unit: "1.2" },
      { above: "5000000", per_unit: "0.6" },
    ];
    expect(
      spoken({
        key: "close.rate.bands",
        values: { id: "tv-4k", currency: "CNY", scope: "enterprise", bands },
      }),
    ).toBe(
      "Rate “tv-4k”, by the units of the year per enterprise: the first 100,000 at 0 CNY each · 100,001 to 5,000,000 at 1.2 CNY each · beyond 5,000,000 at 0.6 CNY each.",
    );
  });

  it("say percentages with their bounds", () => {
    const values = {
      id: "encoder",
      currency: "USD",
      percent: "2",
      floor_per_unit: "5",
      ceiling_per_unit: "300",
    };
    expect(spoken({ key: "close.rate.percent", values })).toBe(
      "Rate “encoder”: 2% of net sales, at least 5 USD per unit, at most 300 USD per unit.",
    );
  });

  it("say how it was shared and what was there to share", () => {
    const values = {
      count: "families",
      territory: "either",
      time: "first_day",
      weight: "12",
      weights: "40",
      reached_micros: "100000000",
    };
    expect(spoken({ key: "close.allocation.patents", values })).toBe(
      "Shared by patents (each family once, in force where made or sold): a weight of 12 out of 40. 1 CNY was there to share.",
    );
  });

  it("show what they do not know by its key", () => {
    const plain = {
      ...speaker,
      t: Object.assign((key: string) => key, { maybe: (key: string) => key }) as never,
    };
    expect(reasonText(plain, { key: "close.new_kind", values: {} })).toBe("close.new_kind");
  });
});

describe("the time a calculation has left", () => {
  const started_at = "2026-01-01T00:00:00Z";
  it("follows from what is done, and is unknown before anything is", () => {
    const now = Date.parse("2026-01-01T00:00:30Z");
    expect(secondsLeft({ done: 25, total: 100, started_at }, now)).toBe(90);
    expect(secondsLeft({ done: 0, total: 100, started_at }, now)).toBeNull();
    expect(secondsLeft({ done: 5, total: 0, started_at }, now)).toBeNull();
  });
});

it("a licence has reported when each month in which it runs is reported", () => {
  const licence = { id: "1", code: "L1", starts_on: "2025-02-15", ends_on: null } as never;
  const report = (month: string) =>
    ({ licence_code: "L1", first_month: `${month}-01`, last_month: `${month}-01` }) as never;
  const standing = (...months: string[]) => reportsIn([licence], months.map(report), "2025Q1").standing;
  expect(standing("2025-03")).toBe("attention");
  expect(standing("2025-02", "2025-03")).toBe("fine");
});
