import type { Invoice } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { type Standing, StateMark } from "@/shared/ui";
import { TAX_INVOICE_STANDINGS, WRITE_OFF_STANDINGS } from "./queries.ts";
import { texts } from "./texts/index.ts";

type Shown = Pick<
  Invoice,
  "state" | "open_minor" | "gross_minor" | "overdue_days" | "is_credit_note" | "disputed"
>;

/** How an invoice stands, in one word: as a draft, by what is paid of it, or as disputed. */
export function standingOf(invoice: Shown): [key: string, standing: Standing] {
  if (invoice.state === "discarded") return ["discarded", "closed"];
  if (invoice.state !== "issued") return ["draft", "attention"];
  if (invoice.open_minor === 0) return [invoice.is_credit_note ? "used" : "paid", "fine"];
  if (invoice.disputed) return ["disputed", "overdue"];
  if (invoice.overdue_days > 0) return ["overdue", "overdue"];
  if (invoice.is_credit_note) return ["unused", "attention"];
  return [invoice.open_minor === invoice.gross_minor ? "open" : "part_paid", "attention"];
}

export function InvoiceMark({ invoice }: { invoice: Shown }) {
  const t = useTexts(texts);
  const [key, standing] = standingOf(invoice);
  return (
    <StateMark standing={standing}>{t.maybe(`standing.${key}`, { count: invoice.overdue_days })}</StateMark>
  );
}

export function TaxInvoiceMark({ state }: { state: string }) {
  const t = useTexts(texts);
  return (
    <StateMark standing={TAX_INVOICE_STANDINGS[state] ?? "closed"}>
      {t.maybe(`tax_invoice.${state}`)}
    </StateMark>
  );
}

export function WriteOffMark({ state }: { state: string }) {
  const t = useTexts(texts);
  return (
    <StateMark standing={WRITE_OFF_STANDINGS[state] ?? "closed"}>
      {t.maybe(`write_off.state.${state}`)}
    </StateMark>
  );
}

/** What an invoice is called: by its number, and before it has one by what it is for. */
export function useInvoiceName(): (
  invoice: Pick<Invoice, "number" | "programme_code" | "licence_code" | "period" | "is_credit_note">,
) => string {
  const t = useTexts(texts);
  return (invoice) =>
    invoice.number ||
    t(invoice.is_credit_note ? "draft.note" : "draft.invoice", {
      of: `${invoice.programme_code} ${invoice.licence_code} ${invoice.period}`,
    });
}

/** Names a line: a product by its code, everything else in words. */
export function useLineName(): (product: string) => string {
  const t = useTexts(texts);
  return (product) => {
    const [kind = "", name = ""] = product.split(/:(.*)/s);
    if (kind === "~minimum") return t("line.minimum", { name });
    if (kind === "~charge")
      return t("line.charge", { name: t.maybe(`charge.${name.split(":")[0]}`, {}, name) });
    if (kind === "~credit") return t("line.credit");
    if (kind === "~correction") return t("line.correction");
    if (kind === "~carried") return t("line.carried");
    return product || t("line.royalty");
  };
}
