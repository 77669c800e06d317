import type { Pool } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { type Standing, StateMark } from "@/shared/ui";
import { texts } from "./texts.ts";

type State = NonNullable<Pool["state"]>;

const STANDING: Record<State, Standing> = {
  idea: "closed",
  call_open: "attention",
  forming: "attention",
  agreed: "attention",
  launched: "fine",
  closing: "attention",
  closed: "closed",
};

export const STATES = Object.keys(STANDING) as State[];

export function PoolStateMark({ state = "idea" }: { state: State | undefined }) {
  const t = useTexts(texts);
  return <StateMark standing={STANDING[state]}>{t(`state.${state}`)}</StateMark>;
}
