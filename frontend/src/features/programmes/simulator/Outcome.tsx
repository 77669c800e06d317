import { useQueries } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { keys, type Problem, request, type TermsVersion } from "@/shared/api";
import { type Bar, barsOption, Chart, type ChartTable, heightOf } from "@/shared/charts";
import { Amount } from "@/shared/format";
import { formatMinor } from "@/shared/format/plain";
import { useLanguage, useTexts } from "@/shared/i18n";
import { DownloadMenu } from "@/shared/papers";
import { FigureTable, useCloseNames } from "@/shared/royalties";
import { Facts, FormProblem, Notice, Panel } from "@/shared/ui";
import { AllocationTree } from "../Terms.tsx";
import styles from "./simulator.module.css";
import { Tiers } from "./Tiers.tsx";
import { texts } from "./texts.ts";
import type { Line, Result } from "./types.ts";

const SHOWN = 12;

/** What the versions give, side by side: totals, by rate, product, licence and payee, and how members share. */
export function Outcome({ result, job, again }: { result: Result; job: string; again: ReactNode }) {
  const t = useTexts(texts);
  const { sides, currency } = result;
  const names = sides.map((side) =>
    t(side.state === "draft" ? "side.draft" : "side", { number: side.number }),
  );
  const bad = sides.some((side) => !side.worked_out);
  return (
    <div className={styles.outcome}>
      <div className={styles.bar}>
        <p className={styles.note}>
          {t(`about.${result.source}`, { period: result.period })} {t("nobody.bound")}
        </p>
        {!bad && <Export result={result} job={job} />}
        {again}
      </div>
      {sides.map(
        (side, index) =>
          side.as_owed && <Notice key={side.id}>{t("as.owed", { version: names[index] ?? "" })}</Notice>,
      )}
      {bad ? <Refused result={result} names={names} /> : <Figures result={result} names={names} />}
      {!bad && result.payees.length > 0 && <Trees ids={sides.map((side) => side.id)} names={names} />}
      {bad || <p className={styles.note}>{t("exact", { currency })}</p>}
    </div>
  );
}

interface Part {
  key: "kinds" | "rates" | "products" | "licences" | "payees";
  lines: readonly Line[];
  name: (key: string) => string;
}

function Figures({ result, names }: { result: Result; names: readonly string[] }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const { product, reserve } = useCloseNames();
  const { currency } = result;
  const money = (minor: number) => `${formatMinor(minor, currency, language)} ${currency}`;
  const [due = 0, before] = result.due_minor;
  const payeeName = (key: string) =>
    t.maybe(`payee.${key.replace(/:.*/, "")}`, { name: reserve(key.split(":")[1] ?? "") }, key);
  const told =
    before === undefined
      ? t("finding.alone", { amount: money(due) })
      : due === before
        ? t("finding.same", { amount: money(due) })
        : t(due > before ? "finding.more" : "finding.less", {
            amount: money(Math.abs(due - before)),
            version: names[1] ?? "",
          });
  const all: readonly Part[] = [
    { key: "kinds", lines: result.kinds ?? [], name: (key) => t.maybe(`rate.${key}`, {}, key) },
    {
      key: "rates",
      lines: result.rates,
      name: (key) => (key === "~charge" ? t("rate.charge") : key || t("no.rate")),
    },
    { key: "products", lines: result.products, name: product },
    { key: "licences", lines: result.licences, name: (key) => key },
    { key: "payees", lines: result.payees, name: payeeName },
  ];
  const parts = all.filter(({ key, lines }) => lines.length > (key === "licences" ? 1 : 0));
  return (
    <>
      <Facts
        facts={[
          ...names.map((name, index) => ({
            key: name,
            label: t("due", { version: name }),
            value: <Amount minor={result.due_minor[index] ?? 0} currency={currency} />,
          })),
          ...(before === undefined
            ? []
            : [
                {
                  key: "difference",
                  label: t("difference"),
                  value: <Amount minor={due - before} currency={currency} />,
                },
              ]),
          {
            key: "capped",
            label: t("capped"),
            value: <Amount minor={result.capped_minor?.[0] ?? 0} currency={currency} />,
            note: names[0],
          },
        ]}
      />
      <h2 className={styles.finding}>{told}</h2>
      <div className={styles.charts}>
        {parts.map(({ key, lines, name }) => (
          <Compared
            key={key}
            finding={t(`chart.${key}`)}
            about={t("chart.about", { names: names.join(" / "), currency })}
            lines={lines}
            name={name}
            names={names}
            money={money}
            currency={currency}
          />
        ))}
      </div>
      <Tiers result={result} names={names} />
      <CapsReached result={result} names={names} />
    </>
  );
}

/** In major units, by which the axis is labelled; what is written stands beside the bar, exactly. */
function lengthOf(minor: number, currency: string): number {
  return Number(formatMinor(minor, currency, "en").replaceAll(",", "").replace("−", "-"));
}

function Compared({
  finding,
  about,
  lines,
  name,
  names,
  money,
  currency,
}: {
  finding: string;
  about: string;
  lines: readonly Line[];
  name: (key: string) => string;
  names: readonly string[];
  money: (minor: number) => string;
  currency: string;
}) {
  const t = useTexts(texts);
  const bars: Bar[] = lines.slice(0, SHOWN).flatMap((line) =>
    line.minor.map((minor, index) => ({
      key: `${line.key} ${index}`,
      label: index === 0 ? name(line.key) : `· ${names[index] ?? ""}`,
      value: lengthOf(minor, currency),
      text: money(minor),
      past: index > 0,
    })),
  );
  const table: ChartTable = {
    columns: [
      { title: t("what") },
      ...names.map((title) => ({ title, numeric: true })),
      ...(names.length > 1 ? [{ title: t("difference"), numeric: true }] : []),
    ],
    rows: lines.map((line) => [
      name(line.key),
      ...line.minor.map(money),
      ...(line.minor.length > 1 ? [money((line.minor[0] ?? 0) - (line.minor[1] ?? 0))] : []),
    ]),
  };
  return (
    <Chart
      finding={finding}
      about={about}
      option={(look) => barsOption(look, bars, currency)}
      height={heightOf(bars.length)}
      table={table}
      file={finding}
    />
  );
}

/** Of which licences caps take something off, under either version. */
function CapsReached({ result, names }: { result: Result; names: readonly string[] }) {
  const t = useTexts(texts);
  const reached = result.licences.filter((line) => line.capped_minor.some((minor) => minor !== 0));
  if (reached.length === 0) return null;
  return (
    <Panel title={t("caps.reached")} note={t("caps.note")}>
      <FigureTable label={t("caps.reached")}>
        <thead>
          <tr>
            <th>{t("licence")}</th>
            {names.map((name) => (
              <th key={name} data-numeric>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {reached.map((line) => (
            <tr key={line.key}>
              <td>{line.key}</td>
              {line.capped_minor.map((minor, index) => (
                <td key={names[index]} data-numeric>
                  <Amount minor={minor} currency={result.currency} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </FigureTable>
    </Panel>
  );
}

function Refused({ result, names }: { result: Result; names: readonly string[] }) {
  const t = useTexts(texts);
  return (
    <Notice kind="overdue" alert>
      <p>{t("refused")}</p>
      {result.sides.map((side, index) => (
        <ul key={side.id}>
          {Object.entries(side.rejected).map(([code, count]) => (
            <li key={code}>
              {names[index]}: {t.maybe(`code.${code}`, {}, code)} × {count}
            </li>
          ))}
          {(result.refused[index] ?? []).map((row) => (
            <li key={`${row.file} ${row.line} ${row.column} ${row.code}`}>
              {t("refused.line", { line: row.line, column: row.column || "–" })}:{" "}
              {t.maybe(`code.${row.code}`, {}, row.code)} {row.value && <code>{row.value}</code>}
            </li>
          ))}
        </ul>
      ))}
    </Notice>
  );
}

/** How members share under each version, where the reader may know it. */
function Trees({ ids, names }: { ids: readonly string[]; names: readonly string[] }) {
  const t = useTexts(texts);
  const found = useQueries({
    queries: ids.map((id) => ({
      queryKey: [...keys.object("/api/v1/terms-versions", id), "content"],
      queryFn: () => request<TermsVersion>("GET", `/api/v1/terms-versions/${id}`),
      retry: false,
      staleTime: 60_000,
    })),
  });
  if (found.every((one) => one.data === undefined)) return null;
  return (
    <div className={styles.trees}>
      {found.map(
        (one, index) =>
          one.data && (
            <Panel key={one.data.id} title={t("tree", { version: names[index] ?? "" })}>
              <AllocationTree content={one.data.content} />
            </Panel>
          ),
      )}
    </div>
  );
}

const FORMS = (["xlsx", "csv", "pdf"] as const).flatMap((as) =>
  (["zh", "en"] as const).map((language) => ({ key: `${as}.${language}` as const, as, language })),
);

function Export({ result, job }: { result: Result; job: string }) {
  const t = useTexts(texts);
  const [problem, setProblem] = useState<Problem | null>(null);
  return (
    <>
      <DownloadMenu
        path={`/api/v1/simulations/${job}/document`}
        name={`simulation-${result.period}`}
        forms={FORMS.map((form) => ({ ...form, label: t(`download.${form.key}`) }))}
        onProblem={setProblem}
      />
      <FormProblem problem={problem} />
    </>
  );
}
