import { Link, useParams } from "@tanstack/react-router";
import { App, Form, Input, InputNumber, Modal } from "antd";
import { useState } from "react";
import { api, asProblem, type MemberInvoiceDetail, type Problem, takeVersion } from "@/shared/api";
import { Amount, CalendarDay, Figure, Instant } from "@/shared/format";
import { minorDigits, todayHere } from "@/shared/format/plain";
import { minorOf, written } from "@/shared/format/typed";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { PaperDownload, PaperField } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import {
  ActionForm,
  Facts,
  FormProblem,
  Notice,
  Page,
  PageTabs,
  Pairs,
  Panel,
  ReasonField,
  StepButton,
} from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import styles from "./distributions.module.css";
import { nameOfInvoice } from "./MemberInvoices.tsx";
import { AgeMark, MemberInvoiceMark } from "./marks.tsx";
import { INVOICE, useKeepingInvoice, useMemberInvoice } from "./queries.ts";
import { texts } from "./texts/index.ts";
import { AskWaiver, RefuseWaiver } from "./Waiver.tsx";

/** The tax invoice that a member gives for one share: what it has to be of, what it is, and its next step. */
export function MemberInvoice() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const found = useMemberInvoice(id);
  const { data: invoice, etag } = found.data;
  const live = useLive(INVOICE, id);
  const keep = useKeepingInvoice(invoice);
  const { message } = App.useApp();
  const [asked, ask] = useState<"record" | "send back" | "ask waiver" | "refuse waiver" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const can = new Set(invoice.allowed_steps);
  const decide = async (step: "acceptance" | "waiver") => {
    setProblem(null);
    try {
      const params = { path: { invoice_id: id }, header: { "If-Match": etag } };
      const answer =
        step === "waiver"
          ? api.POST("/api/v1/member-invoices/{invoice_id}/waiver", { params })
          : api.POST("/api/v1/member-invoices/{invoice_id}/acceptance", { params });
      keep(await takeVersion(answer));
      void message.success(t(step === "waiver" ? "invoice.waived.done" : "invoice.accepted"));
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <Page
      title={t("invoice.title", { name: nameOfInvoice(invoice) })}
      subtitle={organisationName(null, invoice.member)}
      trail={[{ label: t("invoices"), to: "/member-invoices" }]}
      id={invoice.id}
      state={<MemberInvoiceMark state={invoice.state ?? "awaited"} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        can.has("record") ? (
          <StepButton label={t("invoice.record")} onTake={() => ask("record")} />
        ) : can.has("accept") ? (
          <StepButton
            label={t("invoice.accept")}
            confirm={{ title: t("invoice.accept.title"), text: t("invoice.accept.text") }}
            onTake={() => decide("acceptance")}
          />
        ) : can.has("agree waiver") ? (
          <StepButton
            label={t("invoice.waive")}
            confirm={{ title: t("invoice.waive.title"), text: t("invoice.waive.text") }}
            onTake={() => decide("waiver")}
          />
        ) : undefined
      }
      menu={[
        ...(can.has("send back")
          ? [{ key: "back", label: t("step.send back"), onClick: () => ask("send back") }]
          : []),
        ...(can.has("ask waiver")
          ? [{ key: "waiver", label: t("invoice.ask_waiver"), onClick: () => ask("ask waiver") }]
          : []),
        ...(can.has("refuse waiver")
          ? [
              {
                key: "refusal",
                label: t(can.has("agree waiver") ? "invoice.refuse_waiver" : "invoice.withdraw_waiver"),
                onClick: () => ask("refuse waiver"),
              },
            ]
          : []),
      ]}
    >
      <FormProblem problem={problem} />
      <Standing invoice={invoice} />
      <KeyFacts invoice={invoice} />
      <div className={styles.panels}>
        {invoice.number ? <Given invoice={invoice} /> : null}
        {invoice.waiver_reason ? <Waiver invoice={invoice} /> : null}
        <PageTabs
          tabs={[
            {
              key: "history",
              label: t("tab.history"),
              children: <HistoryTab subjectType={INVOICE} subjectId={invoice.id} />,
            },
          ]}
        />
      </div>
      {asked === "record" && <Record invoice={invoice} etag={etag} onClose={() => ask(null)} />}
      {asked === "send back" && <SendBack invoice={invoice} etag={etag} onClose={() => ask(null)} />}
      {asked === "ask waiver" && <AskWaiver invoice={invoice} etag={etag} onClose={() => ask(null)} />}
      {asked === "refuse waiver" && <RefuseWaiver invoice={invoice} etag={etag} onClose={() => ask(null)} />}
    </Page>
  );
}

interface Props {
  invoice: MemberInvoiceDetail;
}

interface DialogueProps extends Props {
  etag: string;
  onClose: () => void;
}

/** Why the share does not go on by itself. */
function Standing({ invoice }: Props) {
  const t = useTexts(texts);
  if (invoice.state === "sent_back") {
    return <Notice kind="overdue">{t("invoice.sent_back", { reason: invoice.reason ?? "" })}</Notice>;
  }
  if (invoice.state === "awaited") return <Notice kind="attention">{t("invoice.awaited")}</Notice>;
  if (invoice.state === "recorded") return <Notice>{t("invoice.recorded")}</Notice>;
  if (invoice.state === "waiving") return <Notice kind="attention">{t("invoice.waiving")}</Notice>;
  return null;
}

function KeyFacts({ invoice }: Props) {
  const t = useTexts(texts);
  return (
    <Facts
      facts={[
        {
          key: "amount",
          label: t("invoice.amount"),
          value: <Amount minor={invoice.amount_minor} currency={invoice.currency} />,
          note: t("invoice.amount.note"),
        },
        {
          key: "tax",
          label: t("invoice.tax_due"),
          value: <Amount minor={invoice.tax_due_minor} currency={invoice.currency} />,
          note: (
            <>
              <Figure value={Number(invoice.percent)} /> %
            </>
          ),
        },
        { key: "asked", label: t("invoice.asked"), value: <Instant at={invoice.asked_at} /> },
        { key: "age", label: t("age"), value: <AgeMark days={invoice.waits_days} /> },
        {
          key: "statement",
          label: t("statement"),
          value: (
            <Link to={`/distribution-statements/${invoice.statement_id}`}>{nameOfInvoice(invoice)}</Link>
          ),
        },
      ]}
    />
  );
}

function Given({ invoice }: Props) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const money = (minor: number | null | undefined) =>
    minor === null || minor === undefined ? "–" : <Amount minor={minor} currency={invoice.currency} />;
  return (
    <Panel title={t("invoice.given")}>
      <Pairs
        pairs={[
          { label: t("invoice.number"), value: <code>{invoice.number}</code> },
          ...(invoice.code ? [{ label: t("invoice.code"), value: <code>{invoice.code}</code> }] : []),
          { label: t("invoice.issued_on"), value: <CalendarDay day={invoice.issued_on ?? ""} /> },
          { label: t("invoice.given_minor"), value: money(invoice.given_minor) },
          { label: t("invoice.tax_minor"), value: money(invoice.tax_minor) },
          {
            label: t("invoice.file"),
            value: invoice.document_id ? (
              <>
                {invoice.document_name}{" "}
                <PaperDownload id={invoice.document_id} name={invoice.document_name} />
              </>
            ) : (
              "–"
            ),
          },
          {
            label: t("invoice.recorded_by"),
            value: (
              <>
                {spoken(invoice.recorded_by ?? "")} <Instant at={invoice.recorded_at} />
              </>
            ),
          },
          ...(invoice.decided_at
            ? [
                {
                  label: t(invoice.state === "accepted" ? "invoice.accepted_by" : "invoice.sent_back_by"),
                  value: (
                    <>
                      {spoken(invoice.decided_by ?? "")} <Instant at={invoice.decided_at} />
                    </>
                  ),
                },
              ]
            : []),
        ]}
      />
    </Panel>
  );
}

/** Why the share is paid without a tax invoice, who asked and who agreed. */
function Waiver({ invoice }: Props) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const who = (name: string | null, at: string | null | undefined) => (
    <>
      {spoken(name ?? "")} <Instant at={at ?? null} />
    </>
  );
  return (
    <Panel title={t("invoice.waiver")}>
      <Pairs
        pairs={[
          { label: t("invoice.waiver.reason"), value: invoice.waiver_reason },
          {
            label: t("invoice.waiver.asked_by"),
            value: who(invoice.waiver_asked_by, invoice.waiver_asked_at),
          },
          ...(invoice.state === "exempt"
            ? [{ label: t("invoice.waiver.agreed_by"), value: who(invoice.decided_by, invoice.decided_at) }]
            : []),
        ]}
      />
    </Panel>
  );
}

interface Values {
  number: string;
  code?: string;
  issued_on: string;
  given_minor: string;
  tax_minor: string;
  document_id: string;
}

/** Takes down what stands on the tax invoice; the amounts it has to be of stand there already. */
function Record({ invoice, etag, onClose }: DialogueProps) {
  const t = useTexts(texts);
  const keep = useKeepingInvoice(invoice);
  const { message } = App.useApp();
  const { currency } = invoice;
  const send = async ({ given_minor, tax_minor, code, ...values }: Values) => {
    const answer = api.POST("/api/v1/member-invoices/{invoice_id}/recording", {
      params: { path: { invoice_id: invoice.id }, header: { "If-Match": etag } },
      body: {
        ...values,
        code: code ?? "",
        given_minor: minorOf(given_minor, currency),
        tax_minor: minorOf(tax_minor, currency),
      },
    });
    keep(await takeVersion(answer));
  };
  const amount = (name: "given_minor" | "tax_minor", help?: string) => (
    <Form.Item
      name={name}
      label={t(`invoice.${name}`)}
      extra={help}
      rules={[{ required: true, message: t("invoice.amount.needed") }]}
    >
      <InputNumber
        stringMode
        precision={minorDigits(currency)}
        suffix={currency}
        style={{ width: 220 }}
        controls={false}
      />
    </Form.Item>
  );
  return (
    <Modal open onCancel={onClose} title={t("invoice.record")} footer={null} width={560} destroyOnHidden>
      <ActionForm<Values>
        submit={t("invoice.record.submit")}
        onCancel={onClose}
        initialValues={
          {
            given_minor: written(invoice.amount_minor, currency),
            tax_minor: written(invoice.tax_due_minor, currency),
          } as Values
        }
        send={send}
        onDone={() => {
          void message.success(t("invoice.record.done"));
          onClose();
        }}
      >
        <Form.Item
          name="number"
          label={t("invoice.number")}
          extra={t("invoice.number.help")}
          rules={[{ required: true, whitespace: true, message: t("invoice.number.needed") }]}
        >
          <Input maxLength={20} inputMode="numeric" autoFocus />
        </Form.Item>
        <Form.Item name="code" label={t("invoice.code")} extra={t("invoice.code.help")}>
          <Input maxLength={12} inputMode="numeric" style={{ width: 220 }} />
        </Form.Item>
        <Form.Item
          name="issued_on"
          label={t("invoice.issued_on")}
          rules={[{ required: true, message: t("through.needed") }]}
        >
          <DayInput to={todayHere()} />
        </Form.Item>
        {amount("given_minor", t("invoice.given_minor.help"))}
        {amount("tax_minor")}
        <Form.Item
          name="document_id"
          label={t("invoice.file")}
          extra={t("invoice.file.help")}
          rules={[{ required: true, message: t("invoice.file.needed") }]}
        >
          <PaperField
            subjectType={INVOICE}
            subjectId={invoice.id}
            title={t("invoice.title", { name: nameOfInvoice(invoice) })}
          />
        </Form.Item>
      </ActionForm>
    </Modal>
  );
}

/** Gives a tax invoice back to the member, with what is wrong with it. */
function SendBack({ invoice, etag, onClose }: DialogueProps) {
  const t = useTexts(texts);
  const keep = useKeepingInvoice(invoice);
  const { message } = App.useApp();
  return (
    <Modal open onCancel={onClose} title={t("step.send back")} footer={null} destroyOnHidden>
      <ActionForm<{ reason: string }>
        submit={t("step.send back")}
        onCancel={onClose}
        send={async ({ reason }) => {
          const answer = api.POST("/api/v1/member-invoices/{invoice_id}/return", {
            params: { path: { invoice_id: invoice.id }, header: { "If-Match": etag } },
            body: { reason },
          });
          keep(await takeVersion(answer));
        }}
        onDone={() => {
          void message.success(t("done.send back"));
          onClose();
        }}
      >
        <ReasonField help={t("invoice.send_back.help")} needed={t("send_back.needed")} autoFocus />
      </ActionForm>
    </Modal>
  );
}
