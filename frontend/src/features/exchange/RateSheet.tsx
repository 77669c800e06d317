import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { api, keys, type ReferenceRate, take } from "@/shared/api";
import { CalendarDay, Figure, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { ListTable } from "@/shared/table";
import { Empty, Facts, Notice, Page, Panel } from "@/shared/ui";
import styles from "./exchange.module.css";
import { Mark, ReasonDrawer, useStep } from "./parts.tsx";
import { SHEET, SHEETS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** One table of rates: whose they are, who brought and who confirms them, and each of them. */
export function RateSheet() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const live = useLive(SHEET, id);
  const refresh = useRefresh();
  const step = useStep();
  const [isWithdrawing, setWithdrawing] = useState(false);
  const { data } = useSuspenseQuery({
    queryKey: keys.object(SHEETS, id),
    queryFn: () => take(api.GET("/api/v1/rate-sheets/{sheet_id}", { params: { path: { sheet_id: id } } })),
  });
  const may = (name: string) => data.allowed_steps.includes(name);
  return (
    <Page
      title={spoken(data.name)}
      subtitle={t(data.source === "ecb" ? "rates.ecb" : "rates.manual")}
      trail={[{ label: t("title"), to: "/exchange?tab=rates" }]}
      id={data.id}
      live={live}
      onRefresh={refresh}
      state={<Mark of="rates" state={data.state} />}
      primary={
        may("confirm") && (
          <Button
            type="primary"
            onClick={() =>
              void step(`${SHEETS}/${id}/confirmation`, {
                title: t("rates.confirm.title"),
                content: t("rates.confirm.text"),
                okText: w("confirm"),
              })
            }
          >
            {w("confirm")}
          </Button>
        )
      }
      menu={
        may("withdraw")
          ? [
              {
                key: "withdraw",
                label: t("rates.withdraw"),
                danger: true,
                onClick: () => setWithdrawing(true),
              },
            ]
          : []
      }
    >
      {data.reason && <Notice>{data.reason}</Notice>}
      <Facts
        facts={[
          { key: "first", label: t("first_on"), value: <CalendarDay day={data.first_on} /> },
          { key: "last", label: t("last_on"), value: <CalendarDay day={data.last_on} /> },
          { key: "count", label: t("count"), value: <Figure value={data.rates_count} /> },
          {
            key: "entered",
            label: t("entered"),
            value: <Instant at={data.entered_at} />,
            note: data.entered_by ? spoken(data.entered_by) : undefined,
          },
          {
            key: "confirmed",
            label: t("confirmed"),
            value: data.confirmed_at ? <Instant at={data.confirmed_at} /> : "–",
            note: data.confirmed_by ? spoken(data.confirmed_by) : undefined,
          },
        ]}
      />
      <div className={styles.panels}>
        <Panel title={t("tab.rates")}>
          <ListTable<ReferenceRate>
            inner
            path={`${SHEETS}/${id}/rates`}
            caption={t("tab.rates")}
            defaultOrder="-on"
            nameOf={(row) => `${row.base} ${row.quote} ${row.on}`}
            empty={<Empty title={t("rates.none")}>{t("rates.none.text")}</Empty>}
            columns={[
              {
                key: "on",
                title: t("rate_on"),
                main: true,
                order: "on",
                render: (row) => <CalendarDay day={row.on} />,
              },
              { key: "base", title: t("base"), render: (row) => row.base },
              { key: "quote", title: t("quote"), render: (row) => row.quote },
              { key: "rate", title: t("rate"), numeric: true, render: (row) => <code>{row.rate}</code> },
            ]}
          />
        </Panel>
        <Panel title={t("history")}>
          <HistoryTab subjectType={SHEET} subjectId={id} />
        </Panel>
      </div>
      <ReasonDrawer
        open={isWithdrawing}
        title={t("rates.withdraw")}
        path={`${SHEETS}/${id}/withdrawal`}
        onClose={() => setWithdrawing(false)}
      />
    </Page>
  );
}
