import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { keys, type OpenDeclaration } from "@/shared/api";
import { Amount, CalendarDay } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { Facts, Notice, Page, PageTabs, Pairs, Panel, StateMark } from "@/shared/ui";
import { Checks, Rules } from "./Checks.tsx";
import styles from "./open.module.css";
import { Price, rate } from "./Price.tsx";
import {
  DECLARATION_STANDINGS,
  DECLARATION_SUBJECT,
  DECLARATIONS,
  useChecks,
  useDeclaration,
} from "./queries.ts";
import { StatementPaper } from "./StatementPaper.tsx";
import { StepDrawer } from "./StepDrawer.tsx";
import { openTexts } from "./texts/index.ts";

const MAIN = ["file", "announce", "announce withdrawal", "take"];

/** What changing the declaration settles; the rest is settled elsewhere. */
const SETTLED_BY_EDITING = new Set([
  "longer_than_patent",
  "term_over",
  "price_missing",
  "above_guidance",
  "statement_incomplete",
]);

/** One declaration of an open licence: its price, its course at the office, and, for its owner, what stands against it. */
export function Declaration() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(openTexts);
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const navigate = useNavigate();
  const client = useQueryClient();
  const live = useLive(DECLARATION_SUBJECT, id);
  const found = useDeclaration(id);
  const [step, setStep] = useState<string | null>(null);
  const { data } = found.data;
  const { state = "draft", workings } = data;
  // What is not whole yet is completed before it is filed.
  const checks = useChecks(id, workings != null && state === "draft");
  const lacks = checks.data?.findings.some(({ blocks, code }) => blocks && SETTLED_BY_EDITING.has(code));
  const first = lacks ? ["edit", ...MAIN] : MAIN;
  const main = first.find((one) => data.allowed_steps.includes(one));
  const rest = data.allowed_steps.filter((one) => one !== main);
  return (
    <Page
      title={data.publication}
      subtitle={spoken(data.title)}
      trail={[{ label: t("title"), to: "/open-licences" }]}
      id={data.id}
      state={<StateMark standing={DECLARATION_STANDINGS[state]}>{t(`state.${state}`)}</StateMark>}
      live={live}
      onRefresh={() =>
        client.invalidateQueries({ queryKey: keys.object(DECLARATIONS, id) }, { throwOnError: true })
      }
      primary={
        main ? (
          <Button type="primary" onClick={() => setStep(main)}>
            {t.maybe(`step.${main}`)}
          </Button>
        ) : (
          data.own_licence_id && (
            <Button
              type="primary"
              onClick={() => void navigate({ to: `/open-licences/${data.own_licence_id}` })}
            >
              {t("own_licence")}
            </Button>
          )
        )
      }
      menu={rest.map((one) => ({
        key: one,
        label: t.maybe(`step.${one}`),
        danger: one === "cancel" || one === "withdraw",
        onClick: () => setStep(one),
      }))}
    >
      <Facts
        facts={[
          { key: "owner", label: t("owner"), value: organisationName(data.owner_id, data.owner_name) },
          { key: "price", label: t("price"), value: <Price of={data} /> },
          { key: "filed", label: t("filed_on"), value: <CalendarDay day={data.filed_on} /> },
          { key: "announced", label: t("announced_on"), value: <CalendarDay day={data.announced_on} /> },
          {
            key: "ends",
            label: t("ends_on"),
            value: data.ends_on ? <CalendarDay day={data.ends_on} /> : t("ends_on.patent"),
          },
        ]}
      />
      {state === "announced" && (
        <Notice>{t(workings?.withdrawal_filed_on ? "effect.withdraw" : "law.take")}</Notice>
      )}
      {state === "withdrawn" && <Notice>{t("means.over")}</Notice>}
      {workings ? (
        <PageTabs
          tabs={[
            {
              key: "statement",
              label: t("tab.statement"),
              children: (
                <div className={styles.parts}>
                  {(state === "draft" || state === "filed" || state === "announced") && (
                    <Checks declaration={data} etag={found.data.etag} />
                  )}
                  <Statement declaration={data} />
                  <Course declaration={data} />
                  {(state === "draft" || state === "filed" || state === "announced") && (
                    <Rules declaration={data} />
                  )}
                </div>
              ),
            },
            {
              key: "papers",
              label: t("tab.papers"),
              children: (
                <Papers
                  subjectType={DECLARATION_SUBJECT}
                  subjectId={id}
                  mayAttach={data.allowed_steps.includes("cancel") || data.allowed_steps.includes("withdraw")}
                />
              ),
            },
            {
              key: "history",
              label: t("tab.history"),
              children: <HistoryTab subjectType={DECLARATION_SUBJECT} subjectId={id} />,
            },
          ]}
        />
      ) : (
        <div className={styles.parts}>
          <Statement declaration={data} />
          <Course declaration={data} />
        </div>
      )}
      <StepDrawer step={step} declaration={found.data} onClose={() => setStep(null)} />
    </Page>
  );
}

/** What the statement says, field by field as the office's form asks. */
function Statement({ declaration }: { declaration: OpenDeclaration }) {
  const t = useTexts(openTexts);
  const { workings } = declaration;
  return (
    <Panel
      title={t("statement")}
      note={declaration.state === "draft" ? t("statement.draft") : t("statement.fixed")}
      extra={workings && <StatementPaper declaration={declaration} />}
    >
      <Pairs
        pairs={[
          { label: t("patent"), value: <code>{declaration.publication}</code> },
          { label: t("right"), value: declaration.right ? t.maybe(`right.${declaration.right}`) : "–" },
          { label: t("scheme"), value: t(`scheme.${declaration.scheme}`) },
          ...(declaration.sum_minor != null
            ? [
                {
                  label: t(declaration.scheme === "lump_sum" ? "sum" : "entry"),
                  value: <Amount minor={declaration.sum_minor} currency={declaration.currency} />,
                },
                {
                  label: t("sum_within_days"),
                  value: t("days", { count: declaration.sum_within_days ?? 0 }),
                },
              ]
            : []),
          ...(declaration.rate_percent
            ? [
                { label: t("base"), value: declaration.base ? t(`base.${declaration.base}`) : "–" },
                { label: t("rate"), value: rate(declaration.rate_percent) },
                { label: t("period"), value: t("months", { count: declaration.period_months ?? 0 }) },
                {
                  label: t("pays_within_days"),
                  value: t("days", { count: declaration.pays_within_days ?? 0 }),
                },
              ]
            : []),
          { label: t("basis"), value: <span className={styles.long}>{declaration.basis || "–"}</span> },
          { label: t("contact"), value: <span className={styles.long}>{declaration.contact || "–"}</span> },
          ...(workings?.guidance_reason
            ? [{ label: t("guidance_reason"), value: workings.guidance_reason }]
            : []),
          ...(workings?.report_finding
            ? [
                {
                  label: t("report"),
                  value: (
                    <>
                      {t(`finding.${workings.report_finding}`)} <CalendarDay day={workings.report_on} />
                    </>
                  ),
                },
              ]
            : []),
          ...(workings?.statement_sha256
            ? [{ label: t("hash"), value: <code className={styles.long}>{workings.statement_sha256}</code> }]
            : []),
        ]}
      />
      {(workings?.consents ?? []).length > 0 && (
        <ul className={styles.rows} aria-label={t("consents")}>
          {(workings?.consents ?? []).map((consent) => (
            <li key={consent.id}>
              <span className={styles.wide}>{t("consent.of", { name: consent.name })}</span>
              <CalendarDay day={consent.given_on} />
              <StateMark standing={consent.is_current ? "fine" : "attention"}>
                {t(consent.is_current ? "consent.current" : "consent.stale")}
              </StateMark>
            </li>
          ))}
        </ul>
      )}
      <p className={styles.soft}>
        <Link to={`/patents/${declaration.patent_id}`}>{t("patent.page")}</Link>
      </p>
    </Panel>
  );
}

/** The course of a declaration at the office, day by day. */
function Course({ declaration }: { declaration: OpenDeclaration }) {
  const t = useTexts(openTexts);
  const { workings } = declaration;
  const days = [
    { key: "filed", on: declaration.filed_on, note: "" },
    { key: "announced", on: declaration.announced_on, note: declaration.announcement_number ?? "" },
    { key: "refused", on: workings?.refused_on, note: workings?.refusal_reason ?? "" },
    { key: "withdrawal_filed", on: workings?.withdrawal_filed_on, note: workings?.withdrawal_reason ?? "" },
    { key: "withdrawn", on: declaration.withdrawn_on, note: declaration.withdrawal_number ?? "" },
  ].filter((one) => one.on);
  if (days.length === 0) return null;
  return (
    <Panel title={t("course")}>
      <ul className={styles.rows} aria-label={t("course")}>
        {days.map((one) => (
          <li key={one.key}>
            <CalendarDay day={one.on} />
            <span className={styles.wide}>
              {t.maybe(`day.${one.key}`)} {one.note && <span className={styles.soft}>{one.note}</span>}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
