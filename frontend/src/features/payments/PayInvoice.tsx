import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { Fragment } from "react";
import { keys, type PaymentOptions, request } from "@/shared/api";
import { Amount, Deadline, formatMinor } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useLive } from "@/shared/realtime";
import { Facts, Notice, Page, Panel } from "@/shared/ui";
import { useCopy } from "@/shared/ui/copying";
import { PayOnline } from "./Online.tsx";
import styles from "./payments.module.css";
import { INVOICE, INVOICES, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** How an invoice is paid: to which account, with which reference. */
export function PayInvoice() {
  const { id } = useParams({ strict: false }) as { id: string };
  // From which payment one comes back; whether it was paid, the record says.
  const { payment: back } = useSearch({ strict: false }) as { payment?: string };
  const t = useTexts(texts);
  const refresh = useRefresh();
  const live = useLive(INVOICE, id);
  const { data } = useSuspenseQuery({
    queryKey: [...keys.object(INVOICES, id), "payment-options"],
    queryFn: ({ signal }) => request<PaymentOptions>("GET", `${INVOICES}/${id}/payment-options`, { signal }),
  });
  const isOpen = data.state === "issued" && data.open_minor > 0;
  return (
    <Page
      title={t("pay.title", { number: data.invoice_number })}
      subtitle={t("pay.lead")}
      trail={[
        { label: t("invoices"), to: "/invoices" },
        { label: data.invoice_number, to: `/invoices/${id}` },
      ]}
      id={data.invoice_id}
      live={live}
      onRefresh={refresh}
    >
      <Facts
        facts={[
          {
            key: "open",
            label: t("pay.open"),
            value: <Amount minor={data.open_minor} currency={data.currency} />,
          },
          {
            key: "due",
            label: t("pay.due"),
            value: data.due_on && isOpen ? <Deadline day={data.due_on} /> : "–",
          },
          ...(data.prepaid_minor > 0
            ? [
                {
                  key: "prepaid",
                  label: t("paid_ahead"),
                  value: <Amount minor={data.prepaid_minor} currency={data.currency} />,
                  note: t("pay.prepaid.note"),
                },
              ]
            : []),
        ]}
      />
      {!isOpen && <Notice kind="fine">{t("pay.nothing")}</Notice>}
      <div className={styles.ways}>
        <PayOnline options={data} back={back} />
        {isOpen && <ByBank options={data} />}
      </div>
    </Page>
  );
}

function ByBank({ options }: { options: PaymentOptions }) {
  const t = useTexts(texts);
  const language = useLanguage();
  return (
    <Panel title={t("pay.bank")} note={t("pay.bank.text")}>
      {options.accounts.length === 0 && <Notice kind="attention">{t("pay.bank.none")}</Notice>}
      <dl className={styles.details}>
        <Detail label={t("pay.reference")} value={options.reference} strong help={t("pay.reference.help")} />
        <Detail
          label={t("amount")}
          value={`${formatMinor(options.open_minor, options.currency, language)} ${options.currency}`}
          copied={formatMinor(options.open_minor, options.currency, "en").replaceAll(",", "")}
        />
        {options.accounts.map((one) => (
          <Fragment key={one.number}>
            <Detail label={t("pay.name")} value={one.name} />
            <Detail label={t("pay.at")} value={one.bank} />
            <Detail label={t("pay.number")} value={one.number} copied={one.number.replaceAll(" ", "")} />
          </Fragment>
        ))}
      </dl>
      <p className={styles.soft}>{t("pay.safety")}</p>
    </Panel>
  );
}

interface DetailProps {
  label: string;
  value: string;
  /** What is copied, where that is written otherwise. */
  copied?: string;
  strong?: boolean;
  help?: string;
}

function Detail({ label, value, copied = value, strong = false, help }: DetailProps) {
  const t = useTexts(texts);
  const copy = useCopy();
  return (
    <div className={styles.detail} data-strong={strong || undefined}>
      <dt>{label}</dt>
      <dd>
        <span>
          <code>{value}</code>
          {help && <span className={styles.soft}>{help}</span>}
        </span>
        <Button size="small" aria-label={`${t("copy")} ${label}`} onClick={() => void copy(copied)}>
          {t("copy")}
        </Button>
      </dd>
    </div>
  );
}
