import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { keys, type Licence, type Programme, request, type Tariff, type TermsVersion } from "@/shared/api";
import { CalendarDay, Period } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { listed, useLanguage, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { countryName, RateList, type Table } from "@/shared/royalties";
import type { PageOf } from "@/shared/table";
import { Empty, Failure, Pairs, Panel, Skeleton } from "@/shared/ui";
import { productsOf, ratesFor, territoryOf } from "./cover.ts";
import styles from "./licences.module.css";
import { PriceButton } from "./Price.tsx";
import { texts } from "./texts.ts";

/** What a licence is about: for what and where it is, from when to when, and by which rates it pays. */
export function About({ licence, programme }: { licence: Licence; programme: Programme | undefined }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const spoken = useSpoken();
  const terms = usePresentTerms(licence.programme_id);
  const rates = ratesFor(licence, terms.present?.rates ?? []);
  const products = productsOf(rates);
  const territory = territoryOf(rates);
  const whatever = (known: string) => (rates.length === 0 ? "–" : known);
  return (
    <div className={styles.about}>
      <Panel title={t("about.licence")} extra={<PriceButton licence={licence} />}>
        <Pairs
          pairs={[
            { label: t("code"), value: <code>{licence.code}</code> },
            {
              label: t("products"),
              value: whatever(products === null ? t("products.all") : listed(products)),
            },
            {
              label: t("territory"),
              value: whatever(
                territory === null
                  ? t("territory.all")
                  : listed(territory.map((country) => countryName(country, language))),
              ),
            },
            { label: t("field"), value: programme ? spoken(programme.name) : "–" },
            { label: t("days"), value: <Period from={licence.starts_on} to={licence.ends_on} /> },
            { label: t("signed"), value: <CalendarDay day={licence.signed_on} /> },
            { label: t("option"), value: licence.option || t("option.none") },
            { label: t("standing"), value: t.maybe(`standing.${licence.standing}`) },
            { label: t("enterprise"), value: licence.enterprise || "–" },
            {
              label: t("price_locked"),
              value: t(licence.price_locked ? "price_locked.yes" : "price_locked.no"),
            },
            {
              label: t("renewal_ceiling"),
              value: licence.renewal_ceiling_percent
                ? t("renewal_ceiling.percent", { percent: licence.renewal_ceiling_percent })
                : "–",
            },
            ...(licence.renews_id
              ? [
                  {
                    label: t("renews"),
                    value: <Link to={`/licences/${licence.renews_id}`}>{t("renews.open")}</Link>,
                  },
                ]
              : []),
          ]}
        />
      </Panel>
      <Panel
        title={t("about.rates")}
        note={
          terms.present && t("rates.of", { number: terms.present.number, day: terms.present.in_force_from })
        }
      >
        {terms.error ? (
          <Failure error={terms.error} />
        ) : terms.isLoading || programme === undefined ? (
          <Skeleton height={80} />
        ) : rates.length === 0 ? (
          <Empty title={t("rates.none")} />
        ) : (
          <RateList rates={rates} currency={programme.currency} />
        )}
      </Panel>
    </div>
  );
}

/** The terms that are in force today: whole for those who may read all of them, the general rates for others. */
function usePresentTerms(programme: string) {
  const whole = useVersions<TermsVersion>("/api/v1/terms-versions", programme);
  const general = useVersions<Tariff>("/api/v1/tariffs", programme);
  const version = latest(whole.data?.items ?? []);
  const tariff = latest(general.data?.items ?? []);
  const rates = version && (version.content as { rates?: readonly Table[] }).rates;
  const found = version ?? tariff;
  return {
    present: found && {
      number: found.number,
      in_force_from: found.in_force_from,
      rates: rates ?? tariff?.rates ?? [],
    },
    isLoading: whole.isPending || general.isPending,
    error: general.error,
  };
}

function useVersions<Row>(path: string, programme: string) {
  return useQuery({
    queryKey: keys.list(path, { programme, limit: 100 }),
    queryFn: ({ signal }) => request<PageOf<Row>>("GET", path, { query: { programme, limit: 100 }, signal }),
    staleTime: 60_000,
    retry: false,
  });
}

function latest<Row extends { in_force_from: string; published_at?: string | null }>(
  rows: readonly Row[],
): Row | undefined {
  const today = todayHere();
  return rows
    .filter((row) => row.published_at && row.in_force_from <= today)
    .sort((one, other) => other.in_force_from.localeCompare(one.in_force_from))[0];
}
