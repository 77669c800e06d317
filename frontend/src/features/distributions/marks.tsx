import type { DistributionRun } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { useCloseNames } from "@/shared/royalties";
import { type Standing, StateMark } from "@/shared/ui";
import { isInHand } from "./queries.ts";
import { texts } from "./texts/index.ts";

const STANDING: Readonly<Record<string, Standing>> = {
  draft: "closed",
  calculating: "attention",
  failed: "overdue",
  calculated: "attention",
  reviewed: "attention",
  approved: "attention",
  released: "fine",
  closed: "closed",
  cancelled: "closed",
  raised: "attention",
  upheld: "fine",
  refused: "closed",
  withdrawn: "closed",
  awaited: "attention",
  recorded: "attention",
  sent_back: "overdue",
  accepted: "fine",
  waiving: "attention",
  exempt: "fine",
};

const LONG_DAYS = 30;

/** Where a distribution stands; work in hand or gone wrong counts before the state it will lead to. */
export function RunMark({ run }: { run: Pick<DistributionRun, "status" | "calculation"> }) {
  const t = useTexts(texts);
  const open = run.status === "draft" || run.status === "calculated" || run.status === "reviewed";
  const state = isInHand(run)
    ? "calculating"
    : open && run.calculation === "failed"
      ? "failed"
      : (run.status ?? "draft");
  return <StateMark standing={STANDING[state] ?? "closed"}>{t.maybe(`state.${state}`)}</StateMark>;
}

export function ObjectionMark({ state }: { state: string }) {
  const t = useTexts(texts);
  return <StateMark standing={STANDING[state] ?? "closed"}>{t.maybe(`objection.${state}`)}</StateMark>;
}

/** Says whose money it is: a member by its name, an account by what it is for. */
export function usePayeeName() {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const names = useCloseNames();
  return (row: { payee: string; kind: string; member?: string | null }) => {
    if (row.kind === "reserve") return names.payee(row.payee, "");
    const name = row.member ? organisationName(null, row.member) : t.maybe(`kind.${row.kind}`, {}, row.payee);
    return row.kind === "held" ? t("held.of", { name }) : name;
  };
}

/** Where the tax invoice stands that a member gives for a share. */
export function MemberInvoiceMark({ state }: { state: string }) {
  const t = useTexts(texts);
  return <StateMark standing={STANDING[state] ?? "closed"}>{t.maybe(`invoice.state.${state}`)}</StateMark>;
}

/** For how many days a share has waited; long waiting is told apart by more than its colour. */
export function AgeMark({ days }: { days: number | null }) {
  const t = useTexts(texts);
  if (days === null) return <>–</>;
  return (
    <StateMark standing={days > LONG_DAYS ? "overdue" : "attention"}>
      {t("age.days", { count: days })}
    </StateMark>
  );
}
