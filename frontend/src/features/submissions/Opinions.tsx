import { App, Button, Drawer, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { asProblem, type Problem, request, type WholeOpinion, type WholeSubmission } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ActionForm, Empty, Failure, FormProblem, Pairs, Panel, Skeleton } from "@/shared/ui";
import { OPINIONS, tagOf, useOpinion, useOpinions, useRefresh } from "./queries.ts";
import { ResultMark } from "./state.tsx";
import styles from "./submissions.module.css";
import { texts } from "./texts.ts";

/** What the panels found, one opinion after the other; drafts are there for those alone who write or handle them. */
export function Opinions({ submission }: { submission: WholeSubmission }) {
  const t = useTexts(texts);
  const opinions = useOpinions(submission.id);
  if (opinions.isError) return <Failure error={opinions.error} retry={() => void opinions.refetch()} />;
  if (opinions.data === undefined) return <Skeleton height={160} />;
  if (opinions.data.length === 0) {
    return <Empty title={t("opinion.none")}>{t("opinion.none.text")}</Empty>;
  }
  return (
    <div className={styles.opinions}>
      {opinions.data.map(({ id }) => (
        <OneOpinion key={id} id={id} submission={submission} />
      ))}
    </div>
  );
}

function OneOpinion({ id, submission }: { id: string; submission: WholeSubmission }) {
  const t = useTexts(texts);
  const found = useOpinion(id);
  const [open, setOpen] = useState<"edit" | "voice" | null>(null);
  const { problem, give } = useGiving(id);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={120} />;
  const opinion = found.data;
  const steps = opinion.allowed_steps;
  const round =
    opinion.panel_kind === "appeal"
      ? t("opinion.round.appeal")
      : t(opinion.round === 2 ? "opinion.round.2" : "opinion.round.1");
  return (
    <Panel
      title={round}
      extra={
        <span className={styles.head}>
          <ResultMark result={opinion.result} />
          {steps.includes("voice") && (
            <Button type="primary" size="small" onClick={() => setOpen("voice")}>
              {t("opinion.voice")}
            </Button>
          )}
          {steps.includes("edit") && (
            <Button size="small" onClick={() => setOpen("edit")}>
              {t("opinion.edit")}
            </Button>
          )}
          {steps.includes("giving") && (
            <Button type="primary" size="small" onClick={() => void give()}>
              {t("opinion.giving")}
            </Button>
          )}
        </span>
      }
    >
      <FormProblem problem={problem} />
      <Pairs
        pairs={[
          {
            label: t("opinion.reasons"),
            value: <span className={styles.soft}>{opinion.reasons || "–"}</span>,
          },
          { label: t("given"), value: <Instant at={opinion.given_at} /> },
          { label: t("final"), value: <CalendarDay day={opinion.final_on} /> },
          {
            label: t("place.first_assistant"),
            value: <VoiceLine voice={opinion.first_voice} note={opinion.first_note} />,
          },
          {
            label: t("place.second_assistant"),
            value: <VoiceLine voice={opinion.second_voice} note={opinion.second_note} />,
          },
        ]}
      />
      <ul className={styles.claims} aria-label={t("opinion.findings")}>
        {(opinion.findings ?? []).map((finding) => (
          <li key={finding.claim_id}>
            <p className={styles.head}>
              <strong>
                {t("claim.number")} {finding.number}
              </strong>
              <span>
                {finding.standard} {finding.clause}
              </span>
              <ResultMark result={finding.essential ? "essential" : "not_essential"} />
            </p>
            {finding.reasons && <p className={styles.soft}>{finding.reasons}</p>}
          </li>
        ))}
      </ul>
      <OpinionDrawer
        open={open === "edit"}
        opinion={opinion}
        submission={submission}
        onClose={() => setOpen(null)}
      />
      <Modal
        open={open === "voice"}
        title={t("opinion.voice")}
        footer={null}
        destroyOnHidden
        onCancel={() => setOpen(null)}
      >
        <VoiceForm id={id} onClose={() => setOpen(null)} />
      </Modal>
    </Panel>
  );
}

function VoiceLine({ voice, note }: { voice: string | null | undefined; note: string | null | undefined }) {
  const t = useTexts(texts);
  if (!voice) return <>{t("opinion.voice.none")}</>;
  return (
    <>
      {t(voice === "agrees" ? "opinion.agrees" : "opinion.dissents")}
      {note && <span className={styles.soft}> · {note}</span>}
    </>
  );
}

function useGiving(id: string) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { modal, message } = App.useApp();
  const [problem, setProblem] = useState<Problem | null>(null);
  const give = async () => {
    const agreed = await modal.confirm({
      title: t("opinion.giving.title"),
      content: t("opinion.giving.text"),
      okText: t("opinion.giving"),
    });
    if (!agreed) return;
    setProblem(null);
    try {
      await request("POST", `${OPINIONS}/${id}/giving`);
      void message.success(t("opinion.given"));
    } catch (error) {
      setProblem(asProblem(error));
    }
    await refresh();
  };
  return { problem, give };
}

interface DrawerProps {
  open: boolean;
  opinion: WholeOpinion;
  submission: WholeSubmission;
  onClose: () => void;
}

interface Values {
  reasons: string;
  findings: { essential: boolean; reasons?: string }[];
}

/** The lead's draft: its reasons, and a finding on each claim that was submitted. */
function OpinionDrawer({ open, opinion, submission, onClose }: DrawerProps) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const found = new Map((opinion.findings ?? []).map((finding) => [finding.claim_id, finding]));
  return (
    <Drawer open={open} onClose={onClose} title={t("step.opinion")} size={720} destroyOnHidden>
      <ActionForm<Values>
        submit={w("save")}
        onCancel={onClose}
        send={async (values) => {
          const findings = submission.claims.map((claim, place) => ({
            claim_id: claim.id,
            ...values.findings[place],
          }));
          await request("PATCH", `${OPINIONS}/${opinion.id}`, {
            body: { reasons: values.reasons, findings },
            etag: await tagOf(opinion),
          });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("opinion.saved"));
          onClose();
        }}
        initialValues={{
          reasons: opinion.reasons ?? "",
          findings: submission.claims.map((claim) => {
            const finding = found.get(claim.id);
            return finding ? { essential: finding.essential, reasons: finding.reasons } : {};
          }),
        }}
      >
        {submission.claims.map((claim, place) => (
          <fieldset key={claim.id} className={styles.finding}>
            <legend>
              {t("claim.number")} {claim.number} · {claim.standard} {claim.clause}
            </legend>
            <Form.Item
              name={["findings", place, "essential"]}
              rules={[{ required: true, message: t("opinion.finding.needed") }]}
            >
              <Radio.Group
                options={[
                  { value: true, label: t("opinion.essential") },
                  { value: false, label: t("opinion.not_essential") },
                ]}
              />
            </Form.Item>
            <Form.Item name={["findings", place, "reasons"]} label={t("opinion.finding.reasons")}>
              <Input.TextArea rows={2} />
            </Form.Item>
          </fieldset>
        ))}
        <Form.Item
          name="reasons"
          label={t("opinion.reasons")}
          rules={[{ required: true, whitespace: true, message: t("opinion.reasons.needed") }]}
        >
          <Input.TextArea rows={6} />
        </Form.Item>
      </ActionForm>
    </Drawer>
  );
}

function VoiceForm({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <ActionForm<{ agrees: boolean; note?: string }>
      submit={t("opinion.voice")}
      onCancel={onClose}
      send={async (values) => {
        await request("POST", `${OPINIONS}/${id}/voice`, { body: values });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("opinion.voiced"));
        onClose();
      }}
      initialValues={{ agrees: true }}
    >
      <Form.Item name="agrees" label={t("opinion.voice")}>
        <Radio.Group
          options={[
            { value: true, label: t("opinion.agrees") },
            { value: false, label: t("opinion.dissents") },
          ]}
        />
      </Form.Item>
      <Form.Item name="note" label={t("opinion.note")} extra={t("opinion.note.help")}>
        <Input.TextArea rows={4} maxLength={2000} showCount />
      </Form.Item>
    </ActionForm>
  );
}
