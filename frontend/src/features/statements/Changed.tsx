import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import type { Statement as StatementDocument } from "@/shared/api";
import { type Bar, barsOption, Chart, heightOf } from "@/shared/charts";
import { Amount, formatMinor } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { lengthOf, percentOf, useReasonText } from "@/shared/royalties";
import { Panel, Skeleton } from "@/shared/ui";
import { earned, useComparison, useExplanation, useSeries } from "./queries.ts";
import { nameOf } from "./Statements.tsx";
import styles from "./statements.module.css";
import { texts } from "./texts.ts";

interface Props {
  statement: StatementDocument;
}

/** How a member's amounts went over its periods, and why the last one is not what the one before was. */
export function Changed({ statement }: Props) {
  return (
    <div className={styles.columns}>
      <Series statement={statement} />
      <WhyChanged statement={statement} />
    </div>
  );
}

const NAMED = 12;

/** What of the change is earned and what withheld, and what the member may know of the reasons. */
function WhyChanged({ statement }: Props) {
  const t = useTexts(texts);
  const say = useReasonText(statement.currency);
  const explanation = useExplanation(statement.id);
  const comparison = useComparison(statement.id).data;
  const facts = comparison?.facts;
  const { currency } = statement;
  return (
    <Panel title={t("why.title")}>
      {explanation.data === undefined ? (
        <Skeleton height={60} />
      ) : (
        <ul className={styles.reasons}>
          {explanation.data.reasons.map((reason) => (
            <li key={reason.key}>{say(reason)}</li>
          ))}
        </ul>
      )}
      {comparison?.against_period && (
        <>
          <h3 className={styles.subtitle}>{t("why.since", { period: comparison.against_period })}</h3>
          <dl className={styles.sums}>
            {comparison.reasons.map((reason) => (
              <div key={reason.key}>
                <dt>{t(`why.${reason.key}`)}</dt>
                <dd>
                  <Amount minor={reason.amount_minor} currency={currency} signed />
                </dd>
              </div>
            ))}
            <div data-total>
              <dt>{t("change")}</dt>
              <dd>
                <Amount minor={comparison.difference_minor} currency={currency} signed />
              </dd>
            </div>
          </dl>
        </>
      )}
      {facts && comparison?.against_period && (
        <ul className={styles.reasons}>
          <li>
            {t("facts.families", { now: facts.families_this, before: facts.families_last ?? 0 })}{" "}
            {t("facts.pool", { now: facts.pool_families_this, before: facts.pool_families_last ?? 0 })}
          </li>
          {facts.patents_new.length > 0 && (
            <li>
              {t("facts.new", { count: facts.patents_new.length })} <Publications list={facts.patents_new} />
            </li>
          )}
          {facts.patents_ended.length > 0 && (
            <li>
              {t("facts.ended", { count: facts.patents_ended.length })}{" "}
              <Publications list={facts.patents_ended} />
            </li>
          )}
          {facts.terms_changed !== null && (
            <li>{t(facts.terms_changed ? "facts.terms" : "facts.terms.same")}</li>
          )}
          <li className={styles.hush}>{t("facts.note")}</li>
        </ul>
      )}
    </Panel>
  );
}

function Publications({ list }: { list: readonly string[] }) {
  const t = useTexts(texts);
  return (
    <>
      {list.slice(0, NAMED).map((publication) => (
        <code key={publication} className={styles.publication}>
          {publication}
        </code>
      ))}
      {list.length > NAMED && t("facts.more", { count: list.length - NAMED })}
    </>
  );
}

/** The member's periods beside one another; a bar leads to its statement. */
function Series({ statement }: Props) {
  const t = useTexts(texts);
  const language = useLanguage();
  const navigate = useNavigate();
  const series = useSeries(statement).data;
  const pick = useCallback(
    (place: number) => {
      const other = series?.[place];
      if (other) void navigate({ to: `/statements/${other.id}` });
    },
    [series, navigate],
  );
  if (series === undefined) return <Skeleton height={240} />;
  const { currency } = statement;
  const text = (minor: number) => formatMinor(minor, currency, language);
  const bars: Bar[] = series.map((other) => ({
    key: other.id,
    label: other.period,
    value: lengthOf(earned(other), currency),
    text: text(earned(other)),
    past: other.period !== statement.period,
  }));
  const place = series.findIndex((other) => other.period === statement.period);
  const before = place > 0 ? series[place - 1] : undefined;
  return (
    <Chart
      finding={findingOf(t, statement, before)}
      about={t("history.about", { currency })}
      option={(look) => barsOption(look, bars, currency)}
      height={heightOf(bars.length)}
      file={`${nameOf(statement)} ${t("change")}`}
      onPick={pick}
      table={{
        columns: [
          { title: t("period") },
          { title: t("amount"), numeric: true },
          { title: t("held"), numeric: true },
          { title: t("earned"), numeric: true },
        ],
        rows: series.map((other) => [
          other.period,
          text(other.amount_minor),
          text(other.held_minor),
          text(earned(other)),
        ]),
      }}
    />
  );
}

type T = (
  key: "history.one" | "history.same" | "history.more" | "history.less",
  values?: Record<string, string>,
) => string;

function findingOf(t: T, statement: StatementDocument, before: StatementDocument | undefined): string {
  if (before === undefined) return t("history.one");
  const change = earned(statement) - earned(before);
  const values = { period: before.period, percent: percentOf(Math.abs(change), earned(before)) };
  return change === 0
    ? t("history.same", values)
    : change > 0
      ? t("history.more", values)
      : t("history.less", values);
}
