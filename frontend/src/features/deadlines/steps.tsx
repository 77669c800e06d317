import { useNavigate } from "@tanstack/react-router";
import { App, Form, Input, Modal } from "antd";
import { useState } from "react";
import { type Deadline, type PaymentOrder, request } from "@/shared/api";
import { SeatSelect } from "@/shared/choosing";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import type { BulkAction } from "@/shared/table";
import { ActionForm, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { DEADLINES, ORDERS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

export type Step = "settle" | "waive" | "assign" | "order";

interface Asked {
  step: Step;
  ids: string[];
  close: () => void;
}

interface Values {
  note?: string;
  seat_id?: string;
  title?: string;
  pay_on?: string;
}

/** What can be done with one deadline or with many: the dialogue, and how to ask for it. */
export function useSteps(): [ask: (step: Step, ids: string[]) => Promise<void>, dialogue: React.ReactNode] {
  const [asked, setAsked] = useState<Asked | null>(null);
  const ask = (step: Step, ids: string[]) =>
    new Promise<void>((resolve) => {
      setAsked({
        step,
        ids,
        close: () => {
          setAsked(null);
          resolve();
        },
      });
    });
  return [ask, asked && <StepDialogue asked={asked} />];
}

/** The steps of a list as its bulk actions, each with why it is not for all of the chosen. */
export function useBulk<Row extends { id: string }>(
  steps: readonly Step[],
  ask: (step: Step, ids: string[]) => Promise<void>,
  refusal: (step: Step, row: Row) => string | undefined,
): BulkAction<Row>[] {
  const t = useTexts(texts);
  return steps.map((step) => ({
    key: step,
    label: t(step),
    danger: step === "waive",
    refusal: (row) => refusal(step, row),
    run: (rows) =>
      ask(
        step,
        rows.map((row) => row.id),
      ),
  }));
}

function StepDialogue({ asked: { step, ids, close } }: { asked: Asked }) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const title = {
    settle: "settle.title",
    waive: "waive.title",
    assign: "assign.title",
    order: "order.open.title",
  } as const;
  const done = {
    settle: "settle.done",
    waive: "waive.done",
    assign: "assign.done",
    order: "order.opened",
  } as const;
  const send = async ({ note, seat_id, ...order }: Values, key: string) => {
    const body = { deadline_ids: ids };
    if (step === "order") {
      const made = await request<PaymentOrder>("POST", ORDERS, { key, body: { ...body, ...order } });
      await refresh();
      void navigate({ to: `/payment-orders/${made.id}` });
      return;
    }
    const path = { settle: "settlement", waive: "waiver", assign: "assignment" }[step];
    await request<{ items: Deadline[] }>("POST", `${DEADLINES}/${path}`, {
      key,
      body: step === "assign" ? { ...body, seat_id: seat_id ?? null } : { ...body, note: note ?? "" },
    });
    await refresh();
  };
  return (
    <Modal open title={t(title[step], { count: ids.length })} footer={null} width={520} onCancel={close}>
      <ActionForm<Values>
        send={send}
        submit={step === "order" ? t("order.open") : t(step)}
        danger={step === "waive"}
        onCancel={close}
        initialValues={step === "order" ? { pay_on: todayHere() } : {}}
        onDone={() => {
          void message.success(t(done[step]));
          close();
        }}
      >
        {step === "settle" && (
          <Form.Item name="note" label={t("settle.note")} extra={t("settle.note.help")}>
            <Input.TextArea rows={3} maxLength={500} showCount autoFocus />
          </Form.Item>
        )}
        {step === "waive" && (
          <>
            <Notice kind="attention">{t("waive.text")}</Notice>
            <Form.Item
              name="note"
              label={t("waive.note")}
              rules={[{ required: true, whitespace: true, message: t("waive.note.needed") }]}
            >
              <Input.TextArea rows={3} maxLength={500} showCount autoFocus />
            </Form.Item>
          </>
        )}
        {step === "assign" && (
          <Form.Item name="seat_id" label={t("assign.seat")} extra={t("assign.seat.help")}>
            <SeatSelect />
          </Form.Item>
        )}
        {step === "order" && <OrderFields />}
      </ActionForm>
    </Modal>
  );
}

/** What an order is called, and when it is paid. */
export function OrderFields() {
  const t = useTexts(texts);
  return (
    <>
      <Form.Item
        name="title"
        label={t("order.title")}
        rules={[{ required: true, whitespace: true, message: t("order.title") }]}
      >
        <Input maxLength={200} autoFocus />
      </Form.Item>
      <Form.Item
        name="pay_on"
        label={t("order.pay_on")}
        extra={t("order.pay_on.help")}
        rules={[{ required: true, message: t("order.pay_on") }]}
      >
        <DayInput from={todayHere()} />
      </Form.Item>
    </>
  );
}
