import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { App, Button } from "antd";
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
import { Papers } from "@/shared/papers";
import { ListTable } from "@/shared/table";
import { Empty, Facts, Notice, Page, PageTabs, Panel } from "@/shared/ui";
import { ChartMark } from "./Charts.tsx";
import styles from "./charts.module.css";
import { type Edited, PARTS, useDraft } from "./draft.ts";
import { CHARTS, SUBJECT, TARGET, useClaimChart, useOthersChanges, useRefresh } from "./queries.ts";
import { RowEditor } from "./RowEditor.tsx";
import { texts } from "./texts.ts";

/** One version of a chart: element by element, where the claim reads on a standard or product, and what shows it. */
export function ClaimChart() {
  const { id } = useParams({ strict: false }) as { id: string };
  // What was typed of one chart is nothing of the next.
  return <Chart key={id} id={id} />;
}

function Chart({ id }: { id: string }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const found = useClaimChart(id);
  const { data, etag } = found.data;
  const draft = useDraft(found.data);
  const live = useOthersChanges(id, etag, draft.busy);
  const { review, discard, next } = useSteps(found.data);
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
      onRefresh={async () => {
        if (!(await draft.leave())) throw new Error("what was typed is kept");
        await found.refetch({ throwOnError: true });
      }}
      primary={
        may.has("next") ? (
          <Button type="primary" onClick={() => void next()}>
            {t("next")}
          </Button>
        ) : (
          may.has("review") && (
            <Button type="primary" onClick={() => review(draft.isDirty)}>
              {t("review")}
            </Button>
          )
        )
      }
      menu={
        may.has("discard")
          ? [{ key: "discard", label: t("discard"), danger: true, onClick: () => void discard() }]
          : []
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
            children: may.has("edit") ? <RowEditor draft={draft} /> : <Rows chart={data} />,
          },
          ...(may.size > 0
            ? [
                {
                  key: "papers",
                  label: t("tab.papers"),
                  children: (
                    <>
                      <Notice>{t("papers.own")}</Notice>
                      <Papers subjectType={TARGET} subjectId={data.target_id} mayAttach />
                    </>
                  ),
                },
              ]
            : []),
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

function useSteps({ data: chart, etag }: Edited) {
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
      // What is reviewed is what was read; whatever else it has become is shown first.
      onOk: () => request("POST", `${CHARTS}/${chart.id}/review`, { etag }).catch(failed).then(refresh),
    });
  };
  const discard = async () => {
    const agreed = await modal.confirm({
      title: t("discard.title"),
      content: t("discard.text"),
      okText: t("discard"),
      okButtonProps: { danger: true },
    });
    if (!agreed) return;
    try {
      await request("DELETE", `${CHARTS}/${chart.id}`, { etag });
    } catch (error) {
      failed(error);
      await refresh();
      return;
    }
    await navigate({
      to: `/patents/${chart.patent_id}`,
      search: { tab: "charts" } as never,
      ignoreBlocker: true,
    });
    void message.success(t("discarded"));
    await refresh();
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
  return { review, discard, next };
}

function Rows({ chart }: { chart: ChartDocument }) {
  const t = useTexts(texts);
  return (
    <>
      {chart.rows.length === 0 ? <Empty title={t("rows.none")} /> : <RowTable chart={chart} />}
      {chart.note && (
        <Panel title={t("note")}>
          <p className={styles.said}>{chart.note}</p>
        </Panel>
      )}
    </>
  );
}

function RowTable({ chart }: { chart: ChartDocument }) {
  const t = useTexts(texts);
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
