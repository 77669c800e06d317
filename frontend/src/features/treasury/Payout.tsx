import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Drawer } from "antd";
import { useState } from "react";
import { api, asProblem, keys, newKey, request, take } from "@/shared/api";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { ActionForm, Facts, Notice, Page, ReasonField } from "@/shared/ui";
import { PayoutMark } from "./Payouts.tsx";
import { PAYOUT, PAYOUTS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";
import styles from "./treasury.module.css";

/** One payment: what, to whom, and which two people let it go. */
export function Payout() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const refresh = useRefresh();
  const live = useLive(PAYOUT, id);
  const { modal, message } = App.useApp();
  const [ending, setEnding] = useState<"cancellation" | "return" | null>(null);
  const { data } = useSuspenseQuery({
    queryKey: keys.object(PAYOUTS, id),
    queryFn: () => take(api.GET("/api/v1/payouts/{payout_id}", { params: { path: { payout_id: id } } })),
  });
  const may = (step: string) => data.allowed_steps.includes(step);
  const isSecond = may("release");
  const release = async () => {
    const agreed = await modal.confirm({
      title: isSecond ? t("release.second.title") : t("release.first.title"),
      content: isSecond ? t("release.second.text") : t("release.first.text"),
      okText: t("release"),
    });
    if (!agreed) return;
    try {
      await request("POST", `${PAYOUTS}/${id}/release`, { key: newKey() });
      void message.success(t("saved"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  return (
    <Page
      title={data.code}
      subtitle={organisationName(data.payee_id, data.payee_name)}
      trail={[{ label: t("title"), to: "/treasury" }]}
      id={data.id}
      live={live}
      onRefresh={refresh}
      state={<PayoutMark state={data.state} />}
      primary={
        (isSecond || may("release first")) && (
          <Button type="primary" onClick={() => void release()}>
            {t("release")}
          </Button>
        )
      }
      menu={[
        ...(may("cancel payout")
          ? [
              {
                key: "cancel",
                label: t("payout.cancel"),
                danger: true,
                onClick: () => setEnding("cancellation"),
              },
            ]
          : []),
        ...(may("take back")
          ? [{ key: "return", label: t("payout.return"), danger: true, onClick: () => setEnding("return") }]
          : []),
      ]}
    >
      {data.reason && <Notice>{data.reason}</Notice>}
      {data.is_held && <Notice kind="overdue">{t("payout.held")}</Notice>}
      <Facts
        facts={[
          {
            key: "amount",
            label: t("amount"),
            value: <Amount minor={data.amount_minor} currency={data.currency} />,
          },
          { key: "due", label: t("due"), value: <CalendarDay day={data.due_on} /> },
          {
            key: "to",
            label: t("payee.account"),
            value: data.payee_account_id ? (
              <Link to={`/payee-accounts/${data.payee_account_id}`}>{t("payee.open")}</Link>
            ) : (
              "–"
            ),
          },
          {
            key: "from",
            label: t("account"),
            value: <Link to={`/bank-accounts/${data.bank_account_id}`}>{data.bank_account_name}</Link>,
          },
          {
            key: "owed",
            label: t("owed"),
            value: <Link to={`/ledger-accounts/${data.owed_account_id}`}>{t("in_books.open")}</Link>,
          },
          {
            key: "released",
            label: t("released"),
            value: data.released_at ? <Instant at={data.released_at} /> : "–",
            note:
              [data.first_released_by_name, data.released_by_name].filter(Boolean).map(spoken).join(" · ") ||
              undefined,
          },
        ]}
      />
      <section className={styles.part}>
        <h2>{t("tab.history")}</h2>
        <HistoryTab subjectType={PAYOUT} subjectId={id} />
      </section>
      <Drawer
        open={ending !== null}
        onClose={() => setEnding(null)}
        title={ending === "return" ? t("payout.return") : t("payout.cancel")}
        size={520}
        destroyOnHidden
      >
        {ending && (
          <ActionForm<{ reason: string }>
            danger
            submit={ending === "return" ? t("payout.return") : t("payout.cancel")}
            onCancel={() => setEnding(null)}
            send={async (body, key) => {
              await request("POST", `${PAYOUTS}/${id}/${ending}`, { body, key });
              await refresh();
            }}
            onDone={() => setEnding(null)}
          >
            <ReasonField help="" needed={t("reason.needed")} />
          </ActionForm>
        )}
      </Drawer>
    </Page>
  );
}
