import type { ReactNode } from "react";
import { useTexts } from "@/shared/i18n";
import styles from "./figures.module.css";
import { texts } from "./texts.ts";

interface FigureTableProps {
  label: string;
  /** Cells stay on one line, and what is too wide is scrolled to. */
  unbroken?: boolean;
  children: ReactNode;
}

/** A table of figures that belong together and are read as a whole, unlike a list. */
export function FigureTable({ label, unbroken = false, children }: FigureTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={label}>
      <table className={styles.table} data-unbroken={unbroken || undefined}>
        <caption className="visually-hidden">{label}</caption>
        {children}
      </table>
    </div>
  );
}

/** Names that stand for one figure, and that they do. */
export function Together({ names }: { names: readonly string[] }) {
  const t = useTexts(texts);
  return (
    <>
      {names.join(t("separator"))}
      {names.length > 1 && <span className={styles.together}>{t("together")}</span>}
    </>
  );
}
