import type { DealingStateEnum, OfferStateEnum } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { type Standing, StateMark } from "@/shared/ui";
import { texts } from "./texts/index.ts";

const STANDING: Record<DealingStateEnum, Standing> = {
  applied: "attention",
  acknowledged: "attention",
  in_talks: "attention",
  agreed: "attention",
  drawn_up: "attention",
  signed: "attention",
  concluded: "fine",
  closed: "closed",
};

const OFFER_STANDING: Record<OfferStateEnum, Standing> = {
  open: "attention",
  accepted: "fine",
  refused: "overdue",
  countered: "closed",
  replaced: "closed",
  dropped: "closed",
};

export const STATES = Object.keys(STANDING) as DealingStateEnum[];

export function DealingMark({ state = "applied" }: { state: DealingStateEnum | undefined }) {
  const t = useTexts(texts);
  return <StateMark standing={STANDING[state]}>{t.maybe(`state.${state}`)}</StateMark>;
}

export function OfferMark({ state = "open" }: { state: OfferStateEnum | undefined }) {
  const t = useTexts(texts);
  return <StateMark standing={OFFER_STANDING[state]}>{t.maybe(`offer.${state}`)}</StateMark>;
}
