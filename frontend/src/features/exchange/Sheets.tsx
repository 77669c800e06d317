import { useNavigate } from "@tanstack/react-router";
import { Button, Drawer, Form, Input, InputNumber, Select } from "antd";
import { useRef, useState } from "react";
import { fetchOrProblem, houseHeaders, type RateSheet, type RateSheetDetail, request } from "@/shared/api";
import { EntitySelect } from "@/shared/choosing";
import { CalendarDay, Figure, Instant } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { PlusOutlined } from "@/shared/ui/icons";
import styles from "./exchange.module.css";
import { Mark } from "./parts.tsx";
import { CURRENCIES, FILES, SHEET, SHEET_STATES, SHEETS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** Tables of rates: of the European Central Bank, or written down; two people stand for each. */
export function Sheets() {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const w = useTexts(words);
  const [open, setOpen] = useState<"file" | "hand" | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <div className={styles.tools}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen("file")}>
          {t("rates.file")}
        </Button>
        <Button onClick={() => setOpen("hand")}>{t("rates.hand")}</Button>
      </div>
      <ListTable<RateSheet>
        inner
        path={SHEETS}
        caption={t("tab.rates")}
        defaultOrder="-entered"
        subjectType={SHEET}
        nameOf={(row) => spoken(row.name)}
        addressOf={(row) => `/rate-sheets/${row.id}`}
        empty={<Empty title={t("rates.none")}>{t("rates.none.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: w("state"),
            choices: SHEET_STATES.map((value) => ({ value, label: t(`rates.${value}`) })),
          },
        ]}
        columns={[
          { key: "name", title: t("source"), main: true, render: (row) => spoken(row.name) },
          { key: "first", title: t("first_on"), render: (row) => <CalendarDay day={row.first_on} /> },
          { key: "last", title: t("last_on"), render: (row) => <CalendarDay day={row.last_on} /> },
          {
            key: "count",
            title: t("count"),
            numeric: true,
            render: (row) => <Figure value={row.rates_count} />,
          },
          { key: "state", title: w("state"), render: (row) => <Mark of="rates" state={row.state} /> },
          {
            key: "entered",
            title: t("entered"),
            order: "entered",
            render: (row) => <Instant at={row.entered_at} />,
          },
        ]}
      />
      <Drawer open={open === "file"} onClose={close} title={t("rates.file")} size={520} destroyOnHidden>
        <FromFile onClose={close} />
      </Drawer>
      <Drawer open={open === "hand"} onClose={close} title={t("rates.hand")} size={520} destroyOnHidden>
        <ByHand onClose={close} />
      </Drawer>
    </>
  );
}

function EntityItem() {
  const t = useTexts(texts);
  return (
    <Form.Item
      name="operating_entity_id"
      label={t("entity")}
      rules={[{ required: true, message: t("entity.needed") }]}
    >
      <EntitySelect />
    </Form.Item>
  );
}

function FromFile({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const refresh = useRefresh();
  return (
    <ActionForm<{ operating_entity_id: string; file: File }>
      submit={t("rates.take")}
      onCancel={onClose}
      send={async ({ operating_entity_id, file }, key) => {
        const body = new FormData();
        body.set("operating_entity_id", operating_entity_id);
        body.set("file", file);
        const answer = await fetchOrProblem(FILES, {
          method: "POST",
          credentials: "same-origin",
          headers: { Accept: "application/json", ...houseHeaders(true), "Idempotency-Key": key },
          body,
        });
        const made = (await answer.json()) as RateSheetDetail;
        void navigate({ to: `/rate-sheets/${made.id}` });
        await refresh();
      }}
      onDone={onClose}
    >
      <Notice>{t("rates.file.text")}</Notice>
      <EntityItem />
      <Form.Item name="file" label={t("file")} rules={[{ required: true, message: t("file.needed") }]}>
        <RateFile />
      </Form.Item>
    </ActionForm>
  );
}

/** The file to take in: chosen once, and named so that one sees which it is. */
function RateFile({ value, onChange }: { value?: File; onChange?: (file: File) => void }) {
  const t = useTexts(texts);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button onClick={() => input.current?.click()}>{value ? value.name : t("file.choose")}</Button>
      <input
        ref={input}
        type="file"
        accept=".csv,.xml"
        aria-label={t("file")}
        style={{ display: "none" }}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) onChange?.(file);
        }}
      />
    </>
  );
}

interface Written {
  operating_entity_id: string;
  name: string;
  on: string;
  base: string;
  quote: string;
  rate: string;
}

function ByHand({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const refresh = useRefresh();
  return (
    <ActionForm<Written>
      submit={t("rates.write")}
      onCancel={onClose}
      initialValues={{ on: todayHere(), base: "USD", quote: "CNY" }}
      send={async ({ operating_entity_id, name, ...rate }, key) => {
        const body = { operating_entity_id, name, rates: [rate] };
        const made = await request<RateSheetDetail>("POST", SHEETS, { body, key });
        void navigate({ to: `/rate-sheets/${made.id}` });
        await refresh();
      }}
      onDone={onClose}
    >
      <Notice>{t("rates.hand.text")}</Notice>
      <EntityItem />
      <Form.Item
        name="name"
        label={t("source")}
        extra={t("source.help")}
        rules={[{ required: true, whitespace: true, message: t("source.needed") }]}
      >
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="on" label={t("rate_on")} rules={[{ required: true, message: t("day.needed") }]}>
        <DayInput to={todayHere()} />
      </Form.Item>
      <Form.Item required name="base" label={t("base")}>
        <Select options={CURRENCIES} />
      </Form.Item>
      <Form.Item required name="quote" label={t("quote")}>
        <Select options={CURRENCIES} />
      </Form.Item>
      <Form.Item name="rate" label={t("rate")} rules={[{ required: true, message: t("rate.needed") }]}>
        <InputNumber stringMode min="0" controls={false} style={{ width: 220 }} />
      </Form.Item>
    </ActionForm>
  );
}
