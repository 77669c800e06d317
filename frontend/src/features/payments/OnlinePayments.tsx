import { Link } from "@tanstack/react-router";
import type { OnlinePayment, OnlineRefund } from "@/shared/api";
import { Amount, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty } from "@/shared/ui";
import { PaymentMark, RefundMark } from "./parts.tsx";
import styles from "./payments.module.css";
import { ONLINE, ONLINE_PAYMENT, PAYMENT_STATES, REFUNDS } from "./queries.ts";
import { texts } from "./texts.ts";

/** Payments through the payment service as it told them last, and what is given back of them. */
export function OnlinePayments() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  return (
    <>
      <ListTable<OnlinePayment>
        inner
        path={ONLINE}
        caption={t("tab.online")}
        defaultOrder="-started"
        subjectType={ONLINE_PAYMENT}
        nameOf={(row) => row.invoice_number}
        addressOf={(row) => `/online-payments/${row.id}`}
        empty={<Empty title={t("online.none")}>{t("online.none.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: w("state"),
            choices: PAYMENT_STATES.map((value) => ({ value, label: t(`payment.${value}`) })),
          },
        ]}
        columns={[
          { key: "invoice", title: t("invoice"), main: true, render: (row) => row.invoice_number },
          { key: "licensee", title: t("licensee"), render: (row) => organisationName(null, row.licensee) },
          {
            key: "amount",
            title: t("amount"),
            numeric: true,
            render: (row) => <Amount minor={row.amount_minor} currency={row.currency} />,
          },
          { key: "state", title: w("state"), render: (row) => <PaymentMark state={row.state} /> },
          { key: "message", title: t("message"), render: (row) => row.message || "–" },
          {
            key: "started",
            title: t("started"),
            order: "started",
            render: (row) => <Instant at={row.started_at} />,
          },
        ]}
      />
      <section className={styles.part} aria-label={t("refunds")}>
        <h2>{t("refunds")}</h2>
        <Refunds />
      </section>
    </>
  );
}

function Refunds() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  return (
    <ListTable<OnlineRefund>
      inner
      path={REFUNDS}
      caption={t("refunds")}
      defaultOrder="-proposed"
      nameOf={(row) => row.invoice_number}
      empty={<Empty title={t("refunds.none")}>{t("refunds.none.text")}</Empty>}
      columns={[
        {
          key: "invoice",
          title: t("invoice"),
          main: true,
          render: (row) => <Link to={`/online-payments/${row.payment_id}`}>{row.invoice_number}</Link>,
        },
        { key: "licensee", title: t("licensee"), render: (row) => organisationName(null, row.licensee) },
        {
          key: "amount",
          title: t("amount"),
          numeric: true,
          render: (row) => <Amount minor={row.amount_minor} currency={row.currency} />,
        },
        { key: "state", title: w("state"), render: (row) => <RefundMark state={row.state} /> },
        { key: "reason", title: t("reason"), render: (row) => row.reason },
        {
          key: "by",
          title: t("proposed_by"),
          render: (row) => (row.made_there ? t("made_there") : spoken(row.proposed_by) || "–"),
        },
        {
          key: "proposed",
          title: t("proposed"),
          order: "proposed",
          extra: true,
          render: (row) => <Instant at={row.proposed_at} />,
        },
      ]}
    />
  );
}
