import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { App, Button, Drawer } from "antd";
import { useState } from "react";
import { api, asProblem, keys, newKey, request, take, useRoles } from "@/shared/api";
import { Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { ActionForm, Facts, Notice, Page, Pairs, Panel, ReasonField } from "@/shared/ui";
import { PayeeMark } from "./Payees.tsx";
import { PAYEE, PAYEES, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";
import styles from "./treasury.module.css";

/** One account to be paid to: a second person compares it with the letter, and confirms it. */
export function PayeeAccount() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const refresh = useRefresh();
  const live = useLive(PAYEE, id);
  const isFinance = useRoles().has("finance");
  const { modal, message } = App.useApp();
  const [isWithdrawing, setWithdrawing] = useState(false);
  const { data } = useSuspenseQuery({
    queryKey: keys.object(PAYEES, id),
    queryFn: () =>
      take(api.GET("/api/v1/payee-accounts/{account_id}", { params: { path: { account_id: id } } })),
  });
  const may = (step: string) => data.allowed_steps.includes(step);
  const confirm = async () => {
    const agreed = await modal.confirm({
      title: t("payee.confirm.title"),
      content: t("payee.confirm.text"),
      okText: w("confirm"),
    });
    if (!agreed) return;
    try {
      await request("POST", `${PAYEES}/${id}/confirmation`, { key: newKey() });
      void message.success(t("saved"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  return (
    <Page
      title={`${data.bank_name} ${data.number.slice(-4)}`}
      subtitle={organisationName(data.organisation_id, data.organisation_name)}
      trail={[
        isFinance
          ? { label: t("title"), to: "/treasury" }
          : { label: t("tab.payees"), to: "/payee-accounts" },
      ]}
      id={data.id}
      live={live}
      onRefresh={refresh}
      state={<PayeeMark row={data} />}
      primary={
        may("confirm") && (
          <Button type="primary" onClick={() => void confirm()}>
            {w("confirm")}
          </Button>
        )
      }
      menu={
        may("withdraw")
          ? [
              {
                key: "withdraw",
                label: t("payee.withdraw"),
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
          { key: "currency", label: t("currency"), value: data.currency },
          {
            key: "entered",
            label: t("entered"),
            value: <Instant at={data.entered_at} />,
            note: spoken(data.entered_by_name),
          },
          {
            key: "confirmed",
            label: t("confirmed"),
            value: <Instant at={data.confirmed_at} />,
            note: spoken(data.confirmed_by_name),
          },
          { key: "force", label: t("in_force"), value: <Instant at={data.in_force_at} /> },
        ]}
      />
      <Panel title={t("payee.account")}>
        <Pairs
          pairs={[
            { label: t("payee.name"), value: data.account_name },
            { label: t("bank"), value: data.bank_name },
            { label: t("branch"), value: data.branch || "–" },
            { label: t("number"), value: <code>{data.number}</code> },
          ]}
        />
      </Panel>
      <section className={styles.part}>
        <h2>{t("tab.history")}</h2>
        <HistoryTab subjectType={PAYEE} subjectId={id} />
      </section>
      <Drawer
        open={isWithdrawing}
        onClose={() => setWithdrawing(false)}
        title={t("payee.withdraw")}
        size={520}
        destroyOnHidden
      >
        <ActionForm<{ reason: string }>
          danger
          submit={t("payee.withdraw")}
          onCancel={() => setWithdrawing(false)}
          send={async (body, key) => {
            await request("POST", `${PAYEES}/${id}/withdrawal`, { body, key });
            await refresh();
          }}
          onDone={() => setWithdrawing(false)}
        >
          <ReasonField help="" needed={t("reason.needed")} />
        </ActionForm>
      </Drawer>
    </Page>
  );
}
