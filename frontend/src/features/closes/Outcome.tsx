import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { AmountPart, CloseRunDetail } from "@/shared/api";
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
import { formatMinor, formatNumber } from "@/shared/format/plain";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn } from "@/shared/names";
import { exactMicros, lengthOf, percentOf, useCloseNames } from "@/shared/royalties";
import { Empty, Failure, Skeleton } from "@/shared/ui";
import { nameOf } from "./Closes.tsx";
import { changesOf, memberOf } from "./changes.ts";
import styles from "./closes.module.css";
import { explainSearch } from "./Explain.tsx";
import { usePayees, usePrevious } from "./queries.ts";
import { texts } from "./texts.ts";

const BARS = 14;
const STEPS = 9;

/** What a close came to, drawn: who gets what, and how it changed. */
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
      <Change run={run} parts={payees.data.parts} />
    </div>
  );
}

interface ChartProps {
  run: CloseRunDetail;
  parts: readonly AmountPart[];
}

function Shares({ run, parts }: ChartProps) {
  const t = useTexts(texts);
  const language = useLanguage();
  const names = useCloseNames();
  const navigate = useNavigate();
  const currency = run.currency ?? "";
  const whole = run.distributed_minor ?? 0;
  const label = (part: AmountPart) => names.payee(part.key, nameIn(language, part));
  const paid = parts.filter((part) => (part.amount_minor ?? 0) > 0);
  const shown = paid.slice(0, BARS);
  const rest = paid.slice(BARS).reduce((sum, part) => sum + (part.amount_minor ?? 0), 0);
  const bars: Bar[] = shown.map((part) => ({
    key: part.key,
    label: label(part),
    value: lengthOf(part.amount_minor, currency),
    text: `${percentOf(part.amount_minor ?? 0, whole)}  ${formatMinor(part.amount_minor ?? 0, currency, language)}`,
    apart: part.kind !== "member",
  }));
  if (rest > 0) {
    bars.push({
      key: "rest",
      label: t("chart.rest", { count: paid.length - BARS }),
      value: lengthOf(rest, currency),
      text: `${percentOf(rest, whole)}  ${formatMinor(rest, currency, language)}`,
      apart: true,
    });
  }
  const members = paid.filter((part) => part.kind === "member" || part.kind === "held");
  const first = members[0];
  const three = members.slice(0, 3).reduce((sum, part) => sum + (part.amount_minor ?? 0), 0);
  const option = (look: Look) => barsOption(look, bars, currency);
  return (
    <Chart
      finding={
        first
          ? t("chart.shares", {
              name: label(first),
              percent: percentOf(first.amount_minor ?? 0, whole),
              three: percentOf(three, whole),
            })
          : t("chart.shares.none")
      }
      about={t("chart.shares.about", { currency })}
      option={option}
      height={heightOf(bars.length)}
      file={`${nameOf(run)} ${t("tab.payees")}`}
      onPick={useCallback(
        (place: number) => {
          const part = paid[place];
          if (part) void navigate({ to: ".", search: explainSearch({ payee: part.key }) as never });
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
          formatMinor(part.amount_minor ?? 0, currency, language),
          percentOf(part.amount_minor ?? 0, whole),
          exactMicros(part.micros, currency),
        ]),
      }}
    />
  );
}

function Change({ run, parts }: ChartProps) {
  const t = useTexts(texts);
  const language = useLanguage();
  const names = useCloseNames();
  const previous = usePrevious(run);
  const before = usePayees(previous.data ?? undefined);
  const currency = run.currency ?? "";
  const changes = useMemo(() => changesOf(parts, before.data?.parts ?? []), [parts, before.data]);
  if (previous.data === null || (previous.data && previous.data.currency !== run.currency)) {
    return (
      <section className={styles.noChart}>
        <Empty title={t("chart.change.none")}>{t("chart.change.first")}</Empty>
      </section>
    );
  }
  if (previous.data === undefined || before.data === undefined) return <Skeleton height={320} />;
  const label = (part: AmountPart) => names.payee(memberOf(part.key), nameIn(language, part));
  const signed = (minor: number) => `${minor > 0 ? "+" : ""}${formatMinor(minor, currency, language)}`;
  const was = previous.data.distributed_minor ?? 0;
  const is = run.distributed_minor ?? 0;
  const moved = changes.filter((row) => row.change !== 0);
  const rest = moved.slice(STEPS).reduce((sum, row) => sum + row.change, 0);
  const steps: Step[] = [
    {
      key: "before",
      label: previous.data.period,
      kind: "total",
      value: lengthOf(was, currency),
      text: formatMinor(was, currency, language),
    },
    ...moved.slice(0, STEPS).map(
      (row): Step => ({
        key: row.part.key,
        label: label(row.part),
        kind: "change",
        value: lengthOf(row.change, currency),
        text: signed(row.change),
      }),
    ),
    ...(moved.length > STEPS
      ? [
          {
            key: "rest",
            label: t("chart.rest", { count: moved.length - STEPS }),
            kind: "change" as const,
            value: lengthOf(rest, currency),
            text: signed(rest),
          },
        ]
      : []),
    {
      key: "now",
      label: `${run.period}${run.number > 1 ? ` #${run.number}` : ""}`,
      kind: "total",
      value: lengthOf(is, currency),
      text: formatMinor(is, currency, language),
    },
  ];
  const values = {
    period: previous.data.period,
    percent: percentOf(Math.abs(is - was), was),
    name: moved[0] ? label(moved[0].part) : "",
  };
  const from = axisStart(steps);
  const finding =
    is === was
      ? t("chart.change.same", values)
      : is > was
        ? t("chart.change.more", values)
        : t("chart.change.less", values);
  return (
    <Chart
      finding={finding}
      about={
        from === 0
          ? t("chart.change.about", { currency })
          : t("chart.change.about.from", { currency, from: formatNumber(from, language) })
      }
      option={(look) => waterfallOption(look, steps, currency, from)}
      height={heightOf(steps.length)}
      file={`${nameOf(run)} ${t("difference")}`}
      table={{
        columns: [
          { title: t("payee") },
          { title: `${previous.data.period} (${currency})`, numeric: true },
          { title: `${run.period} (${currency})`, numeric: true },
          { title: t("difference"), numeric: true },
        ],
        rows: changes.map((row) => [
          label(row.part),
          formatMinor(row.before, currency, language),
          formatMinor(row.now, currency, language),
          signed(row.change),
        ]),
      }}
    />
  );
}
