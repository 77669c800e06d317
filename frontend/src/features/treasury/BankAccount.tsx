import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Button, Drawer } from "antd";
import { useState } from "react";
import { api, keys, take, takeVersion } from "@/shared/api";
import { Amount, CalendarDay } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { usePurposeName } from "@/shared/purposes";
import { useLive } from "@/shared/realtime";
import { Facts, Notice, Page, PageTabs, StateMark } from "@/shared/ui";
import { Columns } from "./Columns.tsx";
import { Lines } from "./Lines.tsx";
import { MatchAll } from "./matching/MatchAll.tsx";
import { ACCOUNT, ACCOUNTS, useRefresh } from "./queries.ts";
import { Statements } from "./Statements.tsx";
import { TakeStatement } from "./TakeStatement.tsx";
import { texts } from "./texts.ts";

/** One account at a bank: what its bank says of it, what is missing, and every line. */
export function BankAccount() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const purposeName = usePurposeName();
  const refresh = useRefresh();
  const live = useLive(ACCOUNT, id);
  const [isTaking, setTaking] = useState(false);
  const close = () => setTaking(false);
  const { data, etag } = useSuspenseQuery({
    queryKey: keys.object(ACCOUNTS, id),
    queryFn: () =>
      takeVersion(api.GET("/api/v1/bank-accounts/{account_id}", { params: { path: { account_id: id } } })),
  }).data;
  const isMapped = Object.keys(data.mapping).length > 0;
  return (
    <Page
      title={`${data.bank_name} ${data.number.slice(-4)}`}
      trail={[{ label: t("title"), to: "/treasury" }]}
      id={data.id}
      live={live}
      onRefresh={refresh}
      state={
        data.in_use_until ? (
          <StateMark standing="closed">{t("used.no")}</StateMark>
        ) : (
          <StateMark standing="fine">{t("used.yes")}</StateMark>
        )
      }
      primary={
        isMapped && (
          <>
            {data.purpose === "royalties" && data.open_lines > 0 && <MatchAll account={id} />}
            <Button type="primary" onClick={() => setTaking(true)}>
              {t("take")}
            </Button>
          </>
        )
      }
    >
      {!isMapped && <Notice kind="attention">{t("mapping.missing")}</Notice>}
      <Facts
        facts={[
          {
            key: "number",
            label: t("number"),
            value: <code>{data.number}</code>,
            note: data.branch || undefined,
          },
          { key: "purpose", label: t("purpose"), value: purposeName(data.purpose) },
          {
            key: "told",
            label: t("told"),
            value:
              data.told_minor == null ? "–" : <Amount minor={data.told_minor} currency={data.currency} />,
            note: data.told_on ? <CalendarDay day={data.told_on} /> : undefined,
          },
          { key: "open", label: t("open_lines"), value: data.open_lines },
          {
            key: "books",
            label: t("in_books"),
            value: <Link to={`/ledger-accounts/${data.ledger_account_id}`}>{t("in_books.open")}</Link>,
          },
        ]}
      />
      <Gaps id={id} currency={data.currency} />
      <PageTabs
        tabs={[
          { key: "lines", label: t("lines"), children: <Lines account={id} /> },
          { key: "statements", label: t("tab.statements"), children: <Statements account={id} /> },
          {
            key: "columns",
            label: t("tab.columns"),
            children: <Columns key={etag} account={data} etag={etag} />,
          },
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={ACCOUNT} subjectId={id} />,
          },
        ]}
      />
      <Drawer open={isTaking} onClose={close} title={t("take")} size={720} destroyOnHidden>
        <TakeStatement account={data} onClose={close} />
      </Drawer>
    </Page>
  );
}

function Gaps({ id, currency }: { id: string; currency: string }) {
  const t = useTexts(texts);
  const found = useQuery({
    queryKey: [...keys.object(ACCOUNTS, id), "gaps"],
    queryFn: () =>
      take(api.GET("/api/v1/bank-accounts/{account_id}/gaps", { params: { path: { account_id: id } } })),
  });
  const gaps = found.data?.items ?? [];
  if (gaps.length === 0) return null;
  return (
    <Notice kind="overdue">
      <p>{t("gaps")}</p>
      <ul>
        {gaps.map((gap) => (
          <li key={`${gap.after} ${gap.before}`}>
            <CalendarDay day={gap.after} /> – <CalendarDay day={gap.before} />:{" "}
            <Amount minor={gap.missing_minor} currency={currency} signed />
          </li>
        ))}
      </ul>
    </Notice>
  );
}
