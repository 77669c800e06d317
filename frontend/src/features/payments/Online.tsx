import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import {
  api,
  asProblem,
  keys,
  newKey,
  type OnlinePayment,
  type OnlinePaymentDetail,
  type PaymentOptions,
  request,
  take,
  useOnce,
  useRoles,
} from "@/shared/api";
import { Amount } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { topicOf, useTopic } from "@/shared/realtime";
import { Notice, Panel } from "@/shared/ui";
import { useChoice, useWritten } from "./choice/Choose.tsx";
import { texts as choices } from "./choice/texts.ts";
import { PaymentMark } from "./parts.tsx";
import styles from "./payments.module.css";
import { INVOICE, INVOICES, isUnderWay, ONLINE, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

const SOON_MS = 1_500;
const AGAIN_MS = 10_000;

/** A payment as the record has it now; while it is under way the page follows it by itself. */
export function useOnlinePayment(id: string | undefined, invoiceId: string, isAwaited = false) {
  const client = useQueryClient();
  const found = useQuery({
    queryKey: keys.object(ONLINE, id ?? ""),
    queryFn: () =>
      take(api.GET("/api/v1/online-payments/{payment_id}", { params: { path: { payment_id: id ?? "" } } })),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => {
      if (!state.data || !isUnderWay(state.data)) return false;
      return isAwaited || state.data.state === "intended" ? SOON_MS : AGAIN_MS;
    },
  });
  const again = useCallback(() => {
    void client.invalidateQueries({ queryKey: keys.object(ONLINE, id ?? "") });
  }, [client, id]);
  // What happens to a payment is told of its invoice.
  useTopic(id === undefined ? undefined : topicOf(INVOICE, invoiceId), again);
  return found;
}

/** Has the payment service asked once for a payer who comes back from its page. */
export function useAsked(payment: OnlinePaymentDetail | undefined, isBack: boolean) {
  const asked = useRef(false);
  useEffect(() => {
    if (!isBack || asked.current || payment === undefined || !isUnderWay(payment)) return;
    asked.current = true;
    // Should this fail, the service tells by itself, only later.
    request("POST", `${ONLINE}/${payment.id}/inquiry`, { key: newKey() }).catch(() => undefined);
  }, [isBack, payment]);
}

/** Paying through the payment service: on its own page, to which this one leads, and from which one comes back. */
export function PayOnline({ options, back }: { options: PaymentOptions; back: string | undefined }) {
  const t = useTexts(choices);
  const written = useWritten();
  const isPayer = useRoles().has("licensee");
  // Which payment was begun just now, so that its page is opened as soon as it is there.
  const [leaving, leave] = useState<string | null>(null);
  const under = options.under_way;
  const isBack = under.some((one) => one.id === back);
  return (
    <>
      {back && !isBack && <CameBack id={back} options={options} />}
      {under.map((payment) => (
        <UnderWay
          key={payment.id}
          payment={payment}
          options={options}
          back={back}
          isLeaving={leaving === payment.id}
          onLeave={leave}
        />
      ))}
      {under.length > 0 && options.open_minor > 0 && (
        <Notice>
          {options.payable_minor > 0
            ? t("under_way.some", {
                open: written(options.open_minor, options.currency),
                under: written(options.open_minor - options.payable_minor, options.currency),
              })
            : t("under_way.all")}
        </Notice>
      )}
      {isPayer && options.is_online && <Begin options={options} onBegun={leave} />}
      {isPayer && !options.is_online && <NotOnline refusal={options.online_refusal} />}
    </>
  );
}

function NotOnline({ refusal }: { refusal: PaymentOptions["online_refusal"] }) {
  const t = useTexts(texts);
  return refusal ? <p className={styles.soft}>{t.maybe(`pay.online.refused.${refusal}`)}</p> : null;
}

function Begin({ options, onBegun }: { options: PaymentOptions; onBegun: (id: string) => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const written = useWritten();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const { minor, check, fields } = useChoice(options);
  const begin = useOnce((amount_minor: number, key: string) =>
    request<OnlinePayment>("POST", `${INVOICES}/${options.invoice_id}/online-payments`, {
      key,
      body: { amount_minor },
    }),
  );
  const pay = async () => {
    check();
    if (minor === null) return;
    setBusy(true);
    try {
      onBegun((await begin(minor)).id);
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
    setBusy(false);
  };
  return (
    <Panel title={t("pay.online")} note={t("pay.online.text")}>
      {fields}
      <Button type="primary" size="large" loading={busy} onClick={() => void pay()}>
        {t("pay.online.begin")} {minor !== null && written(minor, options.currency)}
      </Button>
    </Panel>
  );
}

interface UnderWayProps {
  payment: OnlinePayment;
  options: PaymentOptions;
  back: string | undefined;
  isLeaving: boolean;
  onLeave: (id: string | null) => void;
}

function UnderWay({ payment, options, back, isLeaving, onLeave }: UnderWayProps) {
  const t = useTexts(texts);
  const isBack = back === payment.id;
  const client = useQueryClient();
  const written = useWritten();
  const { data } = useOnlinePayment(payment.id, options.invoice_id, isBack || isLeaving);
  useAsked(data, isBack);
  const page = data?.page_url ?? "";
  const hasEnded = data !== undefined && !isUnderWay(data);
  useEffect(() => {
    if (isLeaving && page) {
      onLeave(null);
      window.location.assign(page);
    }
  }, [isLeaving, page, onLeave]);
  useEffect(() => {
    if (hasEnded) void client.invalidateQueries({ queryKey: keys.everything() });
  }, [hasEnded, client]);
  const state = data?.state ?? payment.state;
  const isReady = state === "open" && page !== "";
  return (
    <Panel
      title={`${t("pay.online")} ${written(payment.amount_minor, payment.currency)}`}
      extra={<PaymentMark state={state} />}
    >
      <p>{t(said(state, isBack, data?.is_ending ?? false, isReady))}</p>
      {data?.message && !isBack && (
        <Notice kind="attention">
          {t("message")}: {data.message}
        </Notice>
      )}
      <div className={styles.row}>
        {isReady && !isBack && (
          <Button type="primary" href={page}>
            {t("pay.online.go_on")} {written(payment.amount_minor, payment.currency)}
          </Button>
        )}
        {data?.allowed_steps.includes("end") && !isBack && <End payment={data} />}
        <Link to={`/online-payments/${payment.id}`}>{t("pay.online.look")}</Link>
      </div>
    </Panel>
  );
}

function said(state: string | undefined, isBack: boolean, isEnding: boolean, isReady: boolean) {
  if (isEnding) return "pay.online.ending";
  if (isBack || state === "processing") return "pay.online.awaited";
  return isReady || state === "open" ? "pay.online.open" : "pay.online.opening";
}

/** What became of the payment that one comes back from. */
function CameBack({ id, options }: { id: string; options: PaymentOptions }) {
  const t = useTexts(texts);
  const { data } = useOnlinePayment(id, options.invoice_id, true);
  useAsked(data, true);
  if (data === undefined || data.invoice_id !== options.invoice_id) return null;
  const amount = <Amount minor={data.amount_minor} currency={data.currency} />;
  if (data.state === "succeeded") {
    return (
      <Notice kind="fine" action={<Link to={`/online-payments/${id}`}>{t("pay.online.look")}</Link>}>
        {t("pay.online.succeeded")} {amount}
      </Notice>
    );
  }
  if (isUnderWay(data)) return <Notice kind="attention">{t("pay.online.awaited")}</Notice>;
  return (
    <Notice kind="attention">
      {t(data.state === "failed" ? "pay.online.failed" : "pay.online.cancelled")} {data.message}
    </Notice>
  );
}

/** Ends a payment before it is paid, so that the invoice is paid otherwise. */
export function End({ payment }: { payment: OnlinePaymentDetail }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message, modal } = App.useApp();
  const end = async () => {
    const agreed = await modal.confirm({
      title: t("pay.online.end.title"),
      content: t("pay.online.end.text"),
      okText: t("pay.online.end"),
    });
    if (!agreed) return;
    try {
      await request("POST", `${ONLINE}/${payment.id}/ending`, { key: newKey() });
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  return <Button onClick={() => void end()}>{t("pay.online.end")}</Button>;
}
