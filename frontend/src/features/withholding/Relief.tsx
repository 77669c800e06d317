import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { api, keys, take } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { Facts, Notice, Page, Panel } from "@/shared/ui";
import { Country, Mark, ReasonDrawer, useStep } from "./parts.tsx";
import { RELIEF, RELIEFS, useIsFinance, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";
import styles from "./withholding.module.css";

/** One proof of residence: its paper, its days, and who confirms it. */
export function Relief() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const live = useLive(RELIEF, id);
  const refresh = useRefresh();
  const step = useStep();
  const isFinance = useIsFinance();
  const [isWithdrawing, setWithdrawing] = useState(false);
  const { data } = useSuspenseQuery({
    queryKey: keys.object(RELIEFS, id),
    queryFn: () =>
      take(api.GET("/api/v1/treaty-reliefs/{relief_id}", { params: { path: { relief_id: id } } })),
  });
  const may = (name: string) => data.allowed_steps.includes(name);
  return (
    <Page
      title={data.certificate}
      subtitle={organisationName(null, data.member)}
      trail={[{ label: t("title"), to: "/withholdings?tab=reliefs" }]}
      id={data.id}
      live={live}
      onRefresh={refresh}
      state={<Mark of="relief" state={data.state} />}
      primary={
        may("confirm") && (
          <Button
            type="primary"
            onClick={() =>
              void step(`${RELIEFS}/${id}/confirmation`, {
                title: t("relief.confirm.title"),
                content: t("relief.confirm.text"),
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
                label: t("relief.withdraw"),
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
          { key: "country", label: t("country"), value: <Country code={data.country} /> },
          { key: "from", label: t("from"), value: <CalendarDay day={data.from_on} /> },
          { key: "until", label: t("until"), value: <CalendarDay day={data.until_on} /> },
          {
            key: "entered",
            label: t("entered"),
            value: <Instant at={data.entered_at} />,
            note: spoken(data.entered_by),
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
        <Panel title={t("relief.paper")} note={t("relief.paper.note")}>
          <Papers subjectType={RELIEF} subjectId={id} mayAttach={data.state === "entered"} />
        </Panel>
        {isFinance && (
          <Panel title={t("history")}>
            <HistoryTab subjectType={RELIEF} subjectId={id} />
          </Panel>
        )}
      </div>
      <ReasonDrawer
        open={isWithdrawing}
        title={t("relief.withdraw")}
        path={`${RELIEFS}/${id}/withdrawal`}
        onClose={() => setWithdrawing(false)}
      />
    </Page>
  );
}
