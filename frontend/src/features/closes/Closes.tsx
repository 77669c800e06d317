import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { type CloseRun, keys, type Programme, request, useMe } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { ListTable, type PageOf } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import { nameOf, Sum, useCloseColumns, useCloseFilters } from "./columns.tsx";
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
  const columns = useCloseColumns<CloseRun>((row) => row);
  const filters = useCloseFilters(STATES);
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
          ...filters,
        ]}
        columns={[
          columns.close,
          columns.state,
          {
            key: "due",
            title: t("due"),
            numeric: true,
            render: (row) => <Sum minor={row.due_minor} currency={row.currency} />,
          },
          columns.distributed,
          columns.lines,
          {
            key: "terms",
            title: t("terms"),
            extra: true,
            render: (row) => t("terms.number", { number: row.terms_number }),
          },
          columns.calculatedBy,
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
