import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { api, keys, take } from "@/shared/api";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { Facts, Notice, Page, Pairs, Panel } from "@/shared/ui";
import styles from "./exchange.module.css";
import { Mark, ReasonDrawer, useStep } from "./parts.tsx";
import { CONVERSION, CONVERSIONS, useIsFinance, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** One conversion: what it comes to, at which rate of which day, and who stands for it. */
export function Conversion() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const live = useLive(CONVERSION, id);
  const refresh = useRefresh();
  const step = useStep();
  const isFinance = useIsFinance();
  const [isCancelling, setCancelling] = useState(false);
  const { data } = useSuspenseQuery({
    queryKey: keys.object(CONVERSIONS, id),
    queryFn: () =>
      take(api.GET("/api/v1/conversions/{conversion_id}", { params: { path: { conversion_id: id } } })),
  });
  const may = (name: string) => data.allowed_steps.includes(name);
  const name = `${data.programme_code} #${data.distribution_number}`;
  return (
    <Page
      title={t("conversion.title", { name, currency: data.target_currency })}
      subtitle={organisationName(null, data.member)}
      trail={[{ label: t("title"), to: "/exchange" }]}
      id={data.id}
      live={live}
      onRefresh={refresh}
      state={<Mark of="conversion" state={data.state} />}
      primary={
        may("confirm") && (
          <Button
            type="primary"
            onClick={() =>
              void step(`${CONVERSIONS}/${id}/confirmation`, {
                title: t("conversion.confirm.title"),
                content: t("conversion.confirm.text"),
                okText: w("confirm"),
              })
            }
          >
            {w("confirm")}
          </Button>
        )
      }
      menu={
        may("cancel")
          ? [
              {
                key: "cancel",
                label: t("conversion.cancel"),
                danger: true,
                onClick: () => setCancelling(true),
              },
            ]
          : []
      }
    >
      {data.reason && <Notice>{data.reason}</Notice>}
      <Facts
        facts={[
          {
            key: "source",
            label: t("amount.source"),
            value: <Amount minor={data.source_minor} currency={data.source_currency} />,
          },
          {
            key: "target",
            label: t("amount.target"),
            value: <Amount minor={data.target_minor} currency={data.target_currency} />,
          },
          { key: "rate_on", label: t("rate_on"), value: <CalendarDay day={data.rate_on} /> },
          {
            key: "drafted",
            label: t("drafted"),
            value: <Instant at={data.drafted_at} />,
            note: spoken(data.drafted_by),
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
        <Panel title={t("how")} note={t("how.note")}>
          <Pairs
            pairs={[
              {
                label: t("rate"),
                value: <code>{`1 ${data.source_currency} = ${data.rate} ${data.target_currency}`}</code>,
              },
              { label: t("made_of"), value: <code>{data.made_of}</code> },
              { label: t("source"), value: spoken(data.rate_source) },
              {
                label: t("statement"),
                value: <Link to={`/distribution-statements/${data.statement_id}`}>{name}</Link>,
              },
            ]}
          />
        </Panel>
        {isFinance && (
          <Panel title={t("history")}>
            <HistoryTab subjectType={CONVERSION} subjectId={id} />
          </Panel>
        )}
      </div>
      <ReasonDrawer
        open={isCancelling}
        title={t("conversion.cancel")}
        path={`${CONVERSIONS}/${id}/cancellation`}
        onClose={() => setCancelling(false)}
      />
    </Page>
  );
}
