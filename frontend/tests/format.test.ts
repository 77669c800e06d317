import { describe, expect, it } from "vitest";
import { daysBetween, formatMinor, formatNumber, relativeTime } from "@/shared/format/plain";
import { spokenIn } from "@/shared/names";

describe("amounts", () => {
  it.each([
    ["1234567", "CNY", "12,345.67"],
    ["5", "CNY", "0.05"],
    ["-5", "CNY", "−0.05"],
    ["1234567", "JPY", "1,234,567"],
    ["1234567", "KWD", "1,234.567"],
    ["0", "USD", "0.00"],
  ])("%s minor units of %s are written %s", (minor, currency, written) => {
    expect(formatMinor(minor, currency, "en")).toBe(written);
  });

  it("stay exact where a float would not", () => {
    expect(formatMinor("9007199254740993", "CNY", "zh-CN")).toBe("90,071,992,547,409.93");
    expect(formatNumber("12345678901234567890.123456789", "en")).toBe("12,345,678,901,234,567,890.123456789");
  });

  it("that are no numbers are left alone", () => {
    expect(formatNumber("n/a", "en")).toBe("n/a");
  });
});

describe("names in both languages", () => {
  it("are said in the reader's, and any other text stays whole", () => {
    for (const [zh, en] of [
      ["沈砚秋", "Shen Yanqiu"],
      ["8K信号的多通道拼接显示方法", "Multi-channel stitched display of an 8K signal"],
      ["一种Mini LED背光分区驱动方法", "Zoned driving of a mini-LED backlight"],
      ["会费催缴函（第二次）", "Reminder of dues (second)"],
    ] as const) {
      expect(spokenIn("zh-CN", `${zh} ${en}`)).toBe(zh);
      expect(spokenIn("en", `${zh} ${en}`)).toBe(en);
    }
    for (const text of ["Shen Yanqiu", "沈砚秋", "两件专利 有争议", "Suspended 暂停"]) {
      expect(spokenIn("en", text)).toBe(text);
    }
  });
});

describe("days", () => {
  it("are counted by the calendar, over months and leap days", () => {
    expect(daysBetween("2028-02-28", "2028-03-01")).toBe(2);
    expect(daysBetween("2026-03-01", "2026-02-28")).toBe(-1);
  });

  it("are said in the reader's language", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    expect(relativeTime("2026-11-21T11:00:00Z", "en", now)).toBe("yesterday");
    expect(relativeTime("2026-11-21T11:00:00Z", "zh-CN", now)).toBe("昨天");
  });
});
