import type { ComponentProps } from "react";
import { Amount, Figure } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { CloseStateMark, royaltyTexts } from "@/shared/royalties";
import type { Column, Filter } from "@/shared/table";
import { texts } from "./texts.ts";

/** What a list of closes says of each, whether its reader sees the whole close or its approval sheet only. */
interface Listed {
  programme_code: string;
  period: string;
  number: number;
  distributed_minor?: number | undefined;
  currency?: string | undefined;
  line_count?: number | undefined;
  calculated_by?: { name: string } | null;
}

/** The columns that every list of closes has; each list adds its own and puts them in order. */
export function useCloseColumns<Row extends Listed>(
  stateOf: (row: Row) => ComponentProps<typeof CloseStateMark>["run"],
) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  return {
    close: { key: "close", title: t("close"), main: true, order: "period", render: nameOf },
    state: { key: "state", title: w("state"), render: (row) => <CloseStateMark run={stateOf(row)} /> },
    distributed: {
      key: "distributed",
      title: t("distributed"),
      numeric: true,
      render: (row) => <Sum minor={row.distributed_minor} currency={row.currency} />,
    },
    lines: {
      key: "lines",
      title: t("lines"),
      numeric: true,
      extra: true,
      render: (row) => <Figure value={row.line_count ?? 0} />,
    },
    calculatedBy: {
      key: "calculated_by",
      title: t("calculated_by"),
      render: (row) => spoken(row.calculated_by?.name ?? "–"),
    },
  } satisfies Record<string, Column<Row>>;
}

/** The filters that every list of closes has, with the states that it can show. */
export function useCloseFilters(
  states: readonly ("draft" | "calculated" | "approved" | "posted" | "cancelled")[],
): Filter[] {
  const t = useTexts(texts);
  const r = useTexts(royaltyTexts);
  const w = useTexts(words);
  return [
    { name: "period", label: t("period") },
    {
      name: "status",
      label: w("state"),
      choices: states.map((state) => ({ value: state, label: r(`status.${state}`) })),
    },
  ];
}

export function nameOf(run: Pick<Listed, "programme_code" | "period" | "number">): string {
  return `${run.programme_code} ${run.period}${run.number > 1 ? ` #${run.number}` : ""}`;
}

/** An amount where there is one yet. */
export function Sum({ minor, currency }: { minor: number | undefined; currency: string | undefined }) {
  return currency ? <Amount minor={minor ?? 0} currency={currency} /> : <>–</>;
}
