import { DatePicker } from "antd";
import dayjs from "dayjs";
import { minorDigits } from "@/shared/format/plain";

/** A month in a form; its value is its first day, as the server takes it. */
export function MonthInput({
  value,
  onChange,
  id,
}: {
  value?: string | null;
  onChange?: (day: string | null) => void;
  id?: string;
}) {
  return (
    <DatePicker
      {...(id === undefined ? {} : { id })}
      picker="month"
      value={value ? dayjs(value) : null}
      onChange={(day) => onChange?.(day ? day.format("YYYY-MM-01") : null)}
      allowClear={false}
      style={{ width: 168 }}
    />
  );
}

/** Returns an amount as people write it in whole minor units, exactly: no fraction is ever a binary one. */
export function minorOf(written: string | number | null | undefined, currency: string): number {
  const digits = minorDigits(currency);
  const [whole = "0", part = ""] = String(written ?? "0")
    .trim()
    .split(".");
  return Number(BigInt(`${whole || "0"}${part.padEnd(digits, "0").slice(0, digits)}`));
}

/** Writes minor units as people type an amount: 1234567 CNY becomes 12345.67. */
export function written(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(minor).padStart(digits + 1, "0");
  const front = text.slice(0, text.length - digits);
  return digits > 0 ? `${front}.${text.slice(-digits)}` : front;
}
