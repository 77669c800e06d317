import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { App, Button, Drawer, Form } from "antd";
import { useState } from "react";
import {
  asProblem,
  newKey,
  type Panel as PanelDocument,
  request,
  useRoles,
  type WholeSubmission,
} from "@/shared/api";
import { CalendarDay, Deadline, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { PaperDownload, Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { ActionForm, Empty, Facts, Page, PageTabs, Pairs, Panel, ReasonField } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { EditDrawer } from "./EditDrawer.tsx";
import { Opinions } from "./Opinions.tsx";
import { OPINIONS, PANELS, SUBMISSION, useDesk, usePanels, useRefresh, useSubmission } from "./queries.ts";
import { EvaluatorSelect, StepDrawer } from "./StepDrawer.tsx";
import { SubmissionMark } from "./state.tsx";
import styles from "./submissions.module.css";
import { texts } from "./texts.ts";

/** One submission: what was submitted, who evaluates it for those who may know, what was found, and what comes next. */
export function Submission() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const live = useLive(SUBMISSION, id);
  const found = useSubmission(id);
  const { data } = found.data;
  const own = useDesk();
  const [step, setStep] = useState<string | null>(null);
  const [isEditing, setEditing] = useState(false);
  const begin = useOpinionStart(data);
  const panels = usePanels(id).data?.items ?? [];
  const [first, ...others] = data.allowed_steps.filter((one) => one !== "withdrawal");
  const isWritable = (data.state === "draft" || data.state === "returned") && own !== undefined;
  return (
    <Page
      title={data.publication}
      subtitle={spoken(data.title)}
      trail={[{ label: t("title"), to: "/submissions" }]}
      id={data.id}
      state={<SubmissionMark state={data.state} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        first && (
          <Button type="primary" onClick={() => (first === "opinion" ? void begin() : setStep(first))}>
            {t.maybe(`step.${first}`)}
          </Button>
        )
      }
      menu={[
        ...(isWritable ? [{ key: "edit", label: t("step.edit"), onClick: () => setEditing(true) }] : []),
        ...others.map((one) => ({
          key: one,
          label: t.maybe(`step.${one}`),
          onClick: () => (one === "opinion" ? void begin() : setStep(one)),
        })),
        ...(data.allowed_steps.includes("withdrawal")
          ? [
              {
                key: "withdrawal",
                label: t("step.withdrawal"),
                danger: true,
                onClick: () => setStep("withdrawal"),
              },
            ]
          : []),
      ]}
    >
      <Facts
        facts={[
          { key: "pool", label: t("pool"), value: spoken(data.pool_name) },
          { key: "standard", label: t("standard"), value: data.standard },
          { key: "owner", label: t("owner"), value: organisationName(null, data.owner_name) },
          {
            key: "due",
            label: t("due"),
            value: data.due_on ? <Deadline day={data.due_on} /> : <CalendarDay day={null} />,
          },
          { key: "submitted", label: t("submitted"), value: <Instant at={data.submitted_at} /> },
        ]}
      />
      <PageTabs
        tabs={[
          { key: "claims", label: t("tab.claims"), children: <Claims submission={data} /> },
          { key: "opinions", label: t("tab.opinions"), children: <Opinions submission={data} /> },
          ...(panels.length > 0
            ? [{ key: "panel", label: t("tab.panel"), children: <Evaluators panels={panels} /> }]
            : []),
          {
            key: "papers",
            label: t("tab.papers"),
            children: <Papers subjectType={SUBMISSION} subjectId={id} mayAttach={own !== undefined} />,
          },
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={SUBMISSION} subjectId={id} />,
          },
        ]}
      />
      <StepDrawer step={step} submission={data} onClose={() => setStep(null)} />
      <EditDrawer open={isEditing} edited={found.data} onClose={() => setEditing(false)} />
    </Page>
  );
}

/** Begins the opinion of the panel at work, and shows it. */
function useOpinionStart(submission: WholeSubmission) {
  const refresh = useRefresh();
  const navigate = useNavigate();
  const { message } = App.useApp();
  return async () => {
    try {
      await request("POST", OPINIONS, { key: newKey(), body: { submission_id: submission.id } });
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
    void navigate({ to: `/submissions/${submission.id}`, search: { tab: "opinions" } as never });
  };
}

function Claims({ submission }: { submission: WholeSubmission }) {
  const t = useTexts(texts);
  return (
    <>
      <Panel title={t("claims")}>
        <ul className={styles.claims} aria-label={t("claims")}>
          {submission.claims.map((claim) => (
            <li key={claim.id}>
              <p className={styles.head}>
                <strong>
                  {t("claim.number")} {claim.number}
                </strong>
                <span>
                  {claim.standard} {claim.clause}
                </span>
                {claim.claim_chart_id && (
                  <Link to={`/claim-charts/${claim.claim_chart_id}`}>{t("claim.own_chart")}</Link>
                )}
                {claim.chart_id && <PaperDownload id={claim.chart_id} label={t("claim.chart")} />}
              </p>
              {claim.explanation && <p className={styles.soft}>{claim.explanation}</p>}
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={t("patent")}>
        <Pairs
          pairs={[
            {
              label: t("publication"),
              value: <Link to={`/patents/${submission.patent_id}`}>{submission.publication}</Link>,
            },
            {
              label: t("calls"),
              value: <Link to={`/calls/${submission.call_id}`}>{submission.standard}</Link>,
            },
            { label: t("exclusive"), value: t("exclusive.no") },
            {
              label: t("statement"),
              value: <span className={styles.soft}>{submission.statement || "–"}</span>,
            },
            { label: t("note"), value: submission.note || "–" },
          ]}
        />
      </Panel>
    </>
  );
}

function Evaluators({ panels }: { panels: readonly PanelDocument[] }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const isOffice = useRoles().has("secretariat");
  const [renewed, setRenewed] = useState<PanelDocument | null>(null);
  const [replaced, setReplaced] = useState<{ panel: string; place: string } | null>(null);
  if (panels.length === 0) return <Empty title={t("panel.none")} />;
  return (
    <div className={styles.opinions}>
      {panels.map((panel) => (
        <Panel
          key={panel.id}
          title={t.maybe(`panel.${panel.kind}`)}
          extra={
            <span className={styles.head}>
              {t("panel.until")} <CalendarDay day={panel.until_on} />
              {isOffice && (
                <Button size="small" onClick={() => setRenewed(panel)}>
                  {t("panel.renew")}
                </Button>
              )}
            </span>
          }
        >
          <ul className={styles.claims} aria-label={t("tab.panel")}>
            {panel.evaluators.map((one) => (
              <li key={one.place} className={styles.head}>
                <strong>{t.maybe(`place.${one.place}`)}</strong>
                <span>
                  {spoken(one.name)} · {organisationName(null, one.organisation_name)}
                </span>
                {isOffice && (
                  <Button
                    size="small"
                    onClick={() => setReplaced({ panel: panel.id, place: one.place })}
                    aria-label={`${t("place.replace")} ${t.maybe(`place.${one.place}`)}`}
                  >
                    {t("place.replace")}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </Panel>
      ))}
      <Drawer
        open={renewed !== null}
        onClose={() => setRenewed(null)}
        title={t("panel.renew")}
        size={520}
        destroyOnHidden
      >
        {renewed && <RenewForm panel={renewed} onClose={() => setRenewed(null)} />}
      </Drawer>
      <Drawer
        open={replaced !== null}
        onClose={() => setReplaced(null)}
        title={t("step.replacement")}
        size={520}
        destroyOnHidden
      >
        {replaced && <ReplaceForm {...replaced} onClose={() => setReplaced(null)} />}
      </Drawer>
    </div>
  );
}

function RenewForm({ panel, onClose }: { panel: PanelDocument; onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <ActionForm<{ until_on: string; reason: string }>
      submit={t("panel.renew")}
      onCancel={onClose}
      send={async (values, key) => {
        await request("POST", `${PANELS}/${panel.id}/renewal`, { key, body: values });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("step.done"));
        onClose();
      }}
    >
      <Form.Item
        name="until_on"
        label={t("panel.until")}
        extra={t("panel.until.help")}
        rules={[{ required: true, message: t("panel.until.needed") }]}
      >
        <DayInput from={panel.until_on} />
      </Form.Item>
      <ReasonField
        label={t("panel.reason")}
        help={t("panel.reason.help")}
        needed={t("panel.reason.needed")}
      />
    </ActionForm>
  );
}

function ReplaceForm({ panel, place, onClose }: { panel: string; place: string; onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <ActionForm<{ seat_id: string; reason: string }>
      submit={t("place.replace")}
      onCancel={onClose}
      send={async (values, key) => {
        await request("POST", `${PANELS}/${panel}/replacement`, { key, body: { ...values, place } });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("step.done"));
        onClose();
      }}
    >
      <Form.Item
        name="seat_id"
        label={t.maybe(`place.${place}`)}
        rules={[{ required: true, message: t("place.needed") }]}
      >
        <EvaluatorSelect />
      </Form.Item>
      <ReasonField
        label={t("panel.reason")}
        help={t("panel.reason.help")}
        needed={t("panel.reason.needed")}
      />
    </ActionForm>
  );
}
