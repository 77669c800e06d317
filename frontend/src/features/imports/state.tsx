import { useTexts } from "@/shared/i18n";
import { type Standing, StateMark } from "@/shared/ui";
import type { Outcome } from "./queries.ts";
import { texts } from "./texts.ts";

const STATES: Record<string, Standing> = {
  checking: "attention",
  checked: "attention",
  refused: "overdue",
  importing: "attention",
  imported: "fine",
  undoing: "attention",
  undone: "closed",
  discarded: "closed",
};

const OUTCOMES: Record<Outcome, Standing> = {
  new: "fine",
  changed: "attention",
  same: "closed",
  doubtful: "attention",
  refused: "overdue",
  part: "closed",
};

/** Where an import stands. */
export function ImportMark({ state }: { state: string | undefined }) {
  const t = useTexts(texts);
  return <StateMark standing={STATES[state ?? ""] ?? "attention"}>{t.maybe(`state.${state}`)}</StateMark>;
}

/** What a row would do. */
export function OutcomeMark({ outcome }: { outcome: string }) {
  const t = useTexts(texts);
  return (
    <StateMark standing={OUTCOMES[outcome as Outcome] ?? "closed"}>{t.maybe(`outcome.${outcome}`)}</StateMark>
  );
}
