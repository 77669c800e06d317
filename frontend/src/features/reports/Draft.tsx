import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useState } from "react";
import {
  asProblem,
  type Problem,
  type ReportDraft,
  type ReportDraftFigures,
  request,
  type SalesReport,
  useIntention,
} from "@/shared/api";
import { Figure, Instant } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { FigureTable, plainDecimal } from "@/shared/royalties";
import { Facts, Failure, FormProblem, Notice, Page, PageTabs, Panel, Skeleton, StateMark } from "@/shared/ui";
import { Head } from "./Head.tsx";
import { Preview } from "./Preview.tsx";
import {
  DRAFTS,
  monthsOf,
  periodOf,
  shortOf,
  useFigures,
  useLines,
  useRefresh,
  useReportDraft,
} from "./queries.ts";
import styles from "./reports.module.css";
import { texts } from "./texts.ts";

/** A report before it is signed: what it says, how it differs, what it would bear, and the statement. */
export function Draft() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const language = shortOf(useLanguage());
  const spoken = useSpoken();
  const found = useReportDraft(id);
  const { data } = found;
  const isOpen = data.state === "open";
  const figures = useFigures(id, language, isOpen);
  const discard = () =>
    modal.confirm({
      title: t("discard.sure"),
      okText: t("discard"),
      okButtonProps: { danger: true },
      onOk: async () => {
        await request("POST", `${DRAFTS}/${id}/removal`);
        void message.success(t("discarded"));
        await refresh();
        void navigate({ to: "/reports" });
      },
    });
  const again = () =>
    void navigate({
      to: "/reports/new",
      search: {
        licence: data.licence_id,
        period: periodOf(data.first_month, data.last_month),
        supersedes: data.supersedes_id ?? undefined,
        replaces: id,
      } as never,
    });
  const read = Object.entries(data.names_read);
  return (
    <Page
      title={`${data.licence_code} · ${monthsOf(data)}`}
      trail={[{ label: t("title"), to: "/reports" }]}
      id={data.id}
      state={
        <StateMark standing={isOpen ? "attention" : data.state === "signed" ? "fine" : "closed"}>
          {t(`state.${data.state ?? "open"}`)}
        </StateMark>
      }
      onRefresh={() => found.refetch({ throwOnError: true })}
      menu={
        isOpen
          ? [
              { key: "again", label: t("again"), onClick: again },
              { key: "discard", label: t("discard"), danger: true, onClick: discard },
            ]
          : []
      }
    >
      <Facts
        facts={[
          { key: "kind", label: t("kind"), value: t(`kind.${data.kind}`) },
          { key: "file", label: t("file"), value: data.file_name || "–" },
          { key: "lines", label: t("lines"), value: <Figure value={data.line_count ?? 0} /> },
          { key: "made", label: t("made"), value: <Instant at={data.made_at} /> },
          ...(data.supersedes_id
            ? [{ key: "reason", label: t("reason"), value: spoken(data.reason ?? "") }]
            : []),
        ]}
      />
      {!isOpen && (
        <Notice
          action={
            data.state === "signed" && <Link to={"/reports?tab=filed" as never}>{t("ended.look")}</Link>
          }
        >
          {t(data.state === "signed" ? "ended.signed" : "ended")}
        </Notice>
      )}
      {data.is_estimate && <Notice kind="attention">{t("estimate.draft")}</Notice>}
      {read.length > 0 && (
        <Notice>
          {t("names.read")}: {read.map(([name, product]) => `${name} → ${product}`).join(" · ")}
        </Notice>
      )}
      {isOpen && figures.isError && <Failure error={figures.error} retry={() => void figures.refetch()} />}
      {isOpen && figures.isPending && <Skeleton height={240} />}
      {isOpen && figures.data && (
        <>
          <PageTabs
            tabs={[
              {
                key: "preview",
                label: t("preview"),
                children: <Preview id={id} />,
              },
              { key: "totals", label: t("totals"), children: <TotalsTables figures={figures.data} /> },
              {
                key: "differences",
                label: t("differences"),
                children: <Differences figures={figures.data} />,
              },
              { key: "lines", label: t("lines.title"), children: <Lines draft={data} /> },
            ]}
          />
          <Signing draft={data} figures={figures.data} language={language} />
        </>
      )}
    </Page>
  );
}

function TotalsTables({ figures }: { figures: ReportDraftFigures }) {
  const t = useTexts(texts);
  const { totals } = figures;
  return (
    <>
      {(["product", "country", "month"] as const).map((name) => {
        const rows = totals[`by_${name}`];
        const count = totals.counts[name] ?? 0;
        return (
          <Panel
            key={name}
            title={t(`totals.${name}`)}
            note={count > rows.length ? t("totals.more", { shown: rows.length, count }) : undefined}
            flush
          >
            <FigureTable label={t(`totals.${name}`)}>
              <Head
                labels={[
                  t(name === "country" ? "sold_in" : name),
                  t("units"),
                  t("net_amount"),
                  t("currency"),
                ]}
              />
              <tbody>
                {rows.map((row) => (
                  <tr key={`${row.key} ${row.currency}`}>
                    <th scope="row">{row.key}</th>
                    <td>
                      <Figure value={row.units} />
                    </td>
                    <td>
                      <Net amount={row.net_amount} />
                    </td>
                    <td>{row.currency}</td>
                  </tr>
                ))}
              </tbody>
            </FigureTable>
          </Panel>
        );
      })}
    </>
  );
}

function Differences({ figures }: { figures: ReportDraftFigures }) {
  const t = useTexts(texts);
  if (figures.before_id === null) return <Notice>{t("differences.none")}</Notice>;
  return (
    <Panel title={t("differences")} flush>
      <FigureTable label={t("differences")}>
        <Head
          labels={[
            t("product"),
            t("currency"),
            `${t("units")} (${t("before")})`,
            `${t("units")} (${t("now")})`,
            `${t("net_amount")} (${t("before")})`,
            `${t("net_amount")} (${t("now")})`,
          ]}
        />
        <tbody>
          {figures.differences.map((row) => (
            <tr key={`${row.product} ${row.currency}`}>
              <th scope="row">{row.product}</th>
              <td>{row.currency}</td>
              <td>
                <Figure value={row.units_before} />
              </td>
              <td>
                <Figure value={row.units} />
              </td>
              <td>
                <Net amount={row.net_amount_before} />
              </td>
              <td>
                <Net amount={row.net_amount} />
              </td>
            </tr>
          ))}
        </tbody>
      </FigureTable>
    </Panel>
  );
}

const COLUMNS = ["month", "product", "made_in", "sold_in", "units", "net_amount", "currency"] as const;
const DETAILS = ["brand_or_customer", "model", "first_sold_in", "exclusion_code", "evidence"] as const;
const AT_ONCE = 200;

function Lines({ draft }: { draft: ReportDraft }) {
  const t = useTexts(texts);
  const [skip, setSkip] = useState(0);
  const found = useLines(draft.id, skip, true);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  const { lines, count } = found.data;
  const details = DETAILS.filter((name) => lines.some((line) => line[name]));
  return (
    <Panel
      title={t("lines.title")}
      extra={
        count > AT_ONCE && (
          <span className={styles.row}>
            <Button size="small" disabled={skip === 0} onClick={() => setSkip(skip - AT_ONCE)}>
              ←
            </Button>
            {skip + 1} – {Math.min(skip + AT_ONCE, count)} / {count}
            <Button size="small" disabled={skip + AT_ONCE >= count} onClick={() => setSkip(skip + AT_ONCE)}>
              →
            </Button>
          </span>
        )
      }
      flush
    >
      <FigureTable label={t("lines.title")}>
        <Head labels={["#", ...[...COLUMNS, ...details].map((name) => t(name))]} />
        <tbody>
          {lines.map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place alone
            <tr key={skip + at}>
              <td>
                <Figure value={skip + at + 1} />
              </td>
              {[...COLUMNS, ...details].map((name) => (
                <td key={name}>
                  {name === "net_amount" ? (
                    <Net amount={line.net_amount} />
                  ) : name === "units" ? (
                    <Figure value={line.units} />
                  ) : (
                    line[name]
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </FigureTable>
    </Panel>
  );
}

function Signing({
  draft,
  figures,
  language,
}: {
  draft: ReportDraft;
  figures: ReportDraftFigures;
  language: "zh" | "en";
}) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const intention = useIntention();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const sign = async () => {
    setBusy(true);
    setProblem(null);
    const body = { lines_sha256: draft.lines_sha256 };
    try {
      const report = await request<SalesReport>("POST", `${DRAFTS}/${draft.id}/signature`, {
        query: { language },
        key: intention.keyFor([draft.id, body, language]),
        body,
      });
      intention.done();
      void message.success(t("signed", { number: report.receipt_number }));
      await refresh();
      void navigate({ to: "/reports", search: { tab: "filed" } as never });
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel title={t("sign.title")}>
      <blockquote className={styles.statement}>{figures.statement}</blockquote>
      <FormProblem problem={problem} />
      {figures.may_sign ? (
        <>
          <p>{t("sign.sure")}</p>
          <Button type="primary" loading={busy} onClick={() => void sign()}>
            {t("sign")}
          </Button>
        </>
      ) : (
        <Notice kind="attention">{t("sign.no")}</Notice>
      )}
    </Panel>
  );
}

/** An exact decimal without the zeros at its end. */
function Net({ amount }: { amount: string | null }) {
  if (amount === null) return "–";
  return <Figure value={plainDecimal(amount)} />;
}
