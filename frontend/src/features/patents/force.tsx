import type { Patent } from "@/shared/api";
import { daysBetween, todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { type Standing, StateMark } from "@/shared/ui";
import { texts } from "./texts.ts";

export type Force = "pending" | "active" | "soon" | "ended";

const SOON = 180;
const STANDING: Record<Force, Standing> = {
  pending: "closed",
  active: "fine",
  soon: "attention",
  ended: "closed",
};

/** Whether a right is in force on a day; its last day is the day before the first day no longer in force. */
export function forceOf(
  { granted_on, ends_on }: Pick<Patent, "granted_on" | "ends_on">,
  today = todayHere(),
): Force {
  if (ends_on && ends_on <= today) return "ended";
  if (!granted_on || granted_on > today) return "pending";
  return ends_on && daysBetween(today, ends_on) <= SOON ? "soon" : "active";
}

export function ForceMark({ patent }: { patent: Pick<Patent, "granted_on" | "ends_on"> }) {
  const t = useTexts(texts);
  const force = forceOf(patent);
  return <StateMark standing={STANDING[force]}>{t(`force.${force}`)}</StateMark>;
}
