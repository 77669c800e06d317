import type { Language } from "@/shared/i18n";

/** How many digits behind the point a currency's minor unit has (ISO 4217), where it is not two. */
const DIGITS: Record<string, number> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};

export function minorDigits(currency: string): number {
  return DIGITS[currency] ?? 2;
}

/** Writes an amount of minor units without ever going through a float: 1234567 CNY becomes 12,345.67. */
export function formatMinor(minor: number | string | bigint, currency: string, language: Language): string {
  const whole = BigInt(minor);
  const digits = minorDigits(currency);
  const positive = (whole < 0n ? -whole : whole).toString().padStart(digits + 1, "0");
  const front = positive.slice(0, positive.length - digits);
  const behind = digits > 0 ? `.${positive.slice(-digits)}` : "";
  return `${whole < 0n ? "−" : ""}${BigInt(front).toLocaleString(language)}${behind}`;
}

/** Groups the digits of an exact decimal, which stays exact however long it is. */
export function formatNumber(value: number | string, language: Language): string {
  const [, sign = "", front = "0", behind = ""] = /^(-?)(\d+)(\.\d+)?$/.exec(String(value)) ?? [];
  if (!/^-?\d+(\.\d+)?$/.test(String(value))) return String(value);
  return `${sign ? "−" : ""}${BigInt(front).toLocaleString(language)}${behind}`;
}

export function formatDay(day: string): string {
  return day.slice(0, 10);
}

/** Writes an instant as the reader's clock shows it, in ISO order: 2026-11-16 09:40. */
export function formatInstant(instant: string | Date, seconds = false): string {
  const at = typeof instant === "string" ? new Date(instant) : instant;
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return `${day} ${time}${seconds ? `:${two(at.getSeconds())}` : ""}`;
}

/** Counts the days from one calendar day to another, whatever the clocks do meanwhile. */
export function daysBetween(from: string, to: string): number {
  return Math.round(
    (Date.parse(`${to.slice(0, 10)}T00:00:00Z`) - Date.parse(`${from.slice(0, 10)}T00:00:00Z`)) / 86_400_000,
  );
}

export function todayHere(now = new Date()): string {
  return formatInstant(now).slice(0, 10);
}

/** Says how long ago something was in the reader's words; always shown beside the absolute time. */
export function relativeTime(instant: string, language: Language, now = Date.now()): string {
  const seconds = (Date.parse(instant) - now) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["year", 31_536_000],
    ["month", 2_592_000],
    ["week", 604_800],
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ];
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, "second");
}
