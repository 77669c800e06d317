import { Tooltip } from "antd";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import styles from "./format.module.css";
import { formatMinor, formatNumber } from "./plain.ts";

interface AmountProps {
  /** Whole minor units. */
  minor: number | string | bigint;
  currency: string;
  /** The exact amount before rounding, as a decimal; shown on hover. */
  exact?: string;
  signed?: boolean;
}

/** An amount of money with its currency, digits under one another. */
export function Amount({ minor, currency, exact, signed = false }: AmountProps) {
  const language = useLanguage();
  const t = useTexts(words);
  const plus = signed && BigInt(minor) > 0n ? "+" : "";
  const shown = (
    <span className={styles.amount}>
      {plus}
      {formatMinor(minor, currency, language)}
      <span className={styles.currency}>{currency}</span>
    </span>
  );
  if (exact === undefined) return shown;
  return <Tooltip title={t("exact", { value: `${exact} ${currency}` })}>{shown}</Tooltip>;
}

/** A plain number, digits under one another. */
export function Figure({ value }: { value: number | string }) {
  return <span className={styles.figure}>{formatNumber(value, useLanguage())}</span>;
}

/** A part of a whole as a percentage, the exact part on hover. */
export function Ratio({ value, digits = 2 }: { value: number; digits?: number }) {
  const language = useLanguage();
  const shown = value.toLocaleString(language, {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return (
    <span className={styles.figure} title={String(value)}>
      {shown}
    </span>
  );
}
