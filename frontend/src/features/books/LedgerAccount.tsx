import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api, keys, type LedgerPosting, take } from "@/shared/api";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { usePurposeName } from "@/shared/purposes";
import { useLive } from "@/shared/realtime";
import { ListTable } from "@/shared/table";
import { Empty, Facts, Page, StateMark } from "@/shared/ui";
import { Balance, Side, useAccountName, useHolderName } from "./parts.tsx";
import { ACCOUNT, ACCOUNTS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** One account: whose it is, what it comes to, and every line on it with what it came to then. */
export function LedgerAccount() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const purposeName = usePurposeName();
  const accountName = useAccountName();
  const holderName = useHolderName();
  const organisationName = useOrganisationName();
  const refresh = useRefresh();
  const live = useLive(ACCOUNT, id);
  const { data } = useSuspenseQuery({
    queryKey: keys.object(ACCOUNTS, id),
    queryFn: () =>
      take(api.GET("/api/v1/ledger-accounts/{account_id}", { params: { path: { account_id: id } } })),
  });
  const turned = data.is_debit_side ? 1 : -1;
  return (
    <Page
      title={accountName(data)}
      trail={[{ label: t("title"), to: "/books" }]}
      id={data.id}
      live={live}
      onRefresh={refresh}
      state={
        data.closed_at ? (
          <StateMark standing="closed">{t("state.closed")}</StateMark>
        ) : (
          <StateMark standing="fine">{t("state.open")}</StateMark>
        )
      }
    >
      <Facts
        facts={[
          {
            key: "balance",
            label: t("balance"),
            value: <Balance row={data} />,
            note: t.maybe(`reads.${data.account_class}`),
          },
          { key: "holder", label: t("holder"), value: holderName(data) },
          { key: "purpose", label: t("purpose"), value: purposeName(data.purpose) },
          {
            key: "entity",
            label: t("entity"),
            value: organisationName(null, data.operating_entity_name),
          },
          { key: "opened", label: t("opened"), value: <Instant at={data.opened_at} /> },
        ]}
      />
      <ListTable<LedgerPosting>
        path={`${ACCOUNTS}/${id}/postings`}
        inner
        caption={t("postings")}
        defaultOrder="-day"
        nameOf={(row) => t.maybe(`entry.${row.name}`, {}, row.name)}
        empty={<Empty title={t("postings.none")}>{t("postings.none.text")}</Empty>}
        filters={[
          { name: "from", label: t("from"), kind: "day" },
          { name: "to", label: t("to"), kind: "day" },
        ]}
        columns={[
          {
            key: "what",
            title: t("what"),
            main: true,
            render: (row) => t.maybe(`entry.${row.name}`, {}, row.name),
          },
          {
            key: "day",
            title: t("day"),
            order: "day",
            render: (row) => <CalendarDay day={row.effective_on} />,
          },
          {
            key: "debit",
            title: t("debit"),
            numeric: true,
            render: (row) => <Side minor={row.amount_minor} currency={data.currency} />,
          },
          {
            key: "credit",
            title: t("credit"),
            numeric: true,
            render: (row) => <Side minor={-row.amount_minor} currency={data.currency} />,
          },
          {
            key: "after",
            title: t("after"),
            numeric: true,
            render: (row) => (
              <Amount
                minor={row.balance_minor === 0 ? 0 : turned * row.balance_minor}
                currency={data.currency}
              />
            ),
          },
          {
            key: "entry",
            title: t("entry"),
            render: (row) =>
              row.entry_id ? (
                <Link to={`/ledger-entries/${row.entry_id}`}>
                  {t("entry.number", { number: row.entry_number ?? "" })}
                </Link>
              ) : (
                "–"
              ),
          },
          { key: "memo", title: t("memo"), render: (row) => row.memo || "–" },
          {
            key: "booked",
            title: t("booked"),
            extra: true,
            render: (row) => <Instant at={row.booked_at} />,
          },
        ]}
      />
    </Page>
  );
}
