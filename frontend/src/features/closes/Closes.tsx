import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { type CloseRun, keys, type Programme, request, useMe } from "@/shared/api";
import { Amount, Figure, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { CloseStateMark, royaltyTexts } from "@/shared/royalties";
import { ListTable, type PageOf } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import { PATH, SUBJECT } from "./queries.ts";
import { StartClose } from "./StartClose.tsx";
import { texts } from "./texts.ts";

const STATES = ["draft", "calculated", "approved", "posted", "cancelled"] as const;

export function usePrograms() {
  return useQuery({
    queryKey: keys.list("/api/v1/programmes", { limit: 200 }),
    queryFn: ({ signal }) =>
      request<PageOf<Programme>>("GET", "/api/v1/programmes", { query: { limit: 200 }, signal }),
    staleTime: 60_000,
  });
}

/** The closes of the programmes the acting seat settles. */
export function Closes() {
  const t = useTexts(texts);
  const r = useTexts(royaltyTexts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const mayStart = useMe().roles.some(({ role, purpose }) => role === "finance" && purpose === "royalties");
  const begun = useBegun(mayStart);
  const [isStarting, setStarting] = useState(begun.programme !== undefined);
  const programmes = usePrograms().data?.items ?? [];
  return (
    <Page
      title={t("title")}
      subtitle={t("lead")}
      primary={
        mayStart && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setStarting(true)}>
            {t("start")}
          </Button>
        )
      }
    >
      <ListTable<CloseRun>
        path={PATH}
        caption={t("title")}
        defaultOrder="-opened"
        subjectType={SUBJECT}
        nameOf={nameOf}
        addressOf={(row) => `/closes/${row.id}`}
        empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
        filters={[
          {
            name: "programme",
            label: t("programme"),
            choices: programmes.map((programme) => ({ value: programme.id, label: programme.code })),
          },
          { name: "period", label: t("period") },
          {
            name: "status",
            label: w("state"),
            choices: STATES.map((state) => ({ value: state, label: r(`status.${state}`) })),
          },
        ]}
        columns={[
          { key: "close", title: t("close"), main: true, order: "period", render: nameOf },
          { key: "state", title: w("state"), render: (row) => <CloseStateMark run={row} /> },
          {
            key: "due",
            title: t("due"),
            numeric: true,
            render: (row) => <Sum minor={row.due_minor} currency={row.currency} />,
          },
          {
            key: "distributed",
            title: t("distributed"),
            numeric: true,
            render: (row) => <Sum minor={row.distributed_minor} currency={row.currency} />,
          },
          {
            key: "lines",
            title: t("lines"),
            numeric: true,
            extra: true,
            render: (row) => <Figure value={row.line_count ?? 0} />,
          },
          {
            key: "terms",
            title: t("terms"),
            extra: true,
            render: (row) => t("terms.number", { number: row.terms_number }),
          },
          {
            key: "calculated_by",
            title: t("calculated_by"),
            render: (row) => spoken(row.calculated_by?.name ?? "–"),
          },
          {
            key: "approved_by",
            title: t("approved_by"),
            render: (row) => spoken(row.approved_by?.name ?? "–"),
          },
          {
            key: "opened",
            title: t("opened"),
            order: "opened",
            render: (row) => <Instant at={row.opened_at} />,
          },
        ]}
      />
      <StartClose
        open={isStarting}
        programme={begun.programme}
        period={begun.period}
        onClose={() => {
          setStarting(false);
          begun.forget();
        }}
      />
    </Page>
  );
}

/** What an address asks to close, such as that of the home page; forgotten once it was looked at. */
function useBegun(mayStart: boolean) {
  const navigate = useNavigate();
  const { start, of } = useSearch({ strict: false }) as { start?: string; of?: string };
  const forget = () => {
    if (start) void navigate({ to: ".", search: {} as never, replace: true });
  };
  return { programme: mayStart ? start : undefined, period: of, forget };
}

export function nameOf(run: Pick<CloseRun, "programme_code" | "period" | "number">): string {
  return `${run.programme_code} ${run.period}${run.number > 1 ? ` #${run.number}` : ""}`;
}

/** An amount where there is one yet. */
export function Sum({ minor, currency }: { minor: number | undefined; currency: string | undefined }) {
  return currency ? <Amount minor={minor ?? 0} currency={currency} /> : <>–</>;
}
