import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Drawer } from "antd";
import { useState } from "react";
import {
  api,
  asProblem,
  keys,
  newKey,
  type OnlinePaymentDetail,
  type OnlineRefund,
  request,
  take,
  useRoles,
} from "@/shared/api";
import { Amount, Instant } from "@/shared/format";
import { minorOf } from "@/shared/format/typed";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { FigureTable } from "@/shared/royalties";
import { ActionForm, Facts, Notice, Page, ReasonField } from "@/shared/ui";
import { End } from "./Online.tsx";
import { AmountItem, PaymentMark, RefundMark } from "./parts.tsx";
import styles from "./payments.module.css";
import { INVOICE, ONLINE, ONLINE_PAYMENT, REFUNDS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** One payment through the payment service: how far it is, all that moved, and what is given back. */
export function OnlinePayment() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const refresh = useRefresh();
  const organisationName = useOrganisationName();
  const [isProposing, setProposing] = useState(false);
  const { data } = useSuspenseQuery({
    queryKey: keys.object(ONLINE, id),
    queryFn: () =>
      take(api.GET("/api/v1/online-payments/{payment_id}", { params: { path: { payment_id: id } } })),
  });
  // What happens to a payment is told of its invoice.
  const live = useLive(INVOICE, data.invoice_id);
  const isFinance = useRoles().has("finance");
  const money = (minor: number) => <Amount minor={minor} currency={data.currency} />;
  const there = data.movements
    .filter((one) => one.kind !== "fee")
    .reduce((sum, one) => sum + one.amount_minor, 0);
  return (
    <Page
      title={t("online.title", { number: data.invoice_number })}
      subtitle={organisationName(null, data.licensee)}
      trail={
        isFinance
          ? [{ label: t("title"), to: "/receipts?tab=online" }]
          : [
              { label: t("invoices"), to: "/invoices" },
              { label: data.invoice_number, to: `/invoices/${data.invoice_id}` },
            ]
      }
      id={data.id}
      live={live}
      onRefresh={refresh}
      state={<PaymentMark state={data.state} />}
      primary={
        <>
          {data.allowed_steps.includes("end") && <End payment={data} />}
          {data.page_url && (
            <Button type="primary" href={data.page_url}>
              {t("pay.online.go_on")}
            </Button>
          )}
          {data.allowed_steps.includes("propose refund") && (
            <Button onClick={() => setProposing(true)}>{t("refund.propose")}</Button>
          )}
        </>
      }
    >
      {data.is_ending && <Notice>{t("pay.online.ending")}</Notice>}
      {data.message && (
        <Notice kind="attention">
          {t("message")}: {data.message}
        </Notice>
      )}
      <Facts
        facts={[
          { key: "amount", label: t("amount"), value: money(data.amount_minor) },
          { key: "there", label: t("online.there"), value: money(there), note: t("online.there.note") },
          {
            key: "invoice",
            label: t("invoice"),
            value: <Link to={`/invoices/${data.invoice_id}`}>{data.invoice_number}</Link>,
          },
          { key: "started", label: t("started"), value: <Instant at={data.started_at} /> },
          { key: "service", label: t("service_id"), value: <code>{data.service_id || "–"}</code> },
        ]}
      />
      <section className={styles.part}>
        <h2>{t("movements")}</h2>
        <Movements payment={data} inBooks={isFinance} />
      </section>
      <section className={styles.part}>
        <h2>{t("refunds")}</h2>
        <RefundsOf payment={data} />
      </section>
      <section className={styles.part}>
        <h2>{t("history")}</h2>
        <HistoryTab subjectType={ONLINE_PAYMENT} subjectId={id} />
      </section>
      <Drawer
        open={isProposing}
        onClose={() => setProposing(false)}
        title={t("refund.propose")}
        size={520}
        destroyOnHidden
      >
        <Propose payment={data} onClose={() => setProposing(false)} />
      </Drawer>
    </Page>
  );
}

function Movements({ payment, inBooks }: { payment: OnlinePaymentDetail; inBooks: boolean }) {
  const t = useTexts(texts);
  if (payment.movements.length === 0) return <p className={styles.soft}>{t("movements.none")}</p>;
  const money = (minor: number) =>
    minor === 0 ? "–" : <Amount minor={minor} currency={payment.currency} signed />;
  return (
    <FigureTable label={t("movements")}>
      <thead>
        <tr>
          <th scope="col">{t("movement")}</th>
          <th scope="col">{t("at")}</th>
          <th scope="col" data-numeric>
            {t("amount")}
          </th>
          <th scope="col" data-numeric data-wide>
            {t("of_invoice")}
          </th>
          <th scope="col" data-numeric data-wide>
            {t("paid_ahead")}
          </th>
          {inBooks && <th scope="col">{t("in_books")}</th>}
        </tr>
      </thead>
      <tbody>
        {payment.movements.map((one) => (
          <tr key={one.id}>
            <th scope="row">{t.maybe(`movement.${one.kind}`)}</th>
            <td>
              <Instant at={one.at} />
            </td>
            <td data-numeric>{money(one.amount_minor)}</td>
            <td data-numeric data-wide>
              {money(one.settled_minor)}
            </td>
            <td data-numeric data-wide>
              {money(one.prepaid_minor)}
            </td>
            {inBooks && (
              <td>
                <Link to={`/ledger-entries/${one.entry_id}`}>{t("entry.open")}</Link>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </FigureTable>
  );
}

function RefundsOf({ payment }: { payment: OnlinePaymentDetail }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  if (payment.refunds.length === 0) {
    return (
      <p className={styles.soft}>
        {t("refunds.none")} · {t("refunds.none.text")}
      </p>
    );
  }
  return (
    <ul className={styles.cards}>
      {payment.refunds.map((one) => (
        <li key={one.id} className={styles.card}>
          <div className={styles.row}>
            <strong>
              <Amount minor={one.amount_minor} currency={one.currency} />
            </strong>
            <RefundMark state={one.state} />
          </div>
          <p>{one.made_there ? t("made_there") : one.reason}</p>
          {one.message && <p>{one.message}</p>}
          <p className={styles.soft}>
            {!one.made_there && (
              <>
                {t("proposed_by")} {spoken(one.proposed_by)} · <Instant at={one.proposed_at} />
              </>
            )}
            {one.decided_at && (
              <>
                {" "}
                · {t("decided_by")} {spoken(one.decided_by)} · <Instant at={one.decided_at} />
              </>
            )}
          </p>
          <Decide refund={one} />
        </li>
      ))}
    </ul>
  );
}

function Decide({ refund }: { refund: OnlineRefund }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message, modal } = App.useApp();
  if (refund.allowed_steps.length === 0) {
    return refund.state === "proposed" ? <p className={styles.soft}>{t("refund.waits")}</p> : null;
  }
  const decide = async (approve: boolean) => {
    const agreed = await modal.confirm({
      title: t(approve ? "refund.approve.title" : "refund.refuse.title"),
      content: t(approve ? "refund.approve.text" : "refund.refuse.text"),
      okText: t(approve ? "refund.approve" : "refund.refuse"),
    });
    if (!agreed) return;
    try {
      await request("POST", `${REFUNDS}/${refund.id}/decision`, { key: newKey(), body: { approve } });
      void message.success(t("saved"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  return (
    <div className={styles.row}>
      <Button type="primary" size="small" onClick={() => void decide(true)}>
        {t("refund.approve")}
      </Button>
      <Button size="small" onClick={() => void decide(false)}>
        {t("refund.refuse")}
      </Button>
    </div>
  );
}

function Propose({ payment, onClose }: { payment: OnlinePaymentDetail; onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <ActionForm<{ amount: string; reason: string }>
      submit={t("refund.propose")}
      onCancel={onClose}
      send={async ({ amount, reason }, key) => {
        await request("POST", `${ONLINE}/${payment.id}/refunds`, {
          key,
          body: { amount_minor: minorOf(amount, payment.currency), reason },
        });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("refund.proposed.done"));
        onClose();
      }}
    >
      <Notice>{t("refund.propose.text")}</Notice>
      <AmountItem name="amount" label={t("amount")} currency={payment.currency} />
      <ReasonField help="" needed={t("reason.needed")} />
    </ActionForm>
  );
}
