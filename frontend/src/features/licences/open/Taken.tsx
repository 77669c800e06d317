import { Link, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { type ReactNode, useState } from "react";
import type { OpenLicence, OpenPayment } from "@/shared/api";
import { Amount, CalendarDay, Deadline } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { PaperDownload, Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { Facts, Notice, Page, PageTabs, Pairs, Panel, type Standing, StateMark } from "@/shared/ui";
import styles from "./open.module.css";
import { rate } from "./Price.tsx";
import { TAKEN_STANDINGS, TAKEN_SUBJECT, useTaken } from "./queries.ts";
import { TakenDrawer, type TakenStep } from "./TakenDrawer.tsx";
import { openTexts } from "./texts/index.ts";

const MAIN = ["give", "acknowledge", "show evidence", "state", "advise payment", "lapse", "record recordal"];
const GRAVE = new Set(["cancel", "end", "lapse", "contest entry", "withdraw entry"]);
const DUE_STANDINGS: Record<string, Standing> = {
  to_state: "attention",
  open: "attention",
  advised: "closed",
  received: "fine",
};

/** One licence under a declaration: its notice, what is stated and paid, and its recordal; for its two sides alone. */
export function Taken() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(openTexts);
  const organisationName = useOrganisationName();
  const live = useLive(TAKEN_SUBJECT, id);
  const found = useTaken(id);
  const [step, setStep] = useState<TakenStep | null>(null);
  const { data } = found;
  const { state = "prepared" } = data;
  // Payments are confirmed one by one, where they stand.
  const steps = data.allowed_steps.filter((one) => one !== "confirm payment");
  const main = MAIN.find(
    // Nobody is led to say that a notice is its own before anything was shown for it.
    (one) => steps.includes(one) && (one !== "acknowledge" || data.evidence_on != null),
  );
  const rest = steps.filter((one) => one !== main);
  return (
    <Page
      title={`${data.publication} · ${data.number || t("notice")}`}
      trail={[{ label: t("title"), to: "/open-licences?tab=taken" }]}
      id={data.id}
      state={<StateMark standing={TAKEN_STANDINGS[state]}>{t(`taken.${state}`)}</StateMark>}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        main && (
          <Button type="primary" onClick={() => setStep({ name: main })}>
            {t.maybe(`take.${main}`)}
          </Button>
        )
      }
      menu={rest.map((one) => ({
        key: one,
        label: t.maybe(`take.${one}`),
        danger: GRAVE.has(one),
        onClick: () => setStep({ name: one }),
      }))}
    >
      <Facts
        facts={[
          { key: "owner", label: t("owner"), value: organisationName(data.owner_id, data.owner_name) },
          {
            key: "licensee",
            label: t("licensee"),
            value: organisationName(data.licensee_id, data.licensee_name),
          },
          { key: "noticed", label: t("noticed_on"), value: <CalendarDay day={data.noticed_on} /> },
          { key: "begins", label: t("in_force_from"), value: <CalendarDay day={data.in_force_from} /> },
          {
            key: "ends",
            label: t("ends_on"),
            value: data.ends_on ? <CalendarDay day={data.ends_on} /> : t("ends_on.patent"),
          },
        ]}
      />
      <Means licence={data} />
      <PageTabs
        tabs={[
          {
            key: "money",
            label: t("tab.money"),
            children: (
              <div className={styles.parts}>
                <Dues licence={data} />
                <Payments licence={data} onStep={setStep} />
                <About licence={data} />
              </div>
            ),
          },
          {
            key: "papers",
            label: t("tab.papers"),
            children: <Papers subjectType={TAKEN_SUBJECT} subjectId={id} mayAttach={state !== "cancelled"} />,
          },
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={TAKEN_SUBJECT} subjectId={id} />,
          },
        ]}
      />
      <TakenDrawer step={step} licence={data} onClose={() => setStep(null)} />
    </Page>
  );
}

/** What the state of a licence means for its two sides, and what to do about it. */
function Means({ licence }: { licence: OpenLicence }) {
  const t = useTexts(openTexts);
  const { state = "prepared" } = licence;
  const isLate = state === "noticed" && licence.sum_due_on != null && licence.sum_due_on < todayHere();
  const isRecorded = state === "in_force" && licence.office_answer === "recorded";
  return (
    <>
      <Notice kind={isLate || state === "void" || state === "contested" ? "attention" : "plain"}>
        {isLate
          ? t("means.overdue", { day: licence.sum_due_on ?? "" })
          : t.maybe(isRecorded ? "means.recorded" : `means.${state}`)}
        {state === "lapsed" && licence.payments.length > 0 && <> {t("means.lapsed.paid")}</>}
      </Notice>
      {licence.allowed_steps.includes("contest entry") && <Notice>{t("means.paper")}</Notice>}
    </>
  );
}

/** What is due up to today: the sum after the notice, then each period that is over. */
function Dues({ licence }: { licence: OpenLicence }) {
  const t = useTexts(openTexts);
  return (
    <Panel title={t("dues")} note={licence.dues.length === 0 ? t("dues.none") : t("dues.note")}>
      {licence.dues.length > 0 && (
        <ul className={styles.rows} aria-label={t("dues")}>
          {licence.dues.map((due) => (
            <li key={due.period_from ?? "sum"}>
              <span className={styles.wide}>
                {due.period_from ? `${due.period_from} – ${due.period_to}` : t("due.sum")}
                {due.statement && (
                  <span className={styles.soft}>
                    {" "}
                    <Amount minor={due.statement.base_minor} currency={licence.currency} /> ×{" "}
                    {rate(due.statement.rate_percent)}
                  </span>
                )}
              </span>
              {due.amount_minor != null && <Amount minor={due.amount_minor} currency={licence.currency} />}
              {due.due_standing === "received" || due.due_standing === "advised" ? (
                <CalendarDay day={due.due_on} />
              ) : (
                <Deadline day={due.due_on} />
              )}
              <StateMark standing={DUE_STANDINGS[due.due_standing] ?? "closed"}>
                {t(`due.${due.due_standing}`)}
              </StateMark>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Payments({ licence, onStep }: { licence: OpenLicence; onStep: (step: TakenStep) => void }) {
  const t = useTexts(openTexts);
  const confirms = licence.allowed_steps.includes("confirm payment");
  if (licence.payments.length === 0) return null;
  return (
    <Panel title={t("payments")} note={t("payments.note")}>
      <ul className={styles.rows} aria-label={t("payments")}>
        {licence.payments.map((payment) => (
          <li key={payment.id}>
            <span className={styles.wide}>
              <CalendarDay day={payment.paid_on} />{" "}
              {payment.period_from ? t("payment.for", { day: payment.period_from }) : t("due.sum")}
              {payment.contest_reason && <span className={styles.soft}> {payment.contest_reason}</span>}
            </span>
            <Amount minor={payment.amount_minor} currency={licence.currency} />
            <PaymentMark payment={payment} />
            {confirms && !payment.received_on && (
              <span>
                <Button size="small" onClick={() => onStep({ name: "receipt", payment })}>
                  {t("take.receipt")}
                </Button>{" "}
                {!payment.contested_on && (
                  <Button size="small" danger onClick={() => onStep({ name: "contest", payment })}>
                    {t("take.contest")}
                  </Button>
                )}
              </span>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function PaymentMark({ payment }: { payment: OpenPayment }) {
  const t = useTexts(openTexts);
  if (payment.received_on)
    return (
      <StateMark standing="fine">
        {t("payment.received")} <CalendarDay day={payment.received_on} />
      </StateMark>
    );
  if (payment.contested_on) return <StateMark standing="overdue">{t("payment.contested")}</StateMark>;
  return <StateMark standing="attention">{t("payment.advised")}</StateMark>;
}

/** That the entry of a notice on paper was contested, and what the owner put beside it. */
function useContest(licence: OpenLicence): { label: string; value: ReactNode }[] {
  const t = useTexts(openTexts);
  if (!licence.contested_on) return [];
  return [
    {
      label: t("entry.contested_on"),
      value: (
        <>
          <CalendarDay day={licence.contested_on} />{" "}
          <span className={styles.long}>{licence.contest_reason}</span>
        </>
      ),
    },
    {
      label: t("entry.evidence"),
      value: licence.evidence_on ? (
        <>
          <CalendarDay day={licence.evidence_on} />{" "}
          <span className={styles.long}>{licence.evidence_note}</span>{" "}
          {licence.evidence_id && <PaperDownload id={licence.evidence_id} />}
        </>
      ) : (
        t("entry.evidence.none")
      ),
    },
    ...(licence.acknowledged_on
      ? [{ label: t("entry.acknowledged"), value: <CalendarDay day={licence.acknowledged_on} /> }]
      : []),
  ];
}

/** The notice, the terms it is under, and the recordal. */
function About({ licence }: { licence: OpenLicence }) {
  const t = useTexts(openTexts);
  const contest = useContest(licence);
  return (
    <Panel title={t("about")} note={t("law.dispute")}>
      <Pairs
        pairs={[
          {
            label: t("declaration"),
            value: <Link to={`/open-declarations/${licence.declaration_id}`}>{licence.publication}</Link>,
          },
          { label: t("kind"), value: t("kind.ordinary") },
          ...(licence.letter_sha256
            ? [
                {
                  label: t("letter.hash"),
                  value: <code className={styles.long}>{licence.letter_sha256}</code>,
                },
              ]
            : []),
          {
            label: t("entry.origin"),
            value: t(licence.from_paper ? "entry.paper" : "entry.here"),
          },
          ...(licence.lapsed_on
            ? [{ label: t("lapsed.on"), value: <CalendarDay day={licence.lapsed_on} /> }]
            : []),
          ...contest,
          ...(licence.end_reason ? [{ label: t("end_reason"), value: licence.end_reason }] : []),
          ...(licence.recordal_due_on
            ? [
                { label: t("recordal.due"), value: <CalendarDay day={licence.recordal_due_on} /> },
                { label: t("rule.source"), value: licence.recordal_rule },
                {
                  label: t("recordal"),
                  value: licence.recordal_filed_on ? (
                    <>
                      {t("recordal.filed")} <CalendarDay day={licence.recordal_filed_on} />{" "}
                      {licence.office_answer && t.maybe(`recordal.${licence.office_answer}`)}{" "}
                      {licence.recordal_number}
                    </>
                  ) : (
                    t("recordal.open")
                  ),
                },
              ]
            : []),
        ]}
      />
    </Panel>
  );
}
