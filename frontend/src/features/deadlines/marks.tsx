import { useTexts } from "@/shared/i18n";
import { StateMark } from "@/shared/ui";
import { ORDER_STANDINGS, STANDINGS } from "./queries.ts";
import { texts } from "./texts.ts";

export function DeadlineMark({ state }: { state: string }) {
  const t = useTexts(texts);
  return <StateMark standing={STANDINGS[state] ?? "closed"}>{t.maybe(`state.${state}`)}</StateMark>;
}

export function OrderMark({ state }: { state: string }) {
  const t = useTexts(texts);
  return (
    <StateMark standing={ORDER_STANDINGS[state] ?? "closed"}>{t.maybe(`order.state.${state}`)}</StateMark>
  );
}

/** Says which reminder of a ladder it was: who heard it, and how far from which day. */
export function useRung(): (code: string) => string {
  const t = useTexts(texts);
  return (code) => {
    const [to = "", counted, days = "0"] = code.split(".");
    const count = Number(days);
    const where = count > 0 ? "before" : count < 0 ? "after" : "on";
    const when = t.maybe(counted === "last" ? `rung.last.${where}` : `rung.${where}`, {
      days: Math.abs(count),
    });
    return `${when} · ${t.maybe(`rung.${to}`)}`;
  };
}
