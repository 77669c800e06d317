import type { OpenDeclarationLine } from "@/shared/api";
import { Amount } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { plainDecimal } from "@/shared/royalties";
import { openTexts } from "./texts/index.ts";

type Priced = Pick<OpenDeclarationLine, "scheme" | "currency" | "sum_minor" | "base" | "rate_percent">;

/** A rate as contracts write it: without zeros that say nothing. */
export function rate(percent: string | null | undefined): string {
  // The sign stays on the line of its number.
  return percent ? `${plainDecimal(percent)}\u00a0%` : "–";
}

/** What a licence costs, in a line: a sum, a part of sales or profit, or both. */
export function Price({ of }: { of: Priced }) {
  const t = useTexts(openTexts);
  const base = of.base ? t.maybe(`base.${of.base}`) : "";
  return (
    <>
      {of.sum_minor != null && <Amount minor={of.sum_minor} currency={of.currency} />}
      {of.sum_minor != null && of.rate_percent && " + "}
      {of.rate_percent && `${base} ${rate(of.rate_percent)}`}
      {of.sum_minor == null && !of.rate_percent && "–"}
    </>
  );
}
