import { useTexts } from "@/shared/i18n";
import { type Standing, StateMark } from "@/shared/ui";
import { texts } from "./texts.ts";

interface Standable {
  status?: string;
  calculation?: string;
}

export type CloseState =
  | "draft"
  | "calculated"
  | "approved"
  | "posted"
  | "cancelled"
  | "calculating"
  | "queued"
  | "rejected"
  | "failed";

/** Where a close stands for people: work in hand or gone wrong counts before the state it will lead to. */
export function closeState({ status = "draft", calculation = "none" }: Standable): CloseState {
  if (status === "draft" || status === "calculated") {
    if (calculation === "running") return "calculating";
    if (calculation === "queued") return "queued";
    if (calculation === "rejected") return "rejected";
    if (calculation === "failed") return "failed";
  }
  return status as CloseState;
}

const STANDING: Record<CloseState, Standing> = {
  draft: "closed",
  queued: "attention",
  calculating: "attention",
  rejected: "overdue",
  failed: "overdue",
  calculated: "attention",
  approved: "attention",
  posted: "fine",
  cancelled: "closed",
};

export function CloseStateMark({ run }: { run: Standable }) {
  const t = useTexts(texts);
  const state = closeState(run);
  return <StateMark standing={STANDING[state]}>{t(`status.${state}`)}</StateMark>;
}
