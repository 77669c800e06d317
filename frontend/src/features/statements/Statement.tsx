import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import {
  keys,
  type Problem,
  request,
  type StatementDetail as StatementDocument,
  type StatementExplanation,
  type StatementProducts,
  useRoles,
} from "@/shared/api";
import { Amount, CalendarDay, Figure, Instant } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { DownloadMenu } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import {
  CloseStateMark,
  FigureTable,
  microsInWords,
  percentOf,
  plainDecimal,
  useCloseNames,
} from "@/shared/royalties";
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
import { Changed } from "./Changed.tsx";
import { earned, PATH, SUBJECT, useExplanation, useSeries, useStatement } from "./queries.ts";
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
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={<Download statement={data} onProblem={setProblem} />}
    >
      <FormProblem problem={problem} />
      {!data.posted_at && <Notice kind="attention">{t("posted.no")}</Notice>}
      {data.includes_estimates && <Notice>{t("estimates")}</Notice>}
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
  { key: "csv", as: "csv" },
] as const;

function Download({ statement, onProblem }: Props & { onProblem: (problem: Problem | null) => void }) {
  const t = useTexts(texts);
  const own = useLanguage() === "en" ? "en" : "zh";
  return (
    <DownloadMenu
      path={`${PATH}/${statement.id}/document`}
      name={nameOf(statement)}
      forms={FORMS.map((form) => ({ language: own, ...form, label: t(`download.${form.key}`) }))}
      onProblem={onProblem}
    />
  );
}

function KeyFacts({ statement }: Props) {
  const t = useTexts(texts);
  const found = useSeries(statement);
  const series = found.data;
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
          label: t("change.earned"),
          value: previous ? <Amount minor={change} currency={currency} signed /> : "–",
          note: previous ? (
            <>
              <Link to={`/statements/${previous.id}`}>{previous.period}</Link>{" "}
              <Amount minor={earned(previous)} currency={currency} />
              {earned(previous) !== 0 && ` (${change > 0 ? "+" : ""}${percentOf(change, earned(previous))})`}
            </>
          ) : (
            // As long as it is not known, nothing is said.
            found.isSuccess && t("previous.none")
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
      <FigureTable label={t("tab.patents")} unbroken>
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
      </FigureTable>
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
