import type { Call, Submission } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { type Standing, StateMark } from "@/shared/ui";
import { texts } from "./texts.ts";

type State = NonNullable<Submission["state"]>;

const STANDING: Record<State, Standing> = {
  draft: "attention",
  submitted: "attention",
  returned: "overdue",
  complete: "attention",
  in_evaluation: "attention",
  not_essential: "overdue",
  in_reevaluation: "attention",
  confirmed: "overdue",
  appealed: "attention",
  in_appeal: "attention",
  essential: "fine",
  listed: "fine",
  refused: "closed",
  withdrawn: "closed",
};

export const STATES = Object.keys(STANDING) as State[];

export function SubmissionMark({ state = "draft" }: { state: State | undefined }) {
  const t = useTexts(texts);
  return <StateMark standing={STANDING[state]}>{t(`state.${state}`)}</StateMark>;
}

const OF_CALLS: Record<NonNullable<Call["state"]>, Standing> = {
  draft: "attention",
  published: "fine",
  closed: "closed",
};

export function CallMark({ state = "draft" }: { state: Call["state"] }) {
  const t = useTexts(texts);
  return <StateMark standing={OF_CALLS[state]}>{t(`call.state.${state}`)}</StateMark>;
}

export function ResultMark({ result }: { result: string | null | undefined }) {
  const t = useTexts(texts);
  if (!result) return <StateMark standing="attention">{t("opinion.draft")}</StateMark>;
  return (
    <StateMark standing={result === "essential" ? "fine" : "overdue"}>
      {t.maybe(`result.${result}`)}
    </StateMark>
  );
}
