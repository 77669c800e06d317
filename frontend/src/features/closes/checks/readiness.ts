import type { CloseRun, ExchangeRate, LicenceDates, SalesReport, TermsVersion } from "@/shared/api";
import { listed } from "@/shared/i18n";
import type { Finding } from "../CheckList.tsx";
import { monthsBetween, spanOf } from "../periods.ts";
import type { texts as checkTexts } from "./texts.ts";

export type CheckKey = Extract<NonNullable<(typeof checkTexts)["key"]>, `check.${string}`>;

/** What was found, before it is said in the reader's language. */
export interface Found {
  standing: Finding["standing"];
  text: CheckKey;
  values?: Record<string, string | number>;
  to?: string;
}

export function openRun(runs: readonly CloseRun[], period: string): Found {
  const same = runs.filter((run) => run.period === period && run.status !== "cancelled");
  const open = same.find((run) => run.status !== "posted");
  if (open) return { standing: "overdue", text: "check.run.open", to: `/closes/${open.id}` };
  return same.length > 0
    ? { standing: "attention", text: "check.run.correction" }
    : { standing: "fine", text: "check.run.first" };
}

export function termsInForce(terms: readonly TermsVersion[], period: string): Found {
  const lastDay = spanOf(period)?.lastDay ?? "";
  const inForce = terms
    .filter((version) => version.in_force_from <= lastDay)
    .sort((one, other) => other.in_force_from.localeCompare(one.in_force_from))[0];
  return inForce
    ? {
        standing: "fine",
        text: "check.terms",
        values: { number: inForce.number, day: inForce.in_force_from },
      }
    : { standing: "overdue", text: "check.terms.none", values: { day: lastDay } };
}

export function reportsIn(
  licences: readonly LicenceDates[],
  reports: readonly SalesReport[],
  period: string,
): Found {
  const span = spanOf(period);
  if (span === null) return { standing: "attention", text: "check.reports.none" };
  const running = licences.filter(
    (licence) =>
      (!licence.starts_on || licence.starts_on <= span.lastDay) &&
      (!licence.ends_on || licence.ends_on >= `${span.first}-01`),
  );
  const filed = new Set(
    reports.flatMap((report) =>
      monthsBetween(report.first_month.slice(0, 7), report.last_month.slice(0, 7)).map(
        (month) => `${report.licence_code} ${month}`,
      ),
    ),
  );
  // Each month in which a licence runs is reported, whichever day of it the licence begins or ends on.
  const missing = running.filter((licence) =>
    monthsBetween(span.first, span.last).some(
      (month) =>
        month >= (licence.starts_on ?? month).slice(0, 7) &&
        month <= (licence.ends_on ?? month).slice(0, 7) &&
        !filed.has(`${licence.code} ${month}`),
    ),
  );
  const values = {
    filed: running.length - missing.length,
    all: running.length,
    missing: listed(missing.map((licence) => licence.code)),
  };
  return missing.length === 0
    ? { standing: "fine", text: "check.reports", values }
    : { standing: "attention", text: "check.reports.missing", values };
}

export function ratesIn(rates: readonly ExchangeRate[], period: string): Found {
  const span = spanOf(period);
  const currencies = [...new Set(rates.map((rate) => rate.currency))].sort();
  if (span === null || currencies.length === 0) return { standing: "fine", text: "check.rates.unneeded" };
  const have = new Set(rates.map((rate) => `${rate.currency} ${rate.month.slice(0, 7)}`));
  const missing = monthsBetween(span.first, span.last).flatMap((month) =>
    currencies
      .filter((currency) => !have.has(`${currency} ${month}`))
      .map((currency) => `${currency} ${month}`),
  );
  return missing.length === 0
    ? { standing: "fine", text: "check.rates", values: { currencies: currencies.join(", ") } }
    : { standing: "attention", text: "check.rates.missing", values: { missing: missing.join(", ") } };
}
