import type { Programme } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { type Standing, StateMark } from "@/shared/ui";
import { texts } from "./texts.ts";

type State = NonNullable<Programme["state"]>;

const STANDING: Record<State, Standing> = {
  draft: "closed",
  launched: "fine",
  closing: "attention",
  closed: "closed",
};

export const STATES = Object.keys(STANDING) as State[];

export function ProgrammeStateMark({ state = "draft" }: { state: State | undefined }) {
  const t = useTexts(texts);
  return <StateMark standing={STANDING[state]}>{t(`state.${state}`)}</StateMark>;
}
