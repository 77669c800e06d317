import { formatNumber } from "@/shared/format";
import { type Language, useLanguage, useTexts } from "@/shared/i18n";
import { countryName } from "./countries.ts";
import styles from "./rates.module.css";
import { boundsText, priceText, type Threshold } from "./reasons.ts";
import { texts } from "./texts.ts";

/** An entry of the terms, as plain tables. */
export type Table = Readonly<Record<string, unknown>>;

/** Rates in the words of contracts: for what each is, and its price. */
export function RateList({ rates, currency }: { rates: readonly Table[]; currency: string }) {
  return (
    <ol className={styles.rates}>
      {rates.map((rate) => (
        <Rate key={String(rate.id)} rate={rate} currency={currency} />
      ))}
    </ol>
  );
}

function Rate({ rate, currency }: { rate: Table; currency: string }) {
  const conditions = useConditions();
  return (
    <li className={styles.rate}>
      <div className={styles.rateHead}>
        <code>{String(rate.id)}</code>
        <ul className={styles.conditions}>
          {conditions(rate).map((condition) => (
            <li key={condition}>{condition}</li>
          ))}
        </ul>
      </div>
      <Price rate={rate} currency={String(rate.currency ?? currency)} />
    </li>
  );
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Says for what and whom an entry of the terms is. */
export function useConditions(): (entry: Table) => string[] {
  const r = useTexts(texts);
  const language = useLanguage();
  return (entry) => {
    const joined = (values: readonly string[]) => values.join(language === "en" ? ", " : "、");
    const countries = (value: unknown) => joined(list(value).map((code) => countryName(code, language)));
    const said: string[] = [];
    const products = list(entry.products);
    said.push(
      products.length > 0 ? r("terms.products", { list: joined(products) }) : r("terms.all_products"),
    );
    if (list(entry.sold_in).length > 0) said.push(r("terms.sold_in", { list: countries(entry.sold_in) }));
    if (list(entry.made_in).length > 0) said.push(r("terms.made_in", { list: countries(entry.made_in) }));
    if (entry.standing) said.push(r.maybe(`terms.standing.${String(entry.standing)}`));
    if (Array.isArray(entry.option)) {
      const options = list(entry.option).filter(Boolean);
      said.push(options.length > 0 ? r("terms.option", { list: joined(options) }) : r("terms.option.none"));
    }
    if (list(entry.licences).length > 0)
      said.push(r("terms.licences", { list: joined(list(entry.licences)) }));
    if (entry.from) said.push(r("terms.from", { month: String(entry.from) }));
    if (entry.to) said.push(r("terms.to", { month: String(entry.to) }));
    if (entry.signed_from) said.push(r("terms.signed_from", { day: String(entry.signed_from) }));
    if (entry.signed_to) said.push(r("terms.signed_to", { day: String(entry.signed_to) }));
    return said;
  };
}

function Price({ rate, currency }: { rate: Table; currency: string }) {
  const r = useTexts(texts);
  const language = useLanguage();
  const price = (value: unknown) => priceText(value, currency, language);
  if (rate.per_unit !== undefined) {
    return <p className={styles.price}>{r("price.unit", { price: price(rate.per_unit) })}</p>;
  }
  if (rate.percent !== undefined || rate.percent_per_patent !== undefined) {
    const bounds = boundsText(r, language, rate, currency);
    const percent = String(rate.percent ?? rate.percent_per_patent);
    return (
      <p className={styles.price}>
        {r(rate.percent === undefined ? "price.per_patent" : "price.percent", { percent, bounds })}
      </p>
    );
  }
  if (rate.flat !== undefined) {
    const span = r.maybe(`span.${String(rate.flat_per)}`);
    return <p className={styles.price}>{r("price.flat", { amount: price(rate.flat), span })}</p>;
  }
  const rows = (rate.bands ?? rate.steps) as Threshold[] | undefined;
  if (!Array.isArray(rows)) return null;
  if (rows.length === 1 && rate.bands) {
    return <p className={styles.price}>{r("price.unit", { price: price(rows[0]?.per_unit) })}</p>;
  }
  return <Bands rate={rate} rows={rows} currency={currency} language={language} />;
}

interface BandsProps {
  rate: Table;
  rows: readonly Threshold[];
  currency: string;
  language: Language;
}

function Bands({ rate, rows, currency, language }: BandsProps) {
  const r = useTexts(texts);
  const title = r("bands.scope", {
    scope: r.maybe(`scope.${String(rate.scope ?? "enterprise")}`),
    reset: r(rate.reset === "never" ? "reset.never" : "reset.year"),
  });
  return (
    <table className={styles.bands}>
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{r("units.from")}</th>
          <th scope="col">{r(rate.bands ? "units.price" : "steps.fee")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={String(row.above)}>
            <td>{formatNumber(String(row.above), language)}</td>
            <td>{priceText(row.per_unit ?? row.fee, currency, language)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
