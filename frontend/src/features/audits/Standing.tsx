import { App, Button, Flex } from "antd";
import { asProblem, type LicenseeAuditDetail, newKey, type Problem, useRoles } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { Notice } from "@/shared/ui";
import { useStep } from "./queries.ts";
import type { Asked } from "./StepForm.tsx";
import { texts } from "./texts.ts";

/** What the reader should know of where an audit stands, and may decide there. */
export function Standing({
  audit,
  onAsk,
  onProblem,
}: {
  audit: LicenseeAuditDetail;
  onAsk: (step: Asked) => void;
  onProblem: (problem: Problem | null) => void;
}) {
  const t = useTexts(texts);
  const isFinance = useRoles().has("finance");
  const can = new Set(audit.allowed_steps);
  if (audit.cancelled_at) return <Notice>{t("cancelled", { reason: audit.cancelled_reason ?? "" })}</Notice>;
  if (audit.reversed_at) return <Notice>{t("reversed", { reason: audit.reversal_reason })}</Notice>;
  if (audit.cancel_asked_at || audit.reversal_proposed_at) {
    const what = audit.reversal_proposed_at ? "reversal" : "cancellation";
    const reason = audit.reversal_proposed_at ? audit.reversal_reason : (audit.cancelled_reason ?? "");
    return <AskedOfTwo audit={audit} what={what} reason={reason} onProblem={onProblem} />;
  }
  if (audit.state === "fieldwork" && can.has("extend access") && hasLapsed(audit)) {
    return (
      <Notice
        kind="attention"
        action={<Button onClick={() => onAsk("extend access")}>{t("step.extend access")}</Button>}
      >
        {t("lapsed", { day: audit.access_ends_on ?? "" })}
      </Notice>
    );
  }
  if (audit.state === "fieldwork" && audit.sent_back_reason) {
    return <Notice>{t("sent_back", { reason: audit.sent_back_reason })}</Notice>;
  }
  if (isFinance && audit.state === "noticed" && !audit.undertaken_at) {
    return <Notice>{t("undertaken.waits")}</Notice>;
  }
  if (isFinance && audit.state === "proposed" && !can.has("give notice")) {
    return <Notice>{t("notice.another")}</Notice>;
  }
  if (isFinance && audit.state === "reported" && !can.has("work out")) {
    return <Notice>{t("answer.waits", { day: audit.answer_until_on ?? "" })}</Notice>;
  }
  if (isFinance && audit.state === "calculated" && !can.has("settle")) {
    return <Notice>{t("settle.another")}</Notice>;
  }
  return null;
}

function hasLapsed(audit: LicenseeAuditDetail): boolean {
  return Boolean(audit.access_ends_on) && (audit.access_ends_on ?? "") <= todayHere();
}

/** What two people decide of an audit that one has asked for: to end it, or to take back what it charged. */
const OF_TWO = {
  cancellation: {
    asked: "cancel.asked",
    another: "cancel.asked.another",
    sure: "cancel.sure",
    confirm: "step.confirm cancellation",
    refuse: "step.refuse cancellation",
  },
  reversal: {
    asked: "reversal.proposed",
    another: "reversal.proposed.another",
    sure: "reversal.sure",
    confirm: "step.confirm reversal",
    refuse: "step.refuse reversal",
  },
} as const;

/** That a colleague asked for something of the audit, and what another person says to it. */
function AskedOfTwo({
  audit,
  what,
  reason,
  onProblem,
}: {
  audit: LicenseeAuditDetail;
  what: keyof typeof OF_TWO;
  reason: string;
  onProblem: (problem: Problem | null) => void;
}) {
  const t = useTexts(texts);
  const step = useStep(audit.id);
  const { modal, message } = App.useApp();
  const words = OF_TWO[what];
  const can = new Set(audit.allowed_steps);
  const take = async (address: string) => {
    onProblem(null);
    try {
      await step(`${what}/${address}`, undefined, newKey());
      void message.success(t("done"));
    } catch (error) {
      onProblem(asProblem(error));
    }
  };
  const confirm = () =>
    void modal.confirm({
      title: t(words.confirm),
      content: t(words.sure),
      okText: t(words.confirm),
      okButtonProps: { danger: true },
      onOk: () => take("approval"),
    });
  const mayConfirm = can.has(`confirm ${what}`);
  return (
    <Notice kind="attention">
      <p>{t(mayConfirm ? words.asked : words.another, { reason })}</p>
      <Flex gap={8} wrap>
        {can.has(`refuse ${what}`) && <Button onClick={() => void take("refusal")}>{t(words.refuse)}</Button>}
        {mayConfirm && (
          <Button danger onClick={confirm}>
            {t(words.confirm)}
          </Button>
        )}
      </Flex>
    </Notice>
  );
}
