import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { type AmountPart, asProblem, type CloseRunDetail } from "@/shared/api";
import {
  axisStart,
  type Bar,
  barsOption,
  Chart,
  heightOf,
  type Look,
  type Step,
  waterfallOption,
} from "@/shared/charts";
import { formatMinor, formatNumber } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn } from "@/shared/names";
import { exactMicros, lengthOf, percentOf, useCloseNames } from "@/shared/royalties";
import { Empty, Failure, Skeleton } from "@/shared/ui";
import { texts as chartTexts } from "./charts/texts.ts";
import styles from "./closes.module.css";
import { nameOf } from "./columns.tsx";
import { explainSearch } from "./Explain.tsx";
import { type ComparedRow, type Comparison, useComparison, usePayees } from "./queries.ts";
import { texts } from "./texts.ts";

const BARS = 14;
const STEPS = 9;

/** What a close came to, drawn: who gets what, from where it comes, and why it changed. */
export function Outcome({ run }: { run: CloseRunDetail }) {
  const t = useTexts(texts);
  const payees = usePayees(run);
  if (payees.isError) return <Failure error={payees.error} retry={() => void payees.refetch()} />;
  if (payees.data === undefined) {
    return (
      <div className={styles.charts} aria-busy="true">
        <Skeleton height={320} />
        <Skeleton height={320} />
      </div>
    );
  }
  if (payees.data.parts.length === 0) return <Empty title={t("explain.none")} />;
  return (
    <div className={styles.charts}>
      <Shares run={run} parts={payees.data.parts} />
      <Compared run={run} />
    </div>
  );
}

/** Writes amounts of one currency in the reader's language, with a sign where they are changes. */
function useMoney(currency: string) {
  const language = useLanguage();
  const plain = (minor: number) => formatMinor(minor, currency, language);
  return { plain, signed: (minor: number) => `${minor > 0 ? "+" : ""}${plain(minor)}` };
}

interface SharesProps {
  run: CloseRunDetail;
  parts: readonly AmountPart[];
}

function Shares({ run, parts }: SharesProps) {
  const t = useTexts(texts);
  const c = useTexts(chartTexts);
  const language = useLanguage();
  const names = useCloseNames();
  const navigate = useNavigate();
  const currency = run.currency ?? "";
  const money = useMoney(currency);
  const whole = run.distributed_minor ?? 0;
  const label = (part: AmountPart) => names.payee(part.key, nameIn(language, part));
  const marked = (part: AmountPart) =>
    part.kind === "held" || part.kind === "credit"
      ? c(`chart.of.${part.kind}`, { name: label(part) })
      : label(part);
  const paid = parts.filter((part) => (part.amount_minor ?? 0) > 0);
  const rest = paid.slice(BARS).reduce((sum, part) => sum + (part.amount_minor ?? 0), 0);
  const bars: Bar[] = paid.slice(0, BARS).map((part) => ({
    key: part.key,
    label: marked(part),
    value: lengthOf(part.amount_minor, currency),
    text: `${percentOf(part.amount_minor ?? 0, whole)}  ${money.plain(part.amount_minor ?? 0)}`,
    apart: part.kind !== "member",
  }));
  if (rest > 0) {
    bars.push({
      key: "rest",
      label: c("chart.rest", { count: paid.length - BARS }),
      value: lengthOf(rest, currency),
      text: `${percentOf(rest, whole)}  ${money.plain(rest)}`,
      apart: true,
    });
  }
  const members = paid.filter((part) => part.kind === "member" || part.kind === "held");
  const first = members[0];
  const three = members.slice(0, 3).reduce((sum, part) => sum + (part.amount_minor ?? 0), 0);
  return (
    <Chart
      finding={
        first
          ? c("chart.shares", {
              name: label(first),
              percent: percentOf(first.amount_minor ?? 0, whole),
              three: percentOf(three, whole),
            })
          : c("chart.shares.none")
      }
      about={c("chart.shares.about", { currency })}
      option={(look: Look) => barsOption(look, bars, currency)}
      height={heightOf(bars.length)}
      file={`${nameOf(run)} ${t("tab.payees")}`}
      onPick={useCallback(
        (place: number) => {
          const part = paid[place];
          // The last bar is of all others together.
          if (part && place < BARS)
            void navigate({ to: ".", search: explainSearch({ payee: part.key }) as never });
        },
        [paid, navigate],
      )}
      table={{
        columns: [
          { title: t("payee") },
          { title: t("amount_in", { currency }), numeric: true },
          { title: t("share"), numeric: true },
          { title: t("exact_in", { currency }), numeric: true },
        ],
        rows: parts.map((part) => [
          label(part),
          money.plain(part.amount_minor ?? 0),
          percentOf(part.amount_minor ?? 0, whole),
          exactMicros(part.micros, currency),
        ]),
      }}
    />
  );
}

function Compared({ run }: { run: CloseRunDetail }) {
  const c = useTexts(chartTexts);
  const found = useComparison(run);
  // Whoever may see a close but not others of its programme has nothing to compare it with.
  if (found.isError && asProblem(found.error).isGone) {
    return (
      <section className={styles.noChart}>
        <Empty title={c("chart.change.none")} />
      </section>
    );
  }
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={320} />;
  return (
    <>
      {found.data.against === null ? (
        <section className={styles.noChart}>
          <Empty title={c("chart.change.none")}>{c("chart.change.first")}</Empty>
        </section>
      ) : (
        <Reasons run={run} comparison={found.data} before={runName(found.data.against)} />
      )}
      <Countries run={run} comparison={found.data} />
      {found.data.against !== null && (
        <PayeeChanges run={run} comparison={found.data} before={runName(found.data.against)} />
      )}
    </>
  );
}

const runName = (run: { period: string; number: number }) =>
  `${run.period}${run.number > 1 ? ` #${run.number}` : ""}`;

interface ComparedProps {
  run: CloseRunDetail;
  comparison: Comparison;
}

/** Says in a sentence how a total changed, and what did most of it. */
function useFinding(total: ComparedRow, before: string, name: string): string {
  const c = useTexts(chartTexts);
  const values = {
    period: before,
    percent: percentOf(Math.abs(total.difference_minor), total.last_minor),
    name,
  };
  if (total.difference_minor === 0) return c("chart.change.same", values);
  return total.difference_minor > 0 ? c("chart.change.more", values) : c("chart.change.less", values);
}

/** From last period's total to this one's, reason by reason. */
function Reasons({ run, comparison, before }: ComparedProps & { before: string }) {
  const t = useTexts(texts);
  const c = useTexts(chartTexts);
  const language = useLanguage();
  const { total, currency } = comparison;
  const money = useMoney(currency);
  const label = (key: string) => t.maybe(`why.${key}`);
  const sorted = [...total.reasons]
    .filter((reason) => reason.amount_minor !== 0)
    .sort((one, other) => Math.abs(other.amount_minor) - Math.abs(one.amount_minor));
  const finding = useFinding(total, before, sorted[0] ? label(sorted[0].key) : "–");
  const steps = stepsOf(
    { label: before, minor: total.last_minor },
    sorted.map((reason) => ({ key: reason.key, label: label(reason.key), minor: reason.amount_minor })),
    { label: runName(run), minor: total.this_minor },
    { currency, text: money, rest: (count) => c("chart.rest", { count }) },
  );
  const from = axisStart(steps);
  return (
    <Chart
      finding={finding}
      about={
        from === 0
          ? c("chart.reasons.about", { currency })
          : c("chart.reasons.about.from", { currency, from: formatNumber(from, language) })
      }
      option={(look) => waterfallOption(look, steps, currency, from)}
      height={heightOf(steps.length)}
      file={`${nameOf(run)} ${t("why")}`}
      table={{
        columns: [{ title: t("why") }, { title: t("amount_in", { currency }), numeric: true }],
        rows: [
          [before, money.plain(total.last_minor)],
          ...sorted.map((reason) => [label(reason.key), money.signed(reason.amount_minor)]),
          [runName(run), money.plain(total.this_minor)],
        ],
      }}
    />
  );
}

interface Stepping {
  currency: string;
  text: { plain: (minor: number) => string; signed: (minor: number) => string };
  rest: (count: number) => string;
}

interface Moved {
  key: string;
  label: string;
  minor: number;
}

/** The steps of a waterfall: a total, the largest changes one by one and the others together, a total. */
export function stepsOf(
  before: Omit<Moved, "key">,
  changes: readonly Moved[],
  after: Omit<Moved, "key">,
  { currency, text, rest }: Stepping,
): Step[] {
  const total = (key: string, { label, minor }: Omit<Moved, "key">): Step => ({
    key,
    label,
    kind: "total",
    value: lengthOf(minor, currency),
    text: text.plain(minor),
  });
  const change = ({ key, label, minor }: Moved): Step => ({
    key,
    label,
    kind: "change",
    value: lengthOf(minor, currency),
    text: text.signed(minor),
  });
  const others = changes.slice(STEPS);
  const together = {
    key: "rest",
    label: rest(others.length),
    minor: others.reduce((sum, row) => sum + row.minor, 0),
  };
  return [
    total("before", before),
    ...changes.slice(0, STEPS).map(change),
    ...(others.length > 0 ? [change(together)] : []),
    total("after", after),
  ];
}

/** Where the royalties come from, with the change since last period behind each country. */
function Countries({ run, comparison }: ComparedProps) {
  const t = useTexts(texts);
  const c = useTexts(chartTexts);
  const names = useCloseNames();
  const { currency, countries, against } = comparison;
  const money = useMoney(currency);
  const sorted = [...countries]
    .filter((row) => row.this_minor !== 0 || row.last_minor !== 0)
    .sort((one, other) => other.this_minor - one.this_minor);
  const whole = sorted.reduce((sum, row) => sum + row.this_minor, 0);
  const bars: Bar[] = sorted.slice(0, BARS).map((row) => ({
    key: row.key,
    label: names.country(row.key),
    value: lengthOf(row.this_minor, currency),
    text: `${percentOf(row.this_minor, whole)}  ${money.plain(row.this_minor)}`,
    apart: row.key === "-",
  }));
  const first = sorted[0];
  return (
    <Chart
      finding={
        first
          ? c("chart.countries", {
              name: names.country(first.key),
              percent: percentOf(first.this_minor, whole),
              count: sorted.length,
            })
          : c("chart.shares.none")
      }
      about={c("chart.countries.about", { currency })}
      option={(look) => barsOption(look, bars, currency)}
      height={heightOf(bars.length)}
      file={`${nameOf(run)} ${t("sold_in")}`}
      table={{
        columns: [
          { title: t("sold_in") },
          { title: t("amount_in", { currency }), numeric: true },
          { title: t("share"), numeric: true },
          ...(against
            ? [
                { title: runName(against), numeric: true },
                { title: t("difference"), numeric: true },
              ]
            : []),
        ],
        rows: sorted.map((row) => [
          names.country(row.key),
          money.plain(row.this_minor),
          percentOf(row.this_minor, whole),
          ...(against ? [money.plain(row.last_minor), money.signed(row.difference_minor)] : []),
        ]),
      }}
    />
  );
}

/** From last period's total to this one's, payee by payee; what is withheld counts with its member. */
function PayeeChanges({ run, comparison, before }: ComparedProps & { before: string }) {
  const t = useTexts(texts);
  const c = useTexts(chartTexts);
  const language = useLanguage();
  const names = useCloseNames();
  const { currency, total, payees } = comparison;
  const money = useMoney(currency);
  const label = (row: ComparedRow) => names.payee(row.key, nameIn(language, row));
  const moved = [...payees]
    .filter((row) => row.difference_minor !== 0)
    .sort((one, other) => Math.abs(other.difference_minor) - Math.abs(one.difference_minor));
  const steps = stepsOf(
    { label: before, minor: total.last_minor },
    moved.map((row) => ({ key: row.key, label: label(row), minor: row.difference_minor })),
    { label: runName(run), minor: total.this_minor },
    { currency, text: money, rest: (count) => c("chart.rest", { count }) },
  );
  const from = axisStart(steps);
  const reasons = [...new Set(payees.flatMap((row) => row.reasons.map((reason) => reason.key)))];
  const first = moved[0];
  return (
    <Chart
      finding={
        first
          ? c("chart.payees", {
              name: label(first),
              amount: `${money.signed(first.difference_minor)} ${currency}`,
            })
          : c("chart.payees.same")
      }
      about={
        from === 0
          ? c("chart.change.about", { currency })
          : c("chart.change.about.from", { currency, from: formatNumber(from, language) })
      }
      option={(look) => waterfallOption(look, steps, currency, from)}
      height={heightOf(steps.length)}
      file={`${nameOf(run)} ${t("difference")}`}
      table={{
        columns: [
          { title: t("payee") },
          { title: before, numeric: true },
          { title: runName(run), numeric: true },
          { title: t("difference"), numeric: true },
          ...reasons.map((key) => ({ title: t.maybe(`why.${key}`), numeric: true })),
        ],
        rows: payees.map((row) => [
          label(row),
          money.plain(row.last_minor),
          money.plain(row.this_minor),
          money.signed(row.difference_minor),
          ...reasons.map((key) => {
            const reason = row.reasons.find((one) => one.key === key);
            return reason ? money.signed(reason.amount_minor) : "–";
          }),
        ]),
      }}
    />
  );
}
