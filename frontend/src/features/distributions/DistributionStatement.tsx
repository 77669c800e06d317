import { useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { asProblem, type DistributionStatementDetail, keys, type Problem, request } from "@/shared/api";
import { Amount, CalendarDay, Figure, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { DownloadMenu } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { downloadFile } from "@/shared/table";
import { ActionForm, Facts, FormProblem, Notice, Page, Pairs, Panel } from "@/shared/ui";
import { DownloadOutlined } from "@/shared/ui/icons";
import { Breakdown } from "./Breakdown.tsx";
import { nameOf } from "./Distributions.tsx";
import styles from "./distributions.module.css";
import { MemberInvoiceMark, ObjectionMark, RunMark, usePayeeName } from "./marks.tsx";
import { ITEM, OBJECTIONS, STATEMENTS, useObjections, useStatement } from "./queries.ts";
import { texts } from "./texts/index.ts";

interface Props {
  statement: DistributionStatementDetail;
}

/** What one payee got by one distribution: its balance, the proof of it, and how to object. */
export function DistributionStatement() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const payeeName = usePayeeName();
  const found = useStatement(id);
  const live = useLive(ITEM, id);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isObjecting, setObjecting] = useState(false);
  const { data } = found;
  const { currency } = data;
  return (
    <Page
      title={nameOf(data)}
      subtitle={payeeName(data)}
      trail={[{ label: t("statements"), to: "/distribution-statements" }]}
      id={data.id}
      state={<RunMark run={{ status: data.status as "released", calculation: "done" }} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={<Download statement={data} onProblem={setProblem} />}
    >
      <FormProblem problem={problem} />
      {data.amount_minor < 0 && <Notice kind="attention">{t("claw_back")}</Notice>}
      <Facts
        facts={[
          {
            key: "opening",
            label: t("opening"),
            value: <Amount minor={data.opening_minor ?? 0} currency={currency} />,
          },
          {
            key: "amount",
            label: t("amount.this"),
            value: <Amount minor={data.amount_minor} currency={currency} />,
          },
          ...(data.withholding
            ? [
                {
                  key: "tax",
                  label: t("tax"),
                  value: <Amount minor={-data.withholding.tax_minor} currency={currency} />,
                  note: (
                    <>
                      <Figure value={Number(data.withholding.percent)} /> %
                    </>
                  ),
                },
                {
                  key: "net",
                  label: t("net"),
                  value: <Amount minor={data.net_minor} currency={currency} />,
                },
              ]
            : []),
          {
            key: "closing",
            label: t("closing"),
            value: <Amount minor={data.closing_minor} currency={currency} />,
          },
          { key: "through", label: t("through"), value: <CalendarDay day={data.through_on} /> },
          {
            key: "until",
            label: t("objections_until"),
            value: data.objections_until ? <CalendarDay day={data.objections_until} /> : "–",
          },
        ]}
      />
      <div className={styles.panels}>
        <Breakdown statement={data} />
        <Proof statement={data} onProblem={setProblem} />
        {data.tax_invoice && (
          <Panel
            title={t("invoice.panel")}
            note={
              data.tax_invoice.state === "exempt"
                ? t("invoice.panel.waived", { reason: data.tax_invoice.waiver_reason })
                : t("invoice.panel.note")
            }
          >
            <MemberInvoiceMark state={data.tax_invoice.state} />{" "}
            <Link to={`/member-invoices/${data.tax_invoice.id}`}>{t("invoice.panel.open")}</Link>
          </Panel>
        )}
        {data.withholding && (
          <Panel title={t("tax.panel")} note={t("tax.note")}>
            <Link to={`/withholdings/${data.withholding.id}`}>{t("tax.open")}</Link>
          </Panel>
        )}
        {data.conversions.length > 0 && (
          <Panel title={t("converted")} note={t("converted.note")}>
            <Pairs
              pairs={data.conversions.map((row) => ({
                label: <CalendarDay day={row.rate_on} />,
                value: (
                  <>
                    <Amount minor={row.source_minor} currency={row.source_currency} /> →{" "}
                    <Link to={`/conversions/${row.id}`}>
                      <Amount minor={row.target_minor} currency={row.target_currency} />
                    </Link>
                    <div className={styles.code}>
                      {`1 ${row.source_currency} = ${row.rate} ${row.target_currency} · ${row.rate_source}`}
                    </div>
                  </>
                ),
              }))}
            />
          </Panel>
        )}
        <ObjectionsPanel statement={data} onObject={() => setObjecting(true)} />
        <Panel title={t("about")}>
          <Pairs
            pairs={[
              {
                label: t("programme"),
                value: <Link to={`/programmes/${data.programme_id}`}>{data.programme_code}</Link>,
              },
              { label: t("periods"), value: data.periods.join("  ") || "–" },
              { label: t("at.released"), value: <Instant at={data.released_at} /> },
            ]}
          />
        </Panel>
      </div>
      {isObjecting && <ObjectDialogue statement={data} onClose={() => setObjecting(false)} />}
    </Page>
  );
}

const FORMS = [
  { key: "pdf.zh", as: "pdf", language: "zh" },
  { key: "pdf.en", as: "pdf", language: "en" },
  { key: "xlsx.zh", as: "xlsx", language: "zh" },
  { key: "xlsx.en", as: "xlsx", language: "en" },
  { key: "csv.zh", as: "csv", language: "zh" },
  { key: "csv.en", as: "csv", language: "en" },
  { key: "json", as: "json", language: "en" },
] as const;

function Download({ statement, onProblem }: Props & { onProblem: (problem: Problem | null) => void }) {
  const t = useTexts(texts);
  return (
    <DownloadMenu
      path={`${STATEMENTS}/${statement.id}/document`}
      name={nameOf(statement)}
      forms={FORMS.map((form) => ({ ...form, label: t(`download.${form.key}`) }))}
      onProblem={onProblem}
    />
  );
}

/** The proof that the amount is one of those published, and how to check it; or why it is not to be had. */
function Proof({ statement, onProblem }: Props & { onProblem: (problem: Problem | null) => void }) {
  const t = useTexts(texts);
  const take = () => {
    onProblem(null);
    void downloadFile(`${STATEMENTS}/${statement.id}/proof`, {}, `${nameOf(statement)}-proof.json`).catch(
      (error: unknown) => onProblem(asProblem(error)),
    );
  };
  const can = statement.allowed_steps.includes("take proof");
  return (
    <Panel title={t("proof")} note={t("proof.note")}>
      {statement.proof_withheld && statement.released_at ? (
        <Notice>{t.maybe(`proof.${statement.proof_withheld}`)}</Notice>
      ) : (
        <ol className={styles.how}>
          <li>{t("proof.step.file")}</li>
          <li>
            {t("proof.step.check")} <code>lianchi verify-statement FILE</code>
          </li>
          <li>{t("proof.step.compare")}</li>
        </ol>
      )}
      {statement.fingerprint && (
        <Pairs
          pairs={[
            {
              label: t("fingerprint"),
              value: <code className={styles.fingerprint}>{statement.fingerprint}</code>,
            },
          ]}
        />
      )}
      {can && (
        <div className={styles.take}>
          <Button icon={<DownloadOutlined />} onClick={take}>
            {t("proof.take")}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function ObjectionsPanel({ statement, onObject }: Props & { onObject: () => void }) {
  const t = useTexts(texts);
  const rows = useObjections(statement.id).data?.items ?? [];
  const can = statement.allowed_steps.includes("object");
  if (!can && rows.length === 0) return null;
  return (
    <Panel title={t("objections")} note={t("objections.note")}>
      {rows.length > 0 && (
        <Pairs
          pairs={rows.map((row) => ({
            label: <Instant at={row.raised_at} />,
            value: (
              <>
                <Link to={`/objections/${row.id}`}>{row.text}</Link>{" "}
                <ObjectionMark state={row.state ?? "raised"} />
              </>
            ),
          }))}
        />
      )}
      {can && <Button onClick={onObject}>{t("object")}</Button>}
    </Panel>
  );
}

function ObjectDialogue({ statement, onClose }: Props & { onClose: () => void }) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  return (
    <Modal open onCancel={onClose} title={t("object")} footer={null} destroyOnHidden>
      <ActionForm<{ text: string }>
        submit={t("object")}
        onCancel={onClose}
        send={async (body, key) => {
          await request("POST", `${STATEMENTS}/${statement.id}/objections`, { key, body });
          await client.invalidateQueries({ queryKey: keys.lists(OBJECTIONS) });
          await client.invalidateQueries({ queryKey: keys.object(STATEMENTS, statement.id) });
        }}
        onDone={() => {
          void message.success(t("object.done"));
          onClose();
        }}
      >
        <Form.Item
          name="text"
          label={t("object.label")}
          extra={t("object.help")}
          rules={[{ required: true, whitespace: true, message: t("object.needed") }]}
        >
          <Input.TextArea rows={5} maxLength={2000} autoFocus />
        </Form.Item>
      </ActionForm>
    </Modal>
  );
}
