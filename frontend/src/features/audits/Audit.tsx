import { useParams } from "@tanstack/react-router";
import { App, Drawer } from "antd";
import { useState } from "react";
import {
  type AuditFinding,
  asProblem,
  type LicenseeAuditDetail,
  newKey,
  type Problem,
  useRoles,
} from "@/shared/api";
import { Amount, CalendarDay, Figure, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn, useOrganisationName, useSpoken } from "@/shared/names";
import { Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { ListTable } from "@/shared/table";
import {
  Empty,
  Facts,
  FormProblem,
  type MenuAction,
  Page,
  PageTabs,
  StateMark,
  StepButton,
  type Tab,
} from "@/shared/ui";
import { nameOf } from "./Audits.tsx";
import { useInterest, useThreshold } from "./Clauses.tsx";
import { AUDIT, AUDITS, STANDINGS, useAudit, useStep } from "./queries.ts";
import { Standing } from "./Standing.tsx";
import { type Asked, labelOf, StepForm } from "./StepForm.tsx";
import { texts } from "./texts.ts";

/** One audit: how far it has come, what was found, what it comes to, and the next step. */
export function Audit() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const { data: audit, refetch } = useAudit(id);
  const live = useLive(AUDIT, id);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, ask] = useState<Asked | null>(null);
  return (
    <Page
      title={`${t("audit")} ${nameOf(audit)}`}
      trail={[{ label: t("title"), to: "/audits" }]}
      id={audit.id}
      state={
        <StateMark standing={STANDINGS[audit.state ?? ""] ?? "attention"}>
          {t.maybe(`state.${audit.state}`)}
        </StateMark>
      }
      live={live}
      onRefresh={() => refetch({ throwOnError: true })}
      primary={<NextStep audit={audit} onAsk={ask} onProblem={setProblem} />}
      menu={useMenu(audit, ask)}
    >
      <FormProblem problem={problem} />
      <Standing audit={audit} onAsk={ask} onProblem={setProblem} />
      <KeyFacts audit={audit} />
      <PageTabs tabs={useTabs(audit)} />
      <Drawer
        open={asked !== null}
        onClose={() => ask(null)}
        title={asked ? t(labelOf(asked, audit)) : ""}
        size={520}
        destroyOnHidden
      >
        {asked && <StepForm audit={audit} step={asked} onClose={() => ask(null)} />}
      </Drawer>
    </Page>
  );
}

const AT_ONCE = {
  "give notice": { address: "notice", sure: "notice.sure" },
  "hand in": { address: "report", sure: "hand_in.sure" },
  settle: { address: "settlement", sure: "settle.sure" },
} as const;

/** The one step most people come here to take. */
function NextStep({
  audit,
  onAsk,
  onProblem,
}: {
  audit: LicenseeAuditDetail;
  onAsk: (step: Asked) => void;
  onProblem: (problem: Problem | null) => void;
}) {
  const t = useTexts(texts);
  const step = useStep(audit.id);
  const { message } = App.useApp();
  const can = new Set(audit.allowed_steps);
  const take = async (address: string) => {
    onProblem(null);
    try {
      await step(address, undefined, newKey());
      void message.success(t("done"));
    } catch (error) {
      onProblem(asProblem(error));
    }
  };
  for (const name of ["give notice", "settle"] as const) {
    if (can.has(name)) {
      const { address, sure } = AT_ONCE[name];
      return (
        <StepButton
          label={t(`step.${name}`)}
          confirm={{ title: `${t(`step.${name}`)}: ${nameOf(audit)}`, text: t(sure) }}
          onTake={() => take(address)}
        />
      );
    }
  }
  if (can.has("undertake")) {
    return (
      <StepButton
        label={t("step.undertake")}
        confirm={{ title: t("undertaken"), text: audit.undertaking_text }}
        onTake={() => take("undertaking")}
      />
    );
  }
  for (const name of ["open access", "answer", "record finding", "work out"] as const) {
    if (can.has(name)) return <StepButton label={t(`step.${name}`)} onTake={() => onAsk(name)} />;
  }
  return null;
}

function useMenu(audit: LicenseeAuditDetail, ask: (step: Asked) => void): MenuAction[] {
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const step = useStep(audit.id);
  const can = new Set(audit.allowed_steps);
  const actions: MenuAction[] = [];
  if (can.has("hand in")) {
    actions.push({
      key: "hand in",
      label: t("step.hand in"),
      onClick: () =>
        void modal.confirm({
          title: t("step.hand in"),
          content: t("hand_in.sure"),
          okText: t("step.hand in"),
          onOk: () =>
            step("report", undefined, newKey()).catch(
              (error: unknown) => void message.error(asProblem(error).message),
            ),
        }),
    });
  }
  if (can.has("settle") && can.has("work out")) {
    actions.push({ key: "work out", label: t("step.work out"), onClick: () => ask("work out") });
  }
  if (can.has("extend access")) {
    actions.push({
      key: "extend access",
      label: t("step.extend access"),
      onClick: () => ask("extend access"),
    });
  }
  if (can.has("send back")) {
    actions.push({ key: "send back", label: t("step.send back"), onClick: () => ask("send back") });
  }
  if (can.has("cancel")) {
    const label = t(labelOf("cancel", audit));
    actions.push({ key: "cancel", label, danger: true, onClick: () => ask("cancel") });
  }
  if (can.has("propose reversal")) {
    const label = t("step.propose reversal");
    actions.push({ key: "reversal", label, danger: true, onClick: () => ask("propose reversal") });
  }
  return actions;
}

function KeyFacts({ audit }: { audit: LicenseeAuditDetail }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const language = useLanguage();
  const organisationName = useOrganisationName();
  const waits = audit.answer_until_on && audit.state === "reported";
  const answer =
    audit.is_accepted === null || audit.is_accepted === undefined
      ? waits
        ? t("answer.until", { day: audit.answer_until_on ?? "" })
        : t("answer.none")
      : [audit.is_accepted ? t("answer.accepted") : t("answer.disputed"), audit.answer]
          .filter(Boolean)
          .join(": ");
  return (
    <Facts
      facts={[
        {
          key: "licensee",
          label: t("licensee"),
          value: organisationName(audit.licensee_id, audit.licensee_name),
        },
        { key: "months", label: t("months"), value: `${audit.first_month} – ${audit.last_month}` },
        {
          key: "auditor",
          label: t("auditor"),
          value: `${spoken(audit.auditor_name)} · ${nameIn(language, { name_zh: audit.auditor_organisation_name_zh, name_en: audit.auditor_organisation_name_en })}`,
        },
        { key: "reason", label: t("reason"), value: spoken(audit.reason) },
        { key: "access", label: t("access"), value: <Access audit={audit} /> },
        { key: "answer", label: t("answer"), value: answer },
      ]}
    />
  );
}

/** From when the auditor may look, and until when it may. */
function Access({ audit }: { audit: LicenseeAuditDetail }) {
  if (!audit.access_from_on) return "–";
  return (
    <>
      <CalendarDay day={audit.access_from_on} />
      {" – "}
      {audit.access_ends_on ? <CalendarDay day={audit.access_ends_on} /> : null}
    </>
  );
}

function useTabs(audit: LicenseeAuditDetail): Tab[] {
  const t = useTexts(texts);
  const roles = useRoles();
  const tabs: Tab[] = [
    { key: "findings", label: t("tab.findings"), children: <Findings audit={audit} /> },
    { key: "outcome", label: t("tab.outcome"), children: <Outcome audit={audit} /> },
    { key: "clause", label: t("tab.clause"), children: <Clause audit={audit} /> },
  ];
  if (roles.has("auditor")) {
    tabs.push({
      key: "papers",
      label: t("tab.papers"),
      children: (
        <Papers
          subjectType={AUDIT}
          subjectId={audit.id}
          mayAttach={audit.allowed_steps.includes("hand in")}
        />
      ),
    });
  }
  tabs.push({
    key: "history",
    label: t("tab.history"),
    children: <HistoryTab subjectType={AUDIT} subjectId={audit.id} />,
  });
  return tabs;
}

const MINIMUM = "~minimum:";

function Findings({ audit }: { audit: LicenseeAuditDetail }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const amount = (minor: number) => <Amount minor={minor} currency={audit.currency} />;
  // Minimums are no sales; the close calls them by their entry in the terms.
  const nameOfProduct = (row: AuditFinding) =>
    row.product.startsWith(MINIMUM)
      ? t("minimum.of", { name: row.product.slice(MINIMUM.length) })
      : row.product;
  const isWorkedOut = audit.charged_minor !== null && audit.charged_minor !== undefined;
  return (
    <ListTable<AuditFinding>
      inner
      path={`${AUDITS}/${audit.id}/findings`}
      caption={t("tab.findings")}
      defaultOrder="period"
      nameOf={(row) => `${row.period} ${nameOfProduct(row)}`}
      empty={<Empty title={t("findings.none")}>{t("findings.none.text")}</Empty>}
      columns={[
        { key: "period", title: t("period"), main: true, render: (row) => row.period },
        { key: "product", title: t("product"), width: 120, render: nameOfProduct },
        {
          key: "reported_units",
          title: t("reported_units"),
          numeric: true,
          render: (row) => <Figure value={row.reported_units} />,
        },
        {
          key: "found_units",
          title: t("found_units"),
          numeric: true,
          render: (row) => <Figure value={row.found_units} />,
        },
        { key: "reported", title: t("reported"), numeric: true, render: (row) => amount(row.reported_minor) },
        { key: "found", title: t("found"), numeric: true, render: (row) => amount(row.found_minor) },
        {
          key: "difference",
          title: t("difference"),
          numeric: true,
          render: (row) => amount(Number(row.difference_minor)),
        },
        ...(isWorkedOut
          ? [
              {
                key: "billed",
                title: t("billed_now"),
                numeric: true,
                render: (row: AuditFinding) => amount(row.billed_minor ?? 0),
              },
            ]
          : []),
        { key: "due", title: t("due_on"), render: (row) => <CalendarDay day={row.due_on} /> },
        { key: "cause", title: t("cause"), render: (row) => spoken(row.cause ?? "") || "–" },
      ]}
    />
  );
}

function Outcome({ audit }: { audit: LicenseeAuditDetail }) {
  const t = useTexts(texts);
  if (audit.shortfall_minor === null || audit.shortfall_minor === undefined) {
    return <Empty title={t("outcome.none")}>{t("outcome.none.text")}</Empty>;
  }
  const amount = (minor: number | null | undefined) => (
    <Amount minor={minor ?? 0} currency={audit.currency} />
  );
  const cost = audit.is_cost_shifted ? (audit.cost_minor ?? 0) : 0;
  const charged = (audit.charged_minor ?? 0) + (audit.interest_minor ?? 0) + cost;
  const measured = audit.clause.threshold_measure === "due" ? "ratio.due" : "ratio.paid";
  return (
    <Facts
      facts={[
        { key: "paid", label: t("paid_total"), value: amount(audit.paid_minor) },
        ...(audit.minimum_minor
          ? [{ key: "minimum", label: t("minimum_paid"), value: amount(audit.minimum_minor) }]
          : []),
        { key: "due", label: t("due_total"), value: amount(audit.due_minor) },
        { key: "shortfall", label: t("shortfall"), value: amount(audit.shortfall_minor) },
        {
          key: "ratio",
          label: t("ratio"),
          value: audit.shortfall_percent ? t(measured, { percent: audit.shortfall_percent }) : "–",
        },
        ...(audit.billed_minor || audit.charged_minor !== audit.shortfall_minor
          ? [
              { key: "billed", label: t("billed_since"), value: amount(audit.billed_minor) },
              { key: "lacks", label: t("lacks"), value: amount(audit.charged_minor) },
            ]
          : []),
        { key: "interest", label: t("interest"), value: amount(audit.interest_minor) },
        {
          key: "until",
          label: t("interest_until"),
          value: <CalendarDay day={audit.interest_until_on ?? null} />,
        },
        { key: "cost", label: t("cost"), value: amount(audit.cost_minor) },
        {
          key: "bearer",
          label: t("bearer"),
          value: audit.is_cost_shifted ? t("bearer.licensee") : t("bearer.entity"),
        },
        { key: "charged", label: t("charged"), value: amount(charged) },
        { key: "month", label: t("charge_month"), value: audit.charge_month ?? "–" },
      ]}
    />
  );
}

function Clause({ audit }: { audit: LicenseeAuditDetail }) {
  const t = useTexts(texts);
  const threshold = useThreshold();
  const interest = useInterest();
  const spoken = useSpoken();
  const { clause } = audit;
  return (
    <Facts
      facts={[
        { key: "noticed", label: t("noticed"), value: <CalendarDay day={audit.noticed_on ?? null} /> },
        {
          key: "undertaken",
          label: t("undertaken"),
          value: audit.undertaken_at ? <Instant at={audit.undertaken_at} /> : t("undertaken.not"),
        },
        { key: "source", label: t("source"), value: spoken(clause.stands_in) },
        { key: "from", label: t("from_on"), value: <CalendarDay day={clause.from_on} /> },
        { key: "notice", label: t("notice_days"), value: String(clause.notice_days) },
        { key: "years", label: t("look_back_years"), value: String(clause.look_back_years) },
        { key: "between", label: t("months_between"), value: String(clause.months_between) },
        { key: "answer", label: t("answer_days"), value: String(clause.answer_days) },
        { key: "payment", label: t("payment_days"), value: String(clause.payment_days) },
        { key: "threshold", label: t("threshold"), value: threshold(clause) },
        { key: "nets", label: t("nets"), value: clause.nets ? t("nets.yes") : t("nets.no") },
        { key: "interest", label: t("interest_kind"), value: interest(clause) },
      ]}
    />
  );
}
