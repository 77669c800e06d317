import { Link, useNavigate } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Input, InputNumber, Radio } from "antd";
import { useState } from "react";
import {
  asProblem,
  type ChartTarget,
  type ClaimChart,
  type ClaimChartLine,
  type Patent,
  request,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { isOwner } from "@/shared/owners";
import { ActionForm, Empty, Failure, Notice, Panel, Skeleton, StateMark } from "@/shared/ui";
import styles from "./charts.module.css";
import { CHARTS, TARGETS, useCharts, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** What a patent is said to read on, standards and products, with the charts that show it. */
export function Charts({ about }: { about: Pick<Patent, "id" | "owners"> }) {
  const t = useTexts(texts);
  const own = useCharts();
  const patent = about.id;
  const [isAdding, setAdding] = useState(false);
  const [charted, setCharted] = useState<ChartTarget | null>(null);
  const targets = useEvery<ChartTarget>(TARGETS, { patent });
  const charts = useEvery<ClaimChartLine>(CHARTS, { patent, order: "written" });
  if (targets.isError) return <Failure error={targets.error} retry={() => void targets.refetch()} />;
  if (charts.isError) return <Failure error={charts.error} retry={() => void charts.refetch()} />;
  if (targets.data === undefined || charts.data === undefined) return <Skeleton height={160} />;
  // What an owner added is its own to chart, even when the patent is somebody else's by now.
  const mayAdd = own !== undefined && isOwner(about, own);
  const mayChart = mayAdd || (own !== undefined && targets.data.length > 0);
  return (
    <>
      {mayChart && (
        <>
          <Notice>{t("own")}</Notice>
          {mayAdd && (
            <p className={styles.tools}>
              <Button onClick={() => setAdding(true)}>{t("add")}</Button>
            </p>
          )}
        </>
      )}
      {targets.data.length === 0 && <Empty title={t("empty")}>{mayChart && t("empty.text")}</Empty>}
      <div className={styles.targets}>
        {targets.data.map((target) => (
          <Target
            key={target.id}
            target={target}
            charts={charts.data.filter((chart) => chart.target_id === target.id)}
            onChart={mayChart ? () => setCharted(target) : null}
          />
        ))}
      </div>
      <Drawer open={isAdding} onClose={() => setAdding(false)} title={t("add")} size={520} destroyOnHidden>
        <TargetForm patent={patent} onClose={() => setAdding(false)} />
      </Drawer>
      <Drawer
        open={charted !== null}
        onClose={() => setCharted(null)}
        title={t("begin")}
        size={520}
        destroyOnHidden
      >
        {charted && <BeginForm target={charted} onClose={() => setCharted(null)} />}
      </Drawer>
    </>
  );
}

interface TargetProps {
  target: ChartTarget;
  charts: readonly ClaimChartLine[];
  onChart: (() => void) | null;
}

function Target({ target, charts, onChart }: TargetProps) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message, modal } = App.useApp();
  const remove = () =>
    modal.confirm({
      title: t("remove.title"),
      content: t("remove.text"),
      okText: t("remove"),
      onOk: async () => {
        try {
          await request("DELETE", `${TARGETS}/${target.id}`);
          await refresh();
        } catch (error) {
          void message.error(asProblem(error).message);
        }
      },
    });
  return (
    <Panel
      title={target.title}
      note={[t(`kind.${target.kind}`), target.clause].filter(Boolean).join(" · ")}
      extra={
        onChart && (
          <span className={styles.line}>
            <Button size="small" onClick={onChart} aria-label={`${t("begin")} ${target.title}`}>
              {t("begin")}
            </Button>
            {charts.length === 0 && (
              <Button size="small" onClick={remove} aria-label={`${t("remove")} ${target.title}`}>
                {t("remove")}
              </Button>
            )}
          </span>
        )
      }
    >
      {charts.length === 0 ? (
        t("charts.none")
      ) : (
        <ul className={styles.charts} aria-label={t("charts")}>
          {charts.map((chart) => (
            <li key={chart.id} className={styles.line}>
              <Link to={`/claim-charts/${chart.id}`}>
                {t("claim.number", { number: chart.claim })} · {t("version", { number: chart.number })}
              </Link>
              <ChartMark state={chart.state} />
              <Instant at={chart.reviewed_at ?? chart.written_at} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

export function ChartMark({ state = "draft" }: { state: ClaimChartLine["state"] }) {
  const t = useTexts(texts);
  return <StateMark standing={state === "reviewed" ? "fine" : "attention"}>{t(`state.${state}`)}</StateMark>;
}

interface TargetValues {
  kind: ChartTarget["kind"];
  body?: string;
  name: string;
  version?: string;
  clause?: string;
}

function TargetForm({ patent, onClose }: { patent: string; onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [form] = Form.useForm<TargetValues>();
  const kind = Form.useWatch("kind", form) ?? "standard";
  const needed = { required: true, whitespace: true, message: t("needed") };
  return (
    <ActionForm<TargetValues>
      form={form}
      submit={t("add")}
      onCancel={onClose}
      initialValues={{ kind: "standard" }}
      send={async (values, key) => {
        await request("POST", TARGETS, { key, body: { ...values, patent_id: patent } });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("added"));
        onClose();
      }}
    >
      <Form.Item name="kind" label={t("kind")}>
        <Radio.Group
          options={(["standard", "product"] as const).map((value) => ({ value, label: t(`kind.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="body" label={t(`body.${kind}`)} rules={kind === "standard" ? [needed] : []}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="name" label={t(`name.${kind}`)} rules={[needed]}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="version" label={t(`version.${kind}`)}>
        <Input maxLength={30} />
      </Form.Item>
      <Form.Item name="clause" label={t("clause")}>
        <Input maxLength={200} />
      </Form.Item>
    </ActionForm>
  );
}

function BeginForm({ target, onClose }: { target: ChartTarget; onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const navigate = useNavigate();
  return (
    <ActionForm<{ claim: number }>
      submit={t("begin")}
      onCancel={onClose}
      initialValues={{ claim: 1 }}
      send={async ({ claim }, key) => {
        const made = await request<ClaimChart>("POST", CHARTS, {
          key,
          body: { target_id: target.id, claim },
        });
        await refresh();
        void navigate({ to: `/claim-charts/${made.id}` });
      }}
    >
      <Form.Item name="claim" label={t("claim")} rules={[{ required: true, message: t("claim.needed") }]}>
        <InputNumber min={1} max={1000} precision={0} autoFocus />
      </Form.Item>
    </ActionForm>
  );
}
