import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Input } from "antd";
import { useState } from "react";
import { type DoubtfulDeduction, request, useRoles } from "@/shared/api";
import { Figure, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { ActionForm, Facts, Notice, Page, PageTabs, Pairs, Panel } from "@/shared/ui";
import { monthsOf } from "../queries.ts";
import { DoubtMark } from "./marks.tsx";
import { DOUBT, DOUBTS, useDoubt, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

const ADDRESS: Record<string, string> = {
  answer: "answer",
  accept: "acceptance",
  reject: "rejection",
  correct: "correction",
};

/** One doubtful deduction: what its licensee is asked, what it answered and showed, and what came of it. */
export function Doubt() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const isOwn = useRoles().has("licensee");
  const live = useLive(DOUBT, id);
  const found = useDoubt(id);
  const { data } = found;
  const [step, setStep] = useState<string | null>(null);
  // What ends it against the licensee is done on purpose, and never offered first.
  const main = data.allowed_steps.find((one) => one !== "reject");
  const rest = data.allowed_steps.filter((one) => one !== main);
  const isOpen = data.state === "asked" || data.state === "answered";
  return (
    <Page
      title={`${data.licence_code} · ${data.brand_name}`}
      subtitle={organisationName(null, data.licensee_name)}
      trail={[{ label: t("tab"), to: "/reports?tab=deductions" }]}
      id={data.id}
      state={<DoubtMark state={data.state} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        main && (
          <Button type="primary" onClick={() => setStep(main)}>
            {t.maybe(`step.${main}`)}
          </Button>
        )
      }
      menu={rest.map((one) => ({ key: one, label: t.maybe(`step.${one}`), onClick: () => setStep(one) }))}
    >
      {isOwn && (isOpen || data.state === "accepted") && !data.is_superseded && (
        <Notice kind="attention" action={<Link to="/reports?tab=filed">{t("supersede")}</Link>}>
          <strong>{t("what_to_do")}</strong>
          <p>{t("what_to_do.text")}</p>
        </Notice>
      )}
      <Facts
        facts={[
          {
            key: "licence",
            label: t("licence"),
            value: <Link to={`/licences/${data.licence_id}`}>{data.licence_code}</Link>,
          },
          { key: "months", label: t("months"), value: monthsOf(data) },
          { key: "product", label: t("product"), value: data.product },
          { key: "claimed", label: t("claimed"), value: <Figure value={data.claimed_units} /> },
        ]}
      />
      <PageTabs
        tabs={[
          { key: "about", label: t("about"), children: <About doubt={data} /> },
          {
            key: "papers",
            label: t("papers"),
            children: <Papers subjectType={DOUBT} subjectId={id} mayAttach={isOwn && isOpen} />,
          },
          {
            key: "history",
            label: t("history"),
            children: <HistoryTab subjectType={DOUBT} subjectId={id} />,
          },
        ]}
      />
      <Drawer
        open={step !== null}
        onClose={() => setStep(null)}
        title={step === null ? "" : t.maybe(`step.${step}`)}
        size={520}
        destroyOnHidden
      >
        {step !== null && <StepForm key={step} step={step} doubt={data} onClose={() => setStep(null)} />}
      </Drawer>
    </Page>
  );
}

function About({ doubt }: { doubt: DoubtfulDeduction }) {
  const t = useTexts(texts);
  return (
    <Panel title={t("about")}>
      <Pairs
        pairs={[
          { label: t("request"), value: doubt.request },
          { label: t("asked_at"), value: <Instant at={doubt.asked_at} /> },
          ...(doubt.answered_at
            ? [
                { label: t("answer"), value: doubt.answer },
                { label: t("answered_at"), value: <Instant at={doubt.answered_at} /> },
              ]
            : []),
          ...(doubt.decided_at
            ? [
                { label: t("decision"), value: doubt.decision },
                { label: t("decided_at"), value: <Instant at={doubt.decided_at} /> },
              ]
            : []),
        ]}
      />
    </Panel>
  );
}

function StepForm({ step, doubt, onClose }: { step: string; doubt: DoubtfulDeduction; onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const name = step === "answer" ? "answer" : "decision";
  return (
    <ActionForm<Record<string, string>>
      submit={t.maybe(`step.${step}`)}
      danger={step === "reject"}
      onCancel={onClose}
      send={async (body, key) => {
        await request("POST", `${DOUBTS}/${doubt.id}/${ADDRESS[step]}`, { key, body });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("done"));
        onClose();
      }}
    >
      <Notice kind="attention">{t.maybe(`effect.${step}`)}</Notice>
      <Form.Item
        name={name}
        label={t(name)}
        extra={name === "decision" ? t("decision.help") : undefined}
        rules={[{ required: true, whitespace: true, message: t("text.needed") }]}
      >
        <Input.TextArea rows={4} maxLength={1000} showCount />
      </Form.Item>
    </ActionForm>
  );
}
