import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { App, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import {
  api,
  asProblem,
  keys,
  newKey,
  type PaymentOrder,
  type PaymentOrderLine,
  request,
  takeVersion,
} from "@/shared/api";
import { Amount, CalendarDay, Figure } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { PaperField, Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { downloadFile, ListTable } from "@/shared/table";
import { ActionForm, Facts, Page, PageTabs } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { OrderMark } from "./marks.tsx";
import { ORDER, ORDERS, useRefresh } from "./queries.ts";
import { OrderFields } from "./steps.tsx";
import { texts } from "./texts.ts";

type LineStep = "pay" | "file";

interface AskedLines {
  step: LineStep;
  ids: string[];
  close: () => void;
}

/** One order to pay: its fees, the office's batch form, what was paid, and the receipts. */
export function Order() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const refresh = useRefresh();
  const [isEditing, setEditing] = useState(false);
  const found = useSuspenseQuery({
    queryKey: keys.object(ORDERS, id),
    queryFn: () =>
      takeVersion(api.GET("/api/v1/payment-orders/{order_id}", { params: { path: { order_id: id } } })),
  });
  const live = useLive(ORDER, id);
  const { data, etag } = found.data;
  const may = (step: string) => data.allowed_steps.includes(step);
  const take = async (step: "ordering" | "cancellation", title: string, text: string, done: string) => {
    const agreed = await modal.confirm({ title, content: text, okText: title });
    if (!agreed) return;
    try {
      await request("POST", `${ORDERS}/${id}/${step}`, { key: newKey() });
      void message.success(done);
      await refresh();
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  const download = async () => {
    try {
      await downloadFile(`${ORDERS}/${id}/workbook`, {}, `${data.title}.xlsx`);
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  const give = () => take("ordering", t("order.order"), t("order.order.text"), t("order.ordered"));
  const cancel = () => take("cancellation", t("order.cancel"), t("order.cancel.text"), t("order.cancelled"));
  const hasForm = data.office === "CN";
  return (
    <Page
      title={data.title}
      trail={[
        { label: t("title"), to: "/deadlines" },
        { label: t("orders"), to: "/payment-orders" },
      ]}
      id={data.id}
      state={<OrderMark state={data.state ?? "draft"} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        may("order") ? (
          <Button type="primary" onClick={() => void give()}>
            {t("order.order")}
          </Button>
        ) : (
          hasForm && (
            <Button type="primary" onClick={() => void download()}>
              {t("order.workbook")}
            </Button>
          )
        )
      }
      menu={[
        ...(may("order") ? [{ key: "edit", label: t("order.edit"), onClick: () => setEditing(true) }] : []),
        ...(may("order") && hasForm
          ? [{ key: "workbook", label: t("order.workbook"), onClick: () => void download() }]
          : []),
        ...(may("cancel")
          ? [{ key: "cancel", label: t("order.cancel"), danger: true, onClick: () => void cancel() }]
          : []),
      ]}
    >
      <Facts
        facts={[
          { key: "pay_on", label: t("order.pay_on"), value: <CalendarDay day={data.pay_on} /> },
          { key: "office", label: t("order.office"), value: <code>{data.office}</code> },
          { key: "payer", label: t("order.payer"), value: data.payer_name },
          { key: "code", label: t("order.code"), value: data.payer_code || "–" },
        ]}
      />
      <PageTabs
        tabs={[
          { key: "lines", label: t("order.lines"), children: <Lines order={data} /> },
          {
            key: "papers",
            label: t("order.papers"),
            children: <Papers subjectType={ORDER} subjectId={id} mayAttach />,
          },
          {
            key: "history",
            label: t("order.history"),
            children: <HistoryTab subjectType={ORDER} subjectId={id} />,
          },
        ]}
      />
      <Edit order={data} etag={etag} open={isEditing} onClose={() => setEditing(false)} />
    </Page>
  );
}

function Lines({ order }: { order: PaymentOrder }) {
  const t = useTexts(texts);
  const [asked, setAsked] = useState<AskedLines | null>(null);
  const isOut = order.state === "ordered";
  const ask = (step: LineStep, rows: readonly PaymentOrderLine[]) =>
    new Promise<void>((resolve) => {
      setAsked({
        step,
        ids: rows.map((row) => row.id),
        close: () => {
          setAsked(null);
          resolve();
        },
      });
    });
  return (
    <>
      <ListTable<PaymentOrderLine>
        inner
        path={`${ORDERS}/${order.id}/lines`}
        caption={t("order.lines")}
        defaultOrder="position"
        pageSize={200}
        nameOf={(row) => row.publication}
        addressOf={(row) => `/patents/${row.patent_id}?tab=annuities`}
        bulk={[
          ...(isOut
            ? [
                {
                  key: "pay",
                  label: t("line.pay"),
                  refusal: (row: PaymentOrderLine) => (row.paid_on ? t("line.already") : undefined),
                  run: (rows: readonly PaymentOrderLine[]) => ask("pay", rows),
                },
              ]
            : []),
          ...(isOut || order.state === "paid"
            ? [
                {
                  key: "file",
                  label: t("line.file"),
                  refusal: (row: PaymentOrderLine) => (row.paid_on ? undefined : t("line.not_yet")),
                  run: (rows: readonly PaymentOrderLine[]) => ask("file", rows),
                },
              ]
            : []),
        ]}
        columns={[
          { key: "patent", title: t("patent"), main: true, render: (row) => row.publication },
          { key: "application", title: t("subject"), extra: true, render: (row) => row.application || "–" },
          { key: "year", title: t("year"), numeric: true, render: (row) => <Figure value={row.year} /> },
          {
            key: "fee",
            title: t("line.fee"),
            numeric: true,
            render: (row) => <Amount minor={row.fee_minor} currency={row.currency} />,
          },
          {
            key: "surcharge",
            title: t("surcharge"),
            numeric: true,
            render: (row) =>
              row.surcharge_minor ? <Amount minor={row.surcharge_minor} currency={row.currency} /> : "–",
          },
          {
            key: "total",
            title: t("line.total"),
            numeric: true,
            render: (row) => <Amount minor={row.total_minor} currency={row.currency} />,
          },
          {
            key: "paid",
            title: t("line.paid"),
            render: (row) => (row.paid_on ? <CalendarDay day={row.paid_on} /> : t("line.unpaid")),
          },
          { key: "receipt", title: t("line.receipt"), render: (row) => row.receipt_name ?? "–" },
        ]}
      />
      {asked && <LinesDialogue order={order.id} asked={asked} />}
    </>
  );
}

interface LineValues {
  paid_on?: string;
  receipt_id?: string;
}

function LinesDialogue({ order, asked: { step, ids, close } }: { order: string; asked: AskedLines }) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const refresh = useRefresh();
  const title =
    step === "pay" ? t("line.pay.title", { count: ids.length }) : t("line.file.title", { count: ids.length });
  return (
    <Modal open title={title} footer={null} width={520} onCancel={close}>
      <ActionForm<LineValues>
        submit={step === "pay" ? t("line.pay") : t("line.file")}
        onCancel={close}
        initialValues={step === "pay" ? { paid_on: todayHere() } : {}}
        send={async ({ paid_on, receipt_id }, key) => {
          const body =
            step === "pay"
              ? { line_ids: ids, paid_on, receipt_id: receipt_id ?? null }
              : { line_ids: ids, document_id: receipt_id };
          await request("POST", `${ORDERS}/${order}/${step === "pay" ? "payments" : "receipts"}`, {
            key,
            body,
          });
          await refresh();
        }}
        onDone={() => {
          void message.success(step === "pay" ? t("line.pay.done") : t("line.file.done"));
          close();
        }}
      >
        {step === "pay" && (
          <Form.Item
            name="paid_on"
            label={t("line.paid_on")}
            rules={[{ required: true, message: t("line.paid_on") }]}
          >
            <DayInput to={todayHere()} />
          </Form.Item>
        )}
        <Form.Item
          name="receipt_id"
          label={t("line.receipt")}
          extra={t("line.receipt.help")}
          rules={step === "file" ? [{ required: true, message: t("line.receipt") }] : []}
        >
          <PaperField subjectType={ORDER} subjectId={order} title={t("line.receipt")} />
        </Form.Item>
      </ActionForm>
    </Modal>
  );
}

interface EditValues {
  title: string;
  pay_on: string;
  payer_name: string;
  payer_code?: string;
}

function Edit(props: { order: PaymentOrder; etag: string; open: boolean; onClose: () => void }) {
  const { order, etag, open, onClose } = props;
  const t = useTexts(texts);
  const w = useTexts(words);
  const { message } = App.useApp();
  const refresh = useRefresh();
  return (
    <Modal open={open} title={t("order.edit")} footer={null} width={520} destroyOnHidden onCancel={onClose}>
      <ActionForm<EditValues>
        submit={w("save")}
        onCancel={onClose}
        initialValues={{
          title: order.title,
          pay_on: order.pay_on,
          payer_name: order.payer_name,
          payer_code: order.payer_code ?? "",
        }}
        send={async (body) => {
          await request("PATCH", `${ORDERS}/${order.id}`, { body, etag });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("order.saved"));
          onClose();
        }}
      >
        <OrderFields />
        <Form.Item
          name="payer_name"
          label={t("order.payer")}
          rules={[{ required: true, whitespace: true, message: t("order.payer") }]}
        >
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="payer_code" label={t("order.code")}>
          <Input maxLength={40} />
        </Form.Item>
      </ActionForm>
    </Modal>
  );
}
