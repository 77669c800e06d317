import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Drawer } from "antd";
import { useState } from "react";
import { type BilateralClaim, request } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { ActionForm, Facts, Notice, Page, PageTabs, Pairs, Panel, ReasonField } from "@/shared/ui";
import { ClaimMark } from "./Claims.tsx";
import { CLAIM_SUBJECT, CLAIMS, useClaim, useRefreshClaims } from "./queries.ts";
import { claimTexts } from "./texts.ts";

const ADDRESS: Record<string, string> = {
  ask: "question",
  confirm: "confirmation",
  refuse: "refusal",
  settle: "settlement",
  withdraw: "withdrawal",
};
const MAIN = ["ask", "confirm", "settle"];
const WITH_REASON = new Set(["refuse", "settle", "withdraw"]);
const GRAVE = new Set(["refuse", "withdraw"]);

/** One claim that a licensee holds a licence from a member: what it says, what shows it, and what the member says. */
export function Claim() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(claimTexts);
  const organisationName = useOrganisationName();
  const live = useLive(CLAIM_SUBJECT, id);
  const found = useClaim(id);
  const [step, setStep] = useState<string | null>(null);
  const claim = found.data;
  const main = claim.allowed_steps.find((one) => MAIN.includes(one));
  const rest = claim.allowed_steps.filter((one) => one !== main);
  const attaches = claim.allowed_steps.some((one) => one === "ask" || one === "withdraw");
  return (
    <Page
      title={`${claim.licence_code} · ${organisationName(null, claim.member_name)}`}
      trail={[{ label: t("tab"), to: "/licences?tab=bilateral" }]}
      id={claim.id}
      state={<ClaimMark claim={claim} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        main && (
          <Button type="primary" onClick={() => setStep(main)}>
            {t.maybe(`step.${main}`)}
          </Button>
        )
      }
      menu={rest.map((one) => ({
        key: one,
        label: t.maybe(`step.${one}`),
        danger: GRAVE.has(one),
        onClick: () => setStep(one),
      }))}
    >
      <Facts
        facts={[
          {
            key: "licence",
            label: t("licence"),
            value: <Link to={`/licences/${claim.licence_id}`}>{claim.licence_code}</Link>,
          },
          { key: "licensee", label: t("licensee"), value: organisationName(null, claim.licensee_name) },
          { key: "member", label: t("member"), value: organisationName(null, claim.member_name) },
          { key: "starts", label: t("starts"), value: <CalendarDay day={claim.starts_on} /> },
          {
            key: "ends",
            label: t("ends"),
            value: claim.ends_on ? <CalendarDay day={claim.ends_on} /> : t("open"),
          },
        ]}
      />
      <PageTabs
        tabs={[
          { key: "about", label: t("tab.about"), children: <About claim={claim} /> },
          {
            key: "papers",
            label: t("tab.papers"),
            children: <Papers subjectType={CLAIM_SUBJECT} subjectId={id} mayAttach={attaches} />,
          },
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={CLAIM_SUBJECT} subjectId={id} />,
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
        {step !== null && <StepForm key={step} step={step} claim={claim} onClose={() => setStep(null)} />}
      </Drawer>
    </Page>
  );
}

function About({ claim }: { claim: BilateralClaim }) {
  const spoken = useSpoken();
  const t = useTexts(claimTexts);
  return (
    <Panel title={t("tab.about")} note={t("lead")}>
      <Pairs
        pairs={[
          { label: t("stands_in"), value: spoken(claim.stands_in) },
          { label: t("since"), value: <Instant at={claim.claimed_at} /> },
          ...(claim.asked_at ? [{ label: t("asked"), value: <Instant at={claim.asked_at} /> }] : []),
          ...(claim.answered_at
            ? [
                {
                  label: t("answered"),
                  value: claim.without_answer ? t("without_answer") : <Instant at={claim.answered_at} />,
                },
              ]
            : []),
          ...(claim.reason ? [{ label: t("reason"), value: claim.reason }] : []),
        ]}
      />
    </Panel>
  );
}

function StepForm({ step, claim, onClose }: { step: string; claim: BilateralClaim; onClose: () => void }) {
  const t = useTexts(claimTexts);
  const refresh = useRefreshClaims();
  const { message } = App.useApp();
  const reasoned = WITH_REASON.has(step);
  return (
    <>
      <Notice kind={step === "ask" ? "plain" : "attention"}>{t.maybe(`effect.${step}`)}</Notice>
      <ActionForm<{ reason?: string }>
        submit={t.maybe(`step.${step}`)}
        danger={GRAVE.has(step)}
        onCancel={onClose}
        send={async (values, key) => {
          await request("POST", `${CLAIMS}/${claim.id}/${ADDRESS[step]}`, {
            key,
            ...(reasoned ? { body: values } : {}),
          });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("step.done"));
          onClose();
        }}
      >
        {reasoned && <ReasonField help={t("reason.help")} needed={t("needed")} />}
      </ActionForm>
    </>
  );
}
