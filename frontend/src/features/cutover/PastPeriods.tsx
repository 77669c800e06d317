import { useNavigate } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Input } from "antd";
import { useState } from "react";
import { asProblem, type ParallelRun, type Problem, useIntention, type WholeCutover } from "@/shared/api";
import { Amount, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, StateMark } from "@/shared/ui";
import styles from "./cutover.module.css";
import { Drop, Refusal } from "./parts.tsx";
import { comparePeriod, RUNS, useRefresh } from "./queries.ts";
import { texts } from "./texts/index.ts";

export function RunMark({ run }: { run: ParallelRun }) {
  const t = useTexts(texts);
  if (run.superseded_at) return <StateMark standing="closed">{t("run.superseded")}</StateMark>;
  if (run.confirmed_at) return <StateMark standing="fine">{t("run.confirmed")}</StateMark>;
  return <StateMark standing="attention">{t("run.open")}</StateMark>;
}

/** Past periods as the old workbook had them, beside our closes of them. */
export function PastPeriods({ cutover }: { cutover: WholeCutover }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const [isComparing, setComparing] = useState(false);
  return (
    <>
      <p>{t("past.text")}</p>
      <div className={styles.buttons}>
        <Button type="primary" onClick={() => setComparing(true)}>
          {t("compare")}
        </Button>
      </div>
      <ListTable<ParallelRun>
        inner
        path={RUNS}
        fixed={{ programme: cutover.programme_id }}
        caption={t("tab.past")}
        defaultOrder="-compared"
        nameOf={(row) => row.period}
        addressOf={(row) => `/parallel-runs/${row.id}`}
        empty={<Empty title={t("past.none")}>{t("past.none.text")}</Empty>}
        columns={[
          { key: "period", title: t("period"), main: true, render: (row) => row.period },
          { key: "state", title: t("state"), render: (row) => <RunMark run={row} /> },
          {
            key: "due",
            title: t("due.difference"),
            numeric: true,
            render: (row) => <Amount minor={row.due_difference_minor} currency={row.currency} signed />,
          },
          {
            key: "paid",
            title: t("paid.difference"),
            numeric: true,
            render: (row) => <Amount minor={row.paid_difference_minor} currency={row.currency} signed />,
          },
          { key: "by", title: t("compared.by"), render: (row) => spoken(row.compared_by) || "–" },
          {
            key: "at",
            title: t("compared.at"),
            order: "compared",
            render: (row) => <Instant at={row.compared_at} />,
          },
          { key: "confirmed", title: t("confirmed.by"), render: (row) => spoken(row.confirmed_by) || "–" },
        ]}
      />
      <Drawer
        open={isComparing}
        onClose={() => setComparing(false)}
        title={t("compare")}
        size={720}
        destroyOnHidden
      >
        <Compare cutover={cutover} onClose={() => setComparing(false)} />
      </Drawer>
    </>
  );
}

function Compare({ cutover, onClose }: { cutover: WholeCutover; onClose: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const { message } = App.useApp();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const intention = useIntention();
  const [period, setPeriod] = useState("");
  const [invoices, setInvoices] = useState<File | null>(null);
  const [payees, setPayees] = useState<File | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (first: File, second: File) => {
    setBusy(true);
    setProblem(null);
    try {
      const key = intention.keyFor([
        period,
        first.name,
        first.lastModified,
        second.name,
        second.lastModified,
      ]);
      const run = await comparePeriod(cutover.id, period.trim(), first, second, key);
      intention.done();
      void message.success(t("compare.done"));
      await refresh();
      onClose();
      await navigate({ to: `/parallel-runs/${run.id}` });
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  return (
    <>
      <p>{t("compare.text")}</p>
      <Form layout="vertical">
        <Form.Item label={t("period")} htmlFor="compare-period" extra={t("period.help")}>
          <Input
            id="compare-period"
            value={period}
            maxLength={7}
            onChange={(event) => setPeriod(event.target.value)}
          />
        </Form.Item>
      </Form>
      <div className={styles.two}>
        <Drop
          id="compare-invoices"
          label={t("compare.invoices")}
          accept=".csv"
          chosen={invoices ? [invoices] : []}
          onChoose={([file]) => setInvoices(file ?? null)}
        />
        <Drop
          id="compare-payees"
          label={t("compare.payees")}
          accept=".csv"
          chosen={payees ? [payees] : []}
          onChoose={([file]) => setPayees(file ?? null)}
        />
      </div>
      <div className={styles.part}>
        <Refusal problem={problem} />
      </div>
      <div className={styles.buttons}>
        <Button
          type="primary"
          loading={busy}
          disabled={!invoices || !payees || period.trim() === ""}
          onClick={() => invoices && payees && void send(invoices, payees)}
        >
          {t("compare")}
        </Button>
        <Button onClick={onClose}>{w("cancel")}</Button>
      </div>
    </>
  );
}
