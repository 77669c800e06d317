import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useState } from "react";
import {
  asProblem,
  type ClaimChart as ChartDocument,
  type ClaimChartLine,
  newKey,
  request,
} from "@/shared/api";
import { Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { ListTable } from "@/shared/table";
import { Empty, Facts, Page, PageTabs } from "@/shared/ui";
import { ChartMark } from "./Charts.tsx";
import styles from "./charts.module.css";
import { CHARTS, SUBJECT, useClaimChart, useRefresh } from "./queries.ts";
import { PARTS, RowEditor } from "./RowEditor.tsx";
import { texts } from "./texts.ts";

/** One version of a chart: element by element, where the claim reads on a standard or product, and what shows it. */
export function ClaimChart() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const spoken = useSpoken();
  const live = useLive(SUBJECT, id);
  const found = useClaimChart(id);
  const { data } = found.data;
  const [isDirty, setDirty] = useState(false);
  const { review, next } = useSteps(data);
  const may = new Set(data.allowed_steps);
  return (
    <Page
      title={t("chart", { claim: data.claim, target: data.target_title })}
      subtitle={t("version", { number: data.number })}
      trail={[
        { label: t("title"), to: "/patents" },
        { label: data.publication, to: `/patents/${data.patent_id}?tab=charts` },
      ]}
      id={data.id}
      state={<ChartMark state={data.state} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        may.has("next") ? (
          <Button type="primary" onClick={() => void next()}>
            {t("next")}
          </Button>
        ) : (
          may.has("review") && (
            <Button type="primary" onClick={() => review(isDirty)}>
              {t("review")}
            </Button>
          )
        )
      }
    >
      <Facts
        facts={[
          {
            key: "patent",
            label: t("patent"),
            value: <Link to={`/patents/${data.patent_id}`}>{data.publication}</Link>,
          },
          { key: "target", label: t("target"), value: data.target_title },
          {
            key: "written",
            label: t("written"),
            value: <Who at={data.written_at} name={spoken(data.written_by_name ?? "")} />,
          },
          {
            key: "reviewed",
            label: t("reviewed"),
            value: <Who at={data.reviewed_at} name={spoken(data.reviewed_by_name ?? "")} />,
          },
        ]}
      />
      <PageTabs
        tabs={[
          {
            key: "chart",
            label: t("tab.chart"),
            children: may.has("edit") ? (
              <RowEditor key={found.data.etag} edited={found.data} onDirty={setDirty} />
            ) : (
              <Rows chart={data} />
            ),
          },
          { key: "versions", label: t("tab.versions"), children: <Versions chart={data} /> },
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={SUBJECT} subjectId={id} />,
          },
        ]}
      />
    </Page>
  );
}

function Who({ at, name }: { at: string | null | undefined; name: string }) {
  return (
    <>
      <Instant at={at} /> {name}
    </>
  );
}

function useSteps(chart: ChartDocument) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const navigate = useNavigate();
  const { message, modal } = App.useApp();
  const failed = (error: unknown) => void message.error(asProblem(error).message);
  const review = (isDirty: boolean) => {
    if (isDirty) {
      void message.warning(t("review.unsaved"));
      return;
    }
    modal.confirm({
      title: t("review.title"),
      content: t("review.text"),
      okText: t("review"),
      onOk: () => request("POST", `${CHARTS}/${chart.id}/review`).then(refresh, failed),
    });
  };
  const next = async () => {
    try {
      const made = await request<ChartDocument>("POST", CHARTS, {
        key: newKey(),
        body: { target_id: chart.target_id, claim: chart.claim },
      });
      await refresh();
      void navigate({ to: `/claim-charts/${made.id}` });
    } catch (error) {
      failed(error);
    }
  };
  return { review, next };
}

function Rows({ chart }: { chart: ChartDocument }) {
  const t = useTexts(texts);
  if (chart.rows.length === 0) return <Empty title={t("rows.none")} />;
  return (
    <table className={styles.table} aria-label={t("rows")}>
      <thead>
        <tr>
          {PARTS.map((part) => (
            <th key={part} scope="col">
              {t(part)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {chart.rows.map((row, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name than their place, and stay in it
          <tr key={place}>
            {PARTS.map((part) => (
              <td key={part}>{row[part]}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Versions({ chart }: { chart: ChartDocument }) {
  const t = useTexts(texts);
  return (
    <ListTable<ClaimChartLine>
      inner
      path={CHARTS}
      fixed={{ target: chart.target_id }}
      caption={t("tab.versions")}
      defaultOrder="-written"
      nameOf={(row) =>
        `${t("claim.number", { number: row.claim })} · ${t("version", { number: row.number })}`
      }
      addressOf={(row) => `/claim-charts/${row.id}`}
      empty={<Empty title={t("charts.none")} />}
      columns={[
        {
          key: "version",
          title: t("charts"),
          main: true,
          render: (row) =>
            `${t("claim.number", { number: row.claim })} · ${t("version", { number: row.number })}`,
        },
        { key: "state", title: t("reviewed"), render: (row) => <ChartMark state={row.state} /> },
        {
          key: "written",
          title: t("written"),
          order: "written",
          render: (row) => <Instant at={row.written_at} />,
        },
      ]}
    />
  );
}
