import { useTexts } from "@/shared/i18n";
import { StateMark } from "@/shared/ui";
import { standingOf } from "./standings.ts";
import { texts } from "./texts.ts";

/** Returns a function that says a state of a membership in words. */
export function useStanding(): (state: string) => string {
  const t = useTexts(texts);
  return (state) => t.maybe(`state.${state}`);
}

/** How a membership stands, in a word with its mark. */
export function MembershipMark({ standing }: { standing: string }) {
  const say = useStanding();
  return <StateMark standing={standingOf(standing)}>{say(standing)}</StateMark>;
}
