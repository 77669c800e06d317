import { formatNumber, minorDigits } from "@/shared/format/plain";
import type { Language } from "@/shared/i18n";

const MICRO_DIGITS = 6;

/** Writes micros (millionths of the minor unit) out in major units, every digit of them, without trailing noughts. */
export function exactMicros(micros: string | bigint, currency: string): string {
  const whole = BigInt(micros);
  const digits = minorDigits(currency) + MICRO_DIGITS;
  const positive = (whole < 0n ? -whole : whole).toString().padStart(digits + 1, "0");
  const front = positive.slice(0, positive.length - digits);
  const behind = positive.slice(-digits).replace(/0+$/, "");
  return `${whole < 0n ? "-" : ""}${front}${behind ? `.${behind}` : ""}`;
}

/** An exact amount for a sentence: digits grouped, currency behind. */
export function microsInWords(micros: string | bigint, currency: string, language: Language): string {
  return `${formatNumber(exactMicros(micros, currency), language)} ${currency}`;
}

/** Rounds micros to whole minor units, halves away from nought. */
export function roundedMinor(micros: string | bigint): bigint {
  const whole = BigInt(micros);
  const half = 10n ** BigInt(MICRO_DIGITS) / 2n;
  return (whole + (whole < 0n ? -half : half)) / (2n * half);
}

/** For the length of a bar only: nothing that is written comes from here. */
export function lengthOf(minor: number | null | undefined, currency: string): number {
  return (minor ?? 0) / 10 ** minorDigits(currency);
}

/** The part of a whole in percent with two digits, rounded from whole numbers. */
export function percentOf(part: number | bigint, whole: number | bigint): string {
  const all = BigInt(whole);
  if (all === 0n) return "–";
  const tenThousandths = (BigInt(part) * 100_000n) / all;
  const rounded = (tenThousandths + (tenThousandths < 0n ? -5n : 5n)) / 10n;
  const positive = rounded < 0n ? -rounded : rounded;
  return `${rounded < 0n ? "−" : ""}${positive / 100n}.${String(positive % 100n).padStart(2, "0")}%`;
}

/** Takes the zeros off that a stored decimal ends in: 0.500000000000 becomes 0.5. */
export function plainDecimal(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
