import type { Licence } from "@/shared/api";
import type { Table } from "@/shared/royalties";

type Terms = Pick<Licence, "code" | "option" | "standing" | "signed_on">;

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Whether an entry of the terms can hold for a licence: its option, its standing, its code, when it was signed. */
function holdsFor(licence: Terms, rate: Table): boolean {
  const named = list(rate.licences);
  const signed = licence.signed_on ?? "";
  return (
    (!Array.isArray(rate.option) || list(rate.option).includes(licence.option ?? "")) &&
    (!rate.standing || rate.standing === licence.standing) &&
    (named.length === 0 || named.includes(licence.code)) &&
    (!rate.signed_from || signed >= String(rate.signed_from)) &&
    (!rate.signed_to || (signed !== "" && signed <= String(rate.signed_to)))
  );
}

/** Entries that leave something to a later one for the same products. */
const NARROW = ["sold_in", "made_in", "from", "to"];

/** Returns the rates that a licence pays by: of two for the same products the first one holds, as in a close. */
export function ratesFor(licence: Terms, rates: readonly Table[]): Table[] {
  const taken = new Set<string>();
  let everything = false;
  const held: Table[] = [];
  for (const rate of rates.filter((one) => holdsFor(licence, one))) {
    const products = list(rate.products);
    if (everything || (products.length > 0 && products.every((product) => taken.has(product)))) continue;
    held.push(rate);
    if (NARROW.some((name) => rate[name] !== undefined)) continue;
    for (const product of products) taken.add(product);
    everything = products.length === 0;
  }
  return held;
}

/** The products that rates are for; null where one is for all. */
export function productsOf(rates: readonly Table[]): string[] | null {
  if (rates.some((rate) => list(rate.products).length === 0)) return null;
  return [...new Set(rates.flatMap((rate) => list(rate.products)))];
}

/** The countries of sale that rates are for; null where one is for all. */
export function territoryOf(rates: readonly Table[]): string[] | null {
  if (rates.some((rate) => list(rate.sold_in).length === 0)) return null;
  return [...new Set(rates.flatMap((rate) => list(rate.sold_in)))].sort();
}
