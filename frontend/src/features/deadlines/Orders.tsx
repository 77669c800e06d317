import type { PaymentOrder } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ListTable } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { OrderMark } from "./marks.tsx";
import { ORDER, ORDER_STATES, ORDERS } from "./queries.ts";
import { texts } from "./texts.ts";

/** The orders to pay of the own organisation. */
export function Orders() {
  const t = useTexts(texts);
  const w = useTexts(words);
  return (
    <Page title={t("orders")} subtitle={t("orders.lead")} trail={[{ label: t("title"), to: "/deadlines" }]}>
      <ListTable<PaymentOrder>
        path={ORDERS}
        caption={t("orders")}
        defaultOrder="-created"
        subjectType={ORDER}
        nameOf={(row) => row.title}
        addressOf={(row) => `/payment-orders/${row.id}`}
        empty={<Empty title={t("orders.empty")}>{t("orders.empty.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: w("state"),
            choices: ORDER_STATES.map((value) => ({ value, label: t(`order.state.${value}`) })),
          },
        ]}
        columns={[
          { key: "title", title: t("order.title"), main: true, render: (row) => row.title },
          { key: "office", title: t("order.office"), render: (row) => <code>{row.office}</code> },
          {
            key: "pay_on",
            title: t("order.pay_on"),
            order: "pay_on",
            render: (row) => <CalendarDay day={row.pay_on} />,
          },
          { key: "payer", title: t("order.payer"), extra: true, render: (row) => row.payer_name },
          { key: "state", title: w("state"), render: (row) => <OrderMark state={row.state ?? "draft"} /> },
          {
            key: "created",
            title: t("order.created"),
            order: "created",
            render: (row) => <Instant at={row.created_at} />,
          },
        ]}
      />
    </Page>
  );
}
