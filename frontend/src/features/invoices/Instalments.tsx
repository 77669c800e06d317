import { App, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { asProblem, type InvoiceDetail, newKey, request } from "@/shared/api";
import { Amount, CalendarDay, Deadline, Instant } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { FigureTable } from "@/shared/royalties";
import { downloadFile } from "@/shared/table";
import { ActionForm, Pairs, Panel, type Standing, StateMark } from "@/shared/ui";
import { DownloadOutlined } from "@/shared/ui/icons";
import styles from "./invoices.module.css";
import { useRefresh } from "./queries.ts";
import { texts } from "./texts/index.ts";

export type Plan = InvoiceDetail["plans"][number];
type Part = Plan["parts"][number];

interface PlanProps {
  plan: Plan;
  /** Of the invoice as it was read: what is agreed is what was looked at. */
  etag: string;
}

const PLANS = "/api/v1/instalment-plans";
const STEPS = {
  accept: "acceptance",
  approve: "approval",
  refuse: "refusal",
  withdraw: "withdrawal",
} as const;
const STANDINGS: Record<string, Standing> = {
  asked: "attention",
  proposed: "attention",
  agreed: "fine",
  refused: "closed",
  withdrawn: "closed",
  replaced: "closed",
};

/** How an invoice is paid in parts, and how it was before. */
export function Instalments({ invoice, etag }: { invoice: InvoiceDetail; etag: string }) {
  return (
    <div className={styles.stack}>
      {invoice.plans.map((plan) => (
        <OnePlan key={plan.id} plan={plan} etag={etag} />
      ))}
    </div>
  );
}

function OnePlan({ plan, etag }: PlanProps) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const language = useLanguage();
  const { message } = App.useApp();
  const state = plan.state ?? "proposed";
  const keep = () =>
    void downloadFile(`${PLANS}/${plan.id}/document`, {
      as: "pdf",
      language: language === "en" ? "en" : "zh",
    }).catch((error: unknown) => void message.error(asProblem(error).message));
  return (
    <Panel
      title={<Amount minor={plan.amount_minor} currency={plan.currency} />}
      extra={
        <span className={styles.whole}>
          <StateMark standing={plan.is_broken ? "overdue" : (STANDINGS[state] ?? "closed")}>
            {plan.is_broken ? t("plan.broken") : t.maybe(`plan.state.${state}`)}
          </StateMark>{" "}
          <Button size="small" icon={<DownloadOutlined />} onClick={keep}>
            {t("plan.take")}
          </Button>
        </span>
      }
    >
      <div className={styles.stack}>
        {(state === "asked" || state === "proposed") && <DecidePlan plan={plan} etag={etag} />}
        <Parts plan={plan} />
        <Pairs
          pairs={[
            { label: t("plan.reduce"), value: t.maybe(`plan.reduce.${plan.credits_reduce}`) },
            ...(plan.falls_due_whole ? [{ label: t("plan.broken"), value: t("plan.whole") }] : []),
            { label: t("why"), value: spoken(plan.reason) },
            ...(plan.asked_by
              ? [
                  {
                    label: t("plan.asked"),
                    value: (
                      <>
                        {spoken(plan.asked_by.name ?? "")} <Instant at={plan.asked_at} />
                      </>
                    ),
                  },
                ]
              : []),
            ...(state === "asked" || plan.proposed_by.id === plan.asked_by?.id
              ? []
              : [
                  {
                    label: t("proposed"),
                    value: (
                      <>
                        {spoken(plan.proposed_by.name ?? "")} <Instant at={plan.proposed_at} />
                      </>
                    ),
                  },
                ]),
            ...(plan.decided_by
              ? [
                  {
                    label: t("decided"),
                    value: (
                      <>
                        {spoken(plan.decided_by.name ?? "")} <Instant at={plan.decided_at} />
                      </>
                    ),
                  },
                ]
              : []),
            ...(plan.answer ? [{ label: t("plan.answer"), value: spoken(plan.answer) }] : []),
          ]}
        />
      </div>
    </Panel>
  );
}

function Parts({ plan }: { plan: Plan }) {
  const t = useTexts(texts);
  const inForce = plan.state === "agreed";
  return (
    <FigureTable label={t("tab.plans")}>
      <thead>
        <tr>
          <th scope="col">{t("plan.part")}</th>
          <th scope="col">{t("due")}</th>
          <th scope="col" data-numeric data-wide={inForce || undefined}>
            {t("amount")}
          </th>
          {inForce && (
            <th scope="col" data-numeric>
              {t("open")}
            </th>
          )}
          {inForce && (
            <th scope="col" data-wide>
              {t("payment")}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {plan.parts.map((part, place) => (
          <tr key={part.due_on}>
            <th scope="row">{place + 1}</th>
            <td>
              <DueCell part={part} inForce={inForce} />
            </td>
            <td data-numeric data-wide={inForce || undefined}>
              <Amount minor={part.amount_minor} currency={plan.currency} />
            </td>
            {inForce && (
              <td data-numeric>
                <Amount minor={part.open_minor} currency={plan.currency} />
              </td>
            )}
            {inForce && (
              <td data-wide>
                <PartMark part={part} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </FigureTable>
  );
}

/** Its day, and how long it is until then; of a part that is due with an earlier one, its day alone. */
function DueCell({ part, inForce }: { part: Part; inForce: boolean }) {
  const isOwn = part.falls_due_on === part.due_on;
  return inForce && part.open_minor > 0 && isOwn ? (
    <Deadline day={part.due_on} />
  ) : (
    <CalendarDay day={part.due_on} />
  );
}

function PartMark({ part }: { part: Part }) {
  const t = useTexts(texts);
  if (part.open_minor === 0) return <StateMark standing="fine">{t("plan.part.paid")}</StateMark>;
  const isLate = part.falls_due_on < todayHere();
  if (isLate && part.falls_due_on !== part.due_on) {
    return <StateMark standing="overdue">{t("plan.part.since", { day: part.falls_due_on })}</StateMark>;
  }
  return (
    <StateMark standing={isLate ? "overdue" : "attention"}>
      {t(isLate ? "plan.part.late" : "plan.part.due")}
    </StateMark>
  );
}

/** The steps of a plan that are the reader's. */
export function DecidePlan({ plan, etag }: PlanProps) {
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const refresh = useRefresh();
  const [refusing, setRefusing] = useState(false);
  const take = async (step: keyof typeof STEPS) => {
    const agreed = await modal.confirm({
      title: t(`plan.${step}`),
      content: t(`plan.${step}.text`),
      okText: t(`plan.${step}`),
    });
    if (!agreed) return;
    try {
      await request("POST", `${PLANS}/${plan.id}/${STEPS[step]}`, {
        key: newKey(),
        ...(step === "accept" ? { etag } : {}),
      });
      void message.success(t(`plan.${step}.done`));
      await refresh();
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  const steps = (["accept", "approve", "refuse", "withdraw"] as const).filter((step) =>
    plan.allowed_steps.includes(step),
  );
  return (
    <span style={{ display: "inline-flex", gap: 8 }}>
      {steps.map((step) => (
        <Button
          key={step}
          size="small"
          // Whoever asked is told why not.
          onClick={() => (step === "refuse" && plan.asked_by ? setRefusing(true) : void take(step))}
        >
          {t(`plan.${step}`)}
        </Button>
      ))}
      {refusing && <RefusePlan plan={plan} onClose={() => setRefusing(false)} />}
    </span>
  );
}

/** Asks for the answer that the licensee reads. */
function RefusePlan({ plan, onClose }: { plan: Plan; onClose: () => void }) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const refresh = useRefresh();
  return (
    <Modal open title={t("plan.refuse")} footer={null} onCancel={onClose}>
      <ActionForm<{ answer: string }>
        submit={t("plan.refuse")}
        onCancel={onClose}
        send={async (values, key) => {
          await request("POST", `${PLANS}/${plan.id}/refusal`, { key, body: values });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("plan.refuse.done"));
          onClose();
        }}
      >
        <Form.Item
          name="answer"
          label={t("plan.answer")}
          extra={t("plan.answer.help")}
          rules={[{ required: true, whitespace: true, message: t("plan.answer.needed") }]}
        >
          <Input.TextArea rows={3} maxLength={500} />
        </Form.Item>
      </ActionForm>
    </Modal>
  );
}
