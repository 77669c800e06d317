import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { useCallback, useState } from "react";
import {
  asProblem,
  keys,
  type Problem,
  request,
  type Statement as StatementDocument,
  type StatementExplanation,
  type StatementProducts,
  useRoles,
} from "@/shared/api";
import { type Bar, barsOption, Chart, heightOf } from "@/shared/charts";
import { Amount, CalendarDay, Figure, formatMinor, Instant } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import {
  CloseStateMark,
  lengthOf,
  microsInWords,
  percentOf,
  plainDecimal,
  useCloseNames,
  useReasonText,
} from "@/shared/royalties";
import { downloadFile } from "@/shared/table";
import {
  Empty,
  Facts,
  Failure,
  FormProblem,
  Notice,
  Page,
  PageTabs,
  Pairs,
  Panel,
  Skeleton,
} from "@/shared/ui";
import { DownloadOutlined } from "@/shared/ui/icons";
import { earned, PATH, SUBJECT, useComparison, useExplanation, useSeries, useStatement } from "./queries.ts";
import { nameOf } from "./Statements.tsx";
import styles from "./statements.module.css";
import { texts } from "./texts.ts";
import { Workings } from "./Workings.tsx";

/** What one member is due of one close, why, and what changed since the period before. */
export function Statement() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const found = useStatement(id);
  const live = useLive(SUBJECT, id);
  const isFinance = useRoles().has("finance");
  const [problem, setProblem] = useState<Problem | null>(null);
  const { data } = found;
  const organisationName = useOrganisationName();
  const finance = isFinance
    ? [{ key: "products", label: t("tab.products"), children: <Products statement={data} /> }]
    : [];
  return (
    <Page
      title={nameOf(data)}
      subtitle={organisationName(null, data.member)}
      trail={[{ label: t("title"), to: "/statements" }]}
      id={data.id}
      state={<CloseStateMark run={data} />}
      live={live}
      onRefresh={() => {
        live.seen();
        void found.refetch();
      }}
      primary={<Download statement={data} onProblem={setProblem} />}
    >
      <FormProblem problem={problem} />
      {!data.posted_at && <Notice kind="attention">{t("posted.no")}</Notice>}
      <KeyFacts statement={data} />
      <PageTabs
        tabs={[
          { key: "changed", label: t("tab.changed"), children: <Changed statement={data} /> },
          { key: "workings", label: t("tab.workings"), children: <Workings statement={data} /> },
          { key: "patents", label: t("tab.patents"), children: <Counted statement={data} /> },
          ...finance,
          { key: "about", label: t("tab.about"), children: <About statement={data} /> },
        ]}
      />
    </Page>
  );
}

interface Props {
  statement: StatementDocument;
}

const FORMS = [
  { key: "pdf.zh", as: "pdf", language: "zh" },
  { key: "pdf.en", as: "pdf", language: "en" },
  { key: "xlsx.zh", as: "xlsx", language: "zh" },
  { key: "xlsx.en", as: "xlsx", language: "en" },
  { key: "csv", as: "csv", language: "zh" },
] as const;

function Download({ statement, onProblem }: Props & { onProblem: (problem: Problem | null) => void }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const [busy, setBusy] = useState(false);
  const keep = async (key: string) => {
    const form = FORMS.find((one) => one.key === key);
    if (form === undefined) return;
    onProblem(null);
    setBusy(true);
    try {
      const spoken = form.as === "csv" ? (language === "en" ? "en" : "zh") : form.language;
      await downloadFile(
        `${PATH}/${statement.id}/document`,
        { as: form.as, language: spoken },
        `${nameOf(statement)}.${form.as}`,
      );
    } catch (error) {
      onProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dropdown
      trigger={["click"]}
      placement="bottomRight"
      menu={{
        items: FORMS.map(({ key }) => ({ key, label: t(`download.${key}`) })),
        onClick: ({ key }) => void keep(key),
      }}
    >
      <Button type="primary" icon={<DownloadOutlined />} loading={busy}>
        {t("download")}
      </Button>
    </Dropdown>
  );
}

function KeyFacts({ statement }: Props) {
  const t = useTexts(texts);
  const series = useSeries(statement).data;
  const counts = useExplanation(statement.id).data?.counts;
  const place = series?.findIndex((other) => other.period === statement.period) ?? -1;
  const previous = place > 0 ? series?.[place - 1] : undefined;
  const { currency } = statement;
  const change = previous ? earned(statement) - earned(previous) : 0;
  return (
    <Facts
      facts={[
        {
          key: "amount",
          label: t("amount"),
          value: <Amount minor={statement.amount_minor} currency={currency} />,
        },
        {
          key: "held",
          label: t("held"),
          value: <Amount minor={statement.held_minor} currency={currency} />,
          note: statement.held_minor === 0 ? t("held.none") : t("held.note"),
        },
        {
          key: "change",
          label: t("change"),
          value: previous ? <Amount minor={change} currency={currency} signed /> : "–",
          note: previous ? (
            <>
              <Link to={`/statements/${previous.id}`}>{previous.period}</Link>{" "}
              <Amount minor={earned(previous)} currency={currency} />
              {earned(previous) !== 0 && ` (${change > 0 ? "+" : ""}${percentOf(change, earned(previous))})`}
            </>
          ) : (
            t("previous.none")
          ),
        },
        {
          key: "counted",
          label: t("counted"),
          value: counts ? <Figure value={counts.families} /> : "–",
          note:
            counts &&
            t("counted.note", { count: counts.patents, patents: counts.patents, all: counts.pool_families }),
        },
        { key: "posted", label: t("posted"), value: <Instant at={statement.posted_at} /> },
      ]}
    />
  );
}

function Changed({ statement }: Props) {
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

/** The member's own patents that counted, family by family. */
function Counted({ statement }: Props) {
  const t = useTexts(texts);
  const names = useCloseNames();
  const found = useExplanation(statement.id);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={240} />;
  const families: StatementExplanation["families"] = found.data.families;
  if (families.length === 0) return <Empty title={t("none")} />;
  return (
    <>
      <p className={styles.note}>{t("patents.note")}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={t("tab.patents")}>
        <table className={styles.table}>
          <caption className="visually-hidden">{t("tab.patents")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("family")}</th>
              <th scope="col">{t("publication")}</th>
              <th scope="col">{t("country")}</th>
              <th scope="col" data-numeric>
                {t("share")}
              </th>
              <th scope="col">{t("class")}</th>
              <th scope="col">{t("granted")}</th>
              <th scope="col">{t("ends")}</th>
              <th scope="col">{t("months")}</th>
            </tr>
          </thead>
          <tbody>
            {families.flatMap((family) =>
              family.patents.map((patent, place) => (
                <tr key={`${family.family} ${patent.publication} ${patent.enters}`}>
                  {place === 0 && (
                    <th scope="rowgroup" rowSpan={family.patents.length}>
                      {family.family}
                    </th>
                  )}
                  <td>
                    <code>{patent.publication}</code>
                  </td>
                  <td>{names.country(patent.country)}</td>
                  <td data-numeric>{plainDecimal(patent.share)}</td>
                  <td>{patent.class || "–"}</td>
                  <td>
                    <CalendarDay day={patent.granted} />
                  </td>
                  <td>
                    <CalendarDay day={patent.ends} />
                  </td>
                  <td>{patent.months.join("  ")}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Products({ statement }: Props) {
  const t = useTexts(texts);
  const names = useCloseNames();
  const language = useLanguage();
  const found = useQuery({
    queryKey: keys.part(PATH, statement.id, "products"),
    queryFn: ({ signal }) =>
      request<StatementProducts>("GET", `${PATH}/${statement.id}/products`, { signal }),
  });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  return (
    <Panel title={t("tab.products")} note={t("products.note")}>
      <Pairs
        pairs={found.data.products.map((row) => ({
          label: names.product(row.product),
          value: (
            <span className={styles.figure}>{microsInWords(row.micros, statement.currency, language)}</span>
          ),
        }))}
      />
    </Panel>
  );
}

function About({ statement }: Props) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  return (
    <Panel title={t("tab.about")}>
      <Pairs
        pairs={[
          {
            label: t("programme"),
            value: <Link to={`/programmes/${statement.programme_id}`}>{statement.programme_code}</Link>,
          },
          { label: t("period"), value: statement.period },
          {
            label: t("member"),
            value: (
              <Link to={`/members/${statement.membership_id}`}>
                {organisationName(null, statement.member)}
              </Link>
            ),
          },
          { label: t("code"), value: <code>{statement.member_code}</code> },
          { label: t("posted"), value: <Instant at={statement.posted_at} /> },
        ]}
      />
    </Panel>
  );
}
