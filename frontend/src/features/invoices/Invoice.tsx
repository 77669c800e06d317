import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Dropdown } from "antd";
import { useCallback, useState } from "react";
import { api, asProblem, type InvoiceDetail, newKey, request, takeVersion, useRoles } from "@/shared/api";
import { Amount, CalendarDay, Deadline, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { useLiveVersion } from "@/shared/realtime/version";
import { downloadFile } from "@/shared/table";
import { Facts, type MenuAction, Notice, Page, PageTabs, type Tab } from "@/shared/ui";
import { DownloadOutlined } from "@/shared/ui/icons";
import { About, Interest, Settlements, WrittenOff } from "./Contents.tsx";
import { Decide } from "./Decide.tsx";
import { DecidePlan, Instalments } from "./Instalments.tsx";
import { IssueDialogue } from "./Invoices.tsx";
import { InvoiceMark, TaxInvoiceMark, useInvoiceName } from "./marks.tsx";
import { ProposePlan } from "./ProposePlan.tsx";
import { INVOICE, INVOICES, useInvoice, useRefresh } from "./queries.ts";
import { ASKING, type AskingStep, StepDialogue } from "./steps.tsx";
import { texts } from "./texts/index.ts";
import { Workings } from "./Workings.tsx";

const PARTS = ["propose instalments", "ask for instalments"] as const;
type PartsStep = (typeof PARTS)[number];

function isPartsStep(step: string | null): step is PartsStep {
  return (PARTS as readonly (string | null)[]).includes(step);
}

/** One invoice: what it comes to and why, what settled it, what is open, and what can be done with it. */
export function Invoice() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const nameOf = useInvoiceName();
  const found = useInvoice(id);
  const { data: invoice, etag } = found.data;
  const live = useLiveVersion(INVOICE, id, etag, useTag(id));
  const [asked, ask] = useState<AskingStep | "issue" | PartsStep | null>(null);
  const close = () => ask(null);
  return (
    <Page
      title={nameOf(invoice)}
      subtitle={t(invoice.is_credit_note ? "kind.credit_note" : "kind.invoice")}
      trail={[{ label: t("title"), to: "/invoices" }]}
      id={invoice.id}
      state={<InvoiceMark invoice={invoice} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        <>
          <Paper invoice={invoice} />
          <NextStep invoice={invoice} onAsk={ask} />
        </>
      }
      menu={useMenu(invoice, ask)}
    >
      <Standing invoice={invoice} etag={etag} />
      <KeyFacts invoice={invoice} />
      <PageTabs tabs={useTabs(invoice, etag)} />
      {asked === "issue" && <IssueDialogue rows={[invoice]} onClose={close} />}
      {isPartsStep(asked) && <ProposePlan invoice={invoice} step={asked} etag={etag} onClose={close} />}
      {asked !== null && asked !== "issue" && !isPartsStep(asked) && (
        <StepDialogue invoice={invoice} step={asked} onClose={close} />
      )}
    </Page>
  );
}

/** Asks for the tag of what is there now, beside what the page shows. */
function useTag(id: string): () => Promise<string> {
  return useCallback(async () => {
    const now = await takeVersion(
      api.GET("/api/v1/invoices/{invoice_id}", { params: { path: { invoice_id: id } } }),
    );
    return now.etag;
  }, [id]);
}

function Paper({ invoice }: { invoice: InvoiceDetail }) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const nameOf = useInvoiceName();
  const keep = (key: string) => {
    const [form = "pdf", language = "zh"] = key.split(" ");
    void downloadFile(
      `${INVOICES}/${invoice.id}/document`,
      { as: form, language },
      `${nameOf(invoice)}.${form}`,
    ).catch((error: unknown) => void message.error(asProblem(error).message));
  };
  return (
    <Dropdown
      trigger={["click"]}
      placement="bottomRight"
      menu={{
        items: ["pdf zh", "pdf en", "xlsx zh", "xlsx en", "csv zh", "csv en"].map((key) => ({
          key,
          label: t.maybe(`paper.${key}`),
        })),
        onClick: ({ key }) => keep(key),
      }}
    >
      <Button icon={<DownloadOutlined />}>{t("paper.take")}</Button>
    </Dropdown>
  );
}

/** The step that stands beside the title, and so need not be in the menu once more. */
function nextOf({ allowed_steps, is_credit_note, open_minor }: InvoiceDetail): AskingStep | null {
  if (allowed_steps.includes("issue")) return null;
  if (allowed_steps.includes("settle")) return is_credit_note ? "set off" : "settle";
  return allowed_steps.includes("dispute") && open_minor > 0 ? "dispute" : null;
}

function NextStep({
  invoice,
  onAsk,
}: {
  invoice: InvoiceDetail;
  onAsk: (step: AskingStep | "issue") => void;
}) {
  const t = useTexts(texts);
  const isOwn = useRoles().has("licensee");
  const may = (step: string) => invoice.allowed_steps.includes(step);
  if (may("issue")) {
    return (
      <Button type="primary" onClick={() => onAsk("issue")}>
        {t("issue")}
      </Button>
    );
  }
  const next = nextOf(invoice);
  if (next !== null && next !== "dispute") {
    return (
      <Button type="primary" onClick={() => onAsk(next)}>
        {t(`step.${next}`)}
      </Button>
    );
  }
  return (
    <>
      {next && <Button onClick={() => onAsk(next)}>{t(`step.${next}`)}</Button>}
      {isOwn && invoice.state === "issued" && invoice.open_minor > 0 && (
        <Link to={`/invoices/${invoice.id}/pay`}>
          <Button type="primary" tabIndex={-1}>
            {t("pay")}
          </Button>
        </Link>
      )}
    </>
  );
}

function useMenu(invoice: InvoiceDetail, ask: (step: AskingStep | PartsStep) => void): MenuAction[] {
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const refresh = useRefresh();
  const may = (step: string) => invoice.allowed_steps.includes(step);
  const take = async (
    step: "discard" | "settle dispute" | "await tax invoice",
    path: string,
    body?: object,
  ) => {
    const agreed = await modal.confirm({
      title: t(`step.${step}`),
      content: t(`step.${step}.text`),
      okText: t(`step.${step}`),
      okButtonProps: { danger: step === "discard" },
    });
    if (!agreed) return;
    try {
      await request("POST", `${INVOICES}/${invoice.id}/${path}`, { key: newKey(), body });
      void message.success(t(`step.${step}.done`));
      await refresh();
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  const actions: MenuAction[] = ASKING.filter(
    // Where settling is the step of the page, a credit note goes on from the other page.
    (step) => may(step) && !(invoice.is_credit_note && step === "settle") && step !== nextOf(invoice),
  ).map((step) => ({ key: step, label: t(`step.${step}`), onClick: () => ask(step) }));
  for (const step of PARTS) {
    if (may(step)) actions.push({ key: step, label: t(`step.${step}`), onClick: () => ask(step) });
  }
  if (may("await tax invoice")) {
    actions.push({
      key: "await",
      label: t("step.await tax invoice"),
      onClick: () => void take("await tax invoice", "tax-invoice", { step: "await" }),
    });
  }
  if (may("settle dispute")) {
    actions.push({
      key: "settle dispute",
      label: t("step.settle dispute"),
      onClick: () => void take("settle dispute", "dispute/end"),
    });
  }
  if (may("discard")) {
    actions.push({
      key: "discard",
      label: t("step.discard"),
      danger: true,
      onClick: () => void take("discard", "discarding"),
    });
  }
  return actions;
}

function Standing({ invoice, etag }: { invoice: InvoiceDetail; etag: string }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const proposed = invoice.write_offs.find((one) => one.state === "proposed");
  const plans = invoice.plans.filter((one) => one.state === "asked" || one.state === "proposed");
  return (
    <>
      {invoice.disputed && (
        <Notice kind="overdue">
          <p>
            {t("disputed.since")} <Instant at={invoice.disputed_at} />
          </p>
          <p>{spoken(invoice.dispute ?? "")}</p>
        </Notice>
      )}
      {proposed && (
        <Notice kind="attention" action={<Decide proposal={proposed} />}>
          {t("write_off.waits")} <Amount minor={proposed.amount_minor} currency={invoice.currency} /> ·{" "}
          {spoken(proposed.reason)}
        </Notice>
      )}
      {plans.map((plan) => (
        <Notice key={plan.id} kind="attention" action={<DecidePlan plan={plan} etag={etag} />}>
          {t(plan.state === "asked" ? "plan.waits.asked" : "plan.waits")} · {spoken(plan.reason)}
        </Notice>
      ))}
      {invoice.is_estimate && !invoice.trues_up && <Notice>{t("estimate")}</Notice>}
      {invoice.trues_up && <Notice>{t("trues_up")}</Notice>}
      {invoice.credited_by_id && (
        <Notice>
          {t("credited_by")} <Link to={`/invoices/${invoice.credited_by_id}`}>{t("look")}</Link>
        </Notice>
      )}
      {invoice.credits_id && (
        <Notice>
          {t("credits")} <Link to={`/invoices/${invoice.credits_id}`}>{t("look")}</Link>
        </Notice>
      )}
      {invoice.replaces_id && (
        <Notice>
          {t("replaces")} <Link to={`/invoices/${invoice.replaces_id}`}>{t("look")}</Link>
        </Notice>
      )}
    </>
  );
}

function KeyFacts({ invoice }: { invoice: InvoiceDetail }) {
  const t = useTexts(texts);
  const { currency } = invoice;
  return (
    <Facts
      facts={[
        {
          key: "gross",
          label: t("gross"),
          value: <Amount minor={invoice.gross_minor} currency={currency} />,
          note: (
            <>
              {t("tax")} <Amount minor={invoice.tax_minor} currency={currency} />
            </>
          ),
        },
        {
          key: "open",
          label: t("open"),
          value: <Amount minor={invoice.open_minor} currency={currency} />,
          note:
            invoice.state === "issued" && invoice.open_minor === 0
              ? t("open.none")
              : invoice.withheld_minor !== 0 && (
                  <>
                    {t("withheld")} <Amount minor={invoice.withheld_minor} currency={currency} />
                  </>
                ),
        },
        {
          key: "due",
          label: t("due"),
          value:
            invoice.next_due_on && invoice.open_minor > 0 ? (
              <Deadline day={invoice.next_due_on} />
            ) : (
              <CalendarDay day={invoice.due_on} />
            ),
          note: invoice.issued_on && (
            <>
              {t("issued_on")} <CalendarDay day={invoice.issued_on} />
            </>
          ),
        },
        {
          key: "reference",
          label: t("reference"),
          value: <code>{invoice.reference}</code>,
          note: t("reference.note"),
        },
        {
          key: "tax_invoice",
          label: t("tax_invoice"),
          value: <TaxInvoiceMark state={invoice.tax_invoice ?? "not_needed"} />,
          note: invoice.tax_invoice_number,
        },
      ]}
    />
  );
}

function useTabs(invoice: InvoiceDetail, etag: string): Tab[] {
  const t = useTexts(texts);
  return [
    { key: "about", label: t("tab.about"), children: <About invoice={invoice} /> },
    ...(invoice.has_workings
      ? [{ key: "workings", label: t("tab.workings"), children: <Workings invoice={invoice} /> }]
      : []),
    ...(invoice.state === "issued"
      ? [
          {
            key: "settlements",
            label: t("tab.settlements", { number: invoice.settlements.length }),
            children: <Settlements invoice={invoice} />,
          },
        ]
      : []),
    ...(invoice.plans.length > 0
      ? [{ key: "plans", label: t("tab.plans"), children: <Instalments invoice={invoice} etag={etag} /> }]
      : []),
    ...(invoice.interest.length > 0
      ? [{ key: "interest", label: t("tab.interest"), children: <Interest invoice={invoice} /> }]
      : []),
    ...(invoice.write_offs.length > 0
      ? [{ key: "write-offs", label: t("write_offs"), children: <WrittenOff invoice={invoice} /> }]
      : []),
    {
      key: "history",
      label: t("tab.history"),
      children: <HistoryTab subjectType={INVOICE} subjectId={invoice.id} />,
    },
  ];
}
