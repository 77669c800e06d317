import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Drawer } from "antd";
import { useState } from "react";
import { api, asProblem, keys, newKey, request, take, type WholeStatementLine } from "@/shared/api";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { FigureTable } from "@/shared/royalties";
import { pageOf } from "@/shared/subjects";
import { ActionForm, Empty, Facts, Notice, Page, Pairs, Panel, ReasonField } from "@/shared/ui";
import { LineMark } from "./Lines.tsx";
import { Settled } from "./matching/Settled.tsx";
import { Spread } from "./matching/Spread.tsx";
import { texts as matching } from "./matching/texts.ts";
import { LINE, LINES, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";
import styles from "./treasury.module.css";

type Asked = "setting-aside" | "reversal" | "release";

/** Who claims lines that pay invoices. */
const OF_INVOICES = ["invoices", "bank_receipts"];

/** One line of a bank: who paid or was paid, what it may be for, and what was decided. */
export function StatementLine() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const m = useTexts(matching);
  const spoken = useSpoken();
  const refresh = useRefresh();
  const live = useLive(LINE, id);
  const { message } = App.useApp();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [isSpreading, setSpreading] = useState(false);
  const { data } = useSuspenseQuery({
    queryKey: keys.object(LINES, id),
    queryFn: () => take(api.GET("/api/v1/statement-lines/{line_id}", { params: { path: { line_id: id } } })),
  });
  const may = (step: string) => data.allowed_steps.includes(step);
  const step = async (path: string, body?: unknown) => {
    try {
      await request("POST", `${LINES}/${id}/${path}`, { key: newKey(), body });
      void message.success(t("saved"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  const to = pageOf(data.subject_type, data.subject_id);
  const paysInvoices = OF_INVOICES.includes(data.claimant ?? "");
  const said = { "setting-aside": t("set_aside"), reversal: t("reverse"), release: m("release") };
  const why = {
    "setting-aside": t("set_aside.text"),
    reversal: t("reverse.text"),
    release: m("release.text"),
  };
  return (
    <Page
      title={data.counterparty_name || data.text || t("nobody")}
      subtitle={data.bank_account_name}
      trail={[{ label: t("title"), to: "/treasury" }]}
      id={data.id}
      live={live}
      onRefresh={refresh}
      state={<LineMark state={data.state} />}
      menu={[
        ...(may("set aside")
          ? [{ key: "aside", label: t("set_aside"), onClick: () => setAsked("setting-aside") }]
          : []),
        ...(may("take up")
          ? [{ key: "up", label: t("take_up"), onClick: () => void step("taking-up") }]
          : []),
        ...(may("release")
          ? [{ key: "release", label: m("release"), onClick: () => setAsked("release") }]
          : []),
        ...(may("reverse")
          ? [{ key: "reverse", label: t("reverse"), danger: true, onClick: () => setAsked("reversal") }]
          : []),
      ]}
    >
      <Facts
        facts={[
          {
            key: "amount",
            label: t("amount"),
            value: <Amount minor={data.amount_minor} currency={data.currency} signed />,
          },
          { key: "day", label: t("day"), value: <CalendarDay day={data.booked_on} /> },
          {
            key: "balance",
            label: t("balance"),
            value:
              data.balance_minor == null ? (
                t("not_told")
              ) : (
                <Amount minor={data.balance_minor} currency={data.currency} />
              ),
          },
          {
            key: "entry",
            label: t("in_books"),
            value: data.entry_id ? (
              <Link to={`/ledger-entries/${data.entry_id}`}>{t("in_books.open")}</Link>
            ) : (
              "–"
            ),
          },
          ...(data.decided_at
            ? [
                {
                  key: "decided",
                  label: t("decided"),
                  value: <Instant at={data.decided_at} />,
                  note: spoken(data.decided_by_name),
                },
              ]
            : []),
        ]}
      />
      {data.reason && <Notice>{data.reason}</Notice>}
      {data.subject_type && !paysInvoices && (
        <Notice>{to === null ? data.subject_type : <Link to={to}>{t("assigned.open")}</Link>}</Notice>
      )}
      <Panel title={t("as_told")}>
        <Pairs
          pairs={[
            { label: t("counterparty"), value: data.counterparty_name || "–" },
            { label: t("counterparty.account"), value: <code>{data.counterparty_account || "–"}</code> },
            { label: t("text"), value: data.text || "–" },
            { label: t("serial"), value: <code>{data.serial || "–"}</code> },
          ]}
        />
      </Panel>
      {paysInvoices && <Settled line={id} />}
      {may("assign") && (
        <section className={styles.part}>
          <h2>{t("proposals")}</h2>
          <Proposals line={data} onTake={(body) => void step("assignment", body)} />
          {data.amount_minor > 0 && (
            <div className={styles.buttons}>
              <Button onClick={() => setSpreading(true)}>{m("spread")}</Button>
            </div>
          )}
        </section>
      )}
      <section className={styles.part}>
        <h2>{t("tab.history")}</h2>
        <HistoryTab subjectType={LINE} subjectId={id} />
      </section>
      <Drawer
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={asked ? said[asked] : ""}
        size={520}
        destroyOnHidden
      >
        {asked && (
          <ActionForm<{ reason: string }>
            submit={said[asked]}
            danger={asked !== "setting-aside"}
            onCancel={() => setAsked(null)}
            send={async (body, key) => {
              await request("POST", `${LINES}/${id}/${asked}`, { body, key });
              await refresh();
            }}
            onDone={() => {
              void message.success(asked === "release" ? m("release.done") : t("saved"));
              setAsked(null);
            }}
          >
            <Notice>{why[asked]}</Notice>
            <ReasonField help="" needed={t("reason.needed")} />
          </ActionForm>
        )}
      </Drawer>
      <Drawer
        open={isSpreading}
        onClose={() => setSpreading(false)}
        title={m("spread")}
        size={560}
        destroyOnHidden
      >
        <Spread line={data} onClose={() => setSpreading(false)} />
      </Drawer>
    </Page>
  );
}

interface ProposalsProps {
  line: WholeStatementLine;
  onTake: (body: { claimant: string; subject_id: string }) => void;
}

function Proposals({ line, onTake }: ProposalsProps) {
  const t = useTexts(texts);
  if (line.proposals.length === 0)
    return <Empty title={t("proposals.none")}>{t("proposals.none.text")}</Empty>;
  return (
    <FigureTable label={t("proposals")}>
      <thead>
        <tr>
          <th scope="col">{t("for")}</th>
          <th scope="col" data-numeric>
            {t("expected")}
          </th>
          <th scope="col">{t("recognised")}</th>
          <th scope="col">{t("take_it")}</th>
        </tr>
      </thead>
      <tbody>
        {line.proposals.map((one) => {
          const to = pageOf(one.subject_type, one.subject_id);
          return (
            <tr key={`${one.claimant} ${one.subject_id}`}>
              <th scope="row">{to === null ? one.title : <Link to={to}>{one.title}</Link>}</th>
              <td data-numeric>
                <Amount minor={one.amount_minor} currency={line.currency} signed />
              </td>
              <td>{one.reasons.map((reason) => t.maybe(`by.${reason}`)).join(" · ")}</td>
              <td>
                <Button
                  size="small"
                  onClick={() => onTake({ claimant: one.claimant, subject_id: one.subject_id })}
                >
                  {t("take_it")}
                </Button>
              </td>
            </tr>
          );
        })}
      </tbody>
    </FigureTable>
  );
}
