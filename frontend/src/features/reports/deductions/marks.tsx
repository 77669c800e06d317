import { useTexts } from "@/shared/i18n";
import { type Standing, StateMark } from "@/shared/ui";
import { texts } from "./texts.ts";

const OUTCOMES: Record<string, Standing> = {
  agrees: "fine",
  claimed_more: "overdue",
  not_reported: "overdue",
  not_licensed: "overdue",
  cannot_tell: "attention",
};
const STANDINGS: Record<string, Standing> = { accepted: "fine", rejected: "closed", corrected: "closed" };

export function OutcomeMark({ outcome }: { outcome: string }) {
  const t = useTexts(texts);
  return <StateMark standing={OUTCOMES[outcome] ?? "attention"}>{t.maybe(`outcome.${outcome}`)}</StateMark>;
}

export function DoubtMark({ state }: { state: string | null | undefined }) {
  const t = useTexts(texts);
  return <StateMark standing={STANDINGS[state ?? ""] ?? "attention"}>{t.maybe(`state.${state}`)}</StateMark>;
}

export function AgeMark({ outdated }: { outdated: boolean }) {
  const t = useTexts(texts);
  return (
    <StateMark standing={outdated ? "attention" : "fine"}>{t(outdated ? "outdated" : "current")}</StateMark>
  );
}
