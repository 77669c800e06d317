import type { LicenceRequest } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { type Standing, StateMark } from "@/shared/ui";
import { texts } from "./texts.ts";

type State = NonNullable<LicenceRequest["state"]>;

const STANDING: Record<State, Standing> = {
  unconfirmed: "closed",
  received: "attention",
  acknowledged: "attention",
  answered: "fine",
  closed: "closed",
};

/** The states in which an owner sees a request. */
export const STATES = ["received", "acknowledged", "answered", "closed"] as const;

export function RequestMark({ state = "received" }: { state: State | undefined }) {
  const t = useTexts(texts);
  return <StateMark standing={STANDING[state]}>{t(`state.${state}`)}</StateMark>;
}
