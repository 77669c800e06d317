import { useCallback } from "react";
import type { Reason } from "@/shared/api";
import { formatMinor, formatNumber } from "@/shared/format/plain";
import { type Language, type Translate, useLanguage, useTexts } from "@/shared/i18n";
import { countryName } from "./countries.ts";
import { microsInWords, plainDecimal } from "./exact.ts";
import { texts } from "./texts.ts";

type T = Translate<NonNullable<(typeof texts)["key"]>>;
type Values = Readonly<Record<string, unknown>>;

export interface Threshold {
  above: string | number;
  per_unit?: string;
  fee?: string;
}

interface Speaker {
  t: T;
  language: Language;
  currency: string;
}

const text = (value: unknown) => (value === null || value === undefined ? "" : String(value));

export function priceText(value: unknown, currency: string, language: Language): string {
  return `${formatNumber(text(value), language)} ${currency}`;
}

/** The bands of a rate one after the other: the first 100,000 at 0.00 CNY each, beyond 100,000 at 0.20 CNY each. */
export function bandTexts(t: T, language: Language, bands: readonly Threshold[], currency: string): string[] {
  const number = (value: string | number) => formatNumber(String(value), language);
  return bands.map((band, place) => {
    const price = priceText(band.per_unit, currency, language);
    const next = bands[place + 1];
    if (bands.length === 1) return t("band.all", { price });
    if (next === undefined) return t("band.last", { from: number(band.above), price });
    if (place === 0) return t("band.first", { to: number(next.above), price });
    return t("band.middle", { from: number(String(BigInt(band.above) + 1n)), to: number(next.above), price });
  });
}

export function stepTexts(t: T, language: Language, steps: readonly Threshold[], currency: string): string[] {
  return steps.map((step, place) => {
    const price = priceText(step.fee, currency, language);
    const next = steps[place + 1];
    return place === 0 && next !== undefined && String(step.above) === "0"
      ? t("step.first", { to: formatNumber(String(next.above), language), price })
      : t("step.over", { from: formatNumber(String(step.above), language), price });
  });
}

export function boundsText(t: T, language: Language, values: Values, currency: string): string {
  const floor = values.floor_per_unit;
  const ceiling = values.ceiling_per_unit;
  return [
    floor ? t("bounds.floor", { price: priceText(floor, currency, language) }) : "",
    ceiling ? t("bounds.ceiling", { price: priceText(ceiling, currency, language) }) : "",
    values.percent_ceiling
      ? t("bounds.percent", { percent: plainDecimal(text(values.percent_ceiling)) })
      : "",
  ].join("");
}

function rateValues({ t, language, currency }: Speaker, values: Values): Record<string, string> {
  const own = text(values.currency) || currency;
  return {
    id: text(values.id),
    price: priceText(values.per_unit, own, language),
    percent: plainDecimal(text(values.percent)),
    amount: priceText(values.amount, own, language),
    span: t.maybe(`span.${text(values.months)}`),
    scope: t.maybe(`scope.${text(values.scope)}`),
    measure: t(values.peak ? "measure.peak" : "measure.sum"),
    bands: Array.isArray(values.bands)
      ? bandTexts(t, language, values.bands as Threshold[], own).join(" · ")
      : "",
    steps: Array.isArray(values.steps)
      ? stepTexts(t, language, values.steps as Threshold[], own).join(" · ")
      : "",
    bounds: boundsText(t, language, values, own),
  };
}

function allocationValues({ t, language }: Speaker, values: Values): Record<string, string> {
  return {
    counted: t.maybe(`count.${text(values.count)}`),
    territory: t.maybe(`territory.${text(values.territory)}`),
    time: values.time === "days" ? t("time.days") : "",
    weight: formatNumber(plainDecimal(text(values.weight)), language),
    weights: formatNumber(plainDecimal(text(values.weights)), language),
    column: text(values.column),
    cap: values.cap_percent ? t("cap", { percent: plainDecimal(text(values.cap_percent)) }) : "",
  };
}

/** What terms set money aside for, in words where it is one of the usual purposes. */
export function reserveName(t: T, name: string): string {
  return t.maybe(`reserve.${name}`, {}, name);
}

function otherValues({ t, language, currency }: Speaker, values: Values): Record<string, string> {
  const micros = (name: string) =>
    values[name] === undefined ? "" : microsInWords(text(values[name]), currency, language);
  const minor = (name: string) =>
    values[name] === undefined ? "" : `${formatMinor(text(values[name]), currency, language)} ${currency}`;
  return {
    owed: minor("licences_owe_minor") || micros("owed_micros"),
    distributed: minor("distributed_minor"),
    difference: micros("micros"),
    paid: micros("micros"),
    royalty: micros("royalty_micros"),
    billed: micros("billed_micros"),
    percent: plainDecimal(text(values.percent)),
    name: reserveName(t, text(values.name)),
    id: text(values.id),
    kind: t.maybe(`charge.${text(values.kind)}`, {}, text(values.kind)),
  };
}

/** Says a reason that the server gave as a key with values; one that is not known is shown by its key. */
export function reasonText(speaker: Speaker, reason: Reason): string {
  const { t, currency, language } = speaker;
  const values = reason.values as Values;
  if (reason.key.startsWith("close.rate.")) return t.maybe(reason.key, rateValues(speaker, values));
  if (reason.key.startsWith("close.allocation.")) {
    const said = t.maybe(reason.key, allocationValues(speaker, values));
    const reached = values.reached_micros;
    if (reached === undefined) return said;
    return `${said} ${t("reached", { amount: microsInWords(text(reached), currency, language) })}`;
  }
  return t.maybe(reason.key, otherValues(speaker, values));
}

export function useReasonText(currency: string): (reason: Reason) => string {
  const t = useTexts(texts);
  const language = useLanguage();
  return useCallback(
    (reason: Reason) => reasonText({ t, language, currency }, reason),
    [t, language, currency],
  );
}

/** How payees that are no members, and products that are no goods, are called. */
export function useCloseNames() {
  const t = useTexts(texts);
  const language = useLanguage();
  return {
    reserve: (name: string) => reserveName(t, name),
    payee: (payee: string, name: string) => {
      if (payee === "~fee") return t("payee.fee");
      if (payee === "~undistributed") return t("payee.undistributed");
      const [, kind = "", rest = ""] = /^~(reserve|held|credit):(.*)$/.exec(payee) ?? [];
      if (kind === "reserve") return t("payee.reserve", { name: reserveName(t, rest) });
      if (kind === "held") return t("payee.held", { name: name || rest });
      if (kind === "credit") return t("payee.credit", { name: name || rest });
      return name || payee;
    },
    product: (product: string) => {
      const [, kind = "", rest = ""] = /^~(minimum|charge):(.*)$/.exec(product) ?? [];
      if (kind === "minimum") return t("product.minimum", { id: rest });
      if (kind === "charge") return t("product.charge", { kind: t.maybe(`charge.${rest}`, {}, rest) });
      return product;
    },
    country: (code: string | null | undefined) =>
      !code || code === "-" ? t("country.none") : countryName(code, language),
    kind: (kind: string) => t.maybe(`kind.${kind}`),
  };
}
