import { useNavigate, useSearch } from "@tanstack/react-router";
import { App, Button, Checkbox, Form, Input, Radio, Select, Upload } from "antd";
import { useState } from "react";
import { asProblem, Intention, type Licence, type Problem, type ReportDraft, request } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { type Translate, useLanguage, useTexts } from "@/shared/i18n";
import { downloadFile } from "@/shared/table";
import { FormProblem, Notice, Page, Panel } from "@/shared/ui";
import { DRAFTS, sendDraft, shortOf, useRefresh, type Wanted } from "./queries.ts";
import styles from "./reports.module.css";
import { emptyLine, linesBySent, linesSent, type TypedLine, TypedLines } from "./TypedLines.tsx";
import { texts } from "./texts.ts";

type Way = "file" | "form" | "nil";

interface Values {
  licence_id: string;
  period: string;
  reason?: string;
}

/** A report in the making: a file, typed lines or nothing sold, checked and kept as a draft. */
export function Prepare() {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const [form] = Form.useForm<Values>();
  const licences = useEvery<Licence>("/api/v1/licences").data ?? [];
  const [way, setWay] = useState<Way>("file");
  const [file, setFile] = useState<File | null>(null);
  const [lines, setLines] = useState<TypedLine[]>(() => [emptyLine(), emptyLine(), emptyLine()]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [isEstimate, setIsEstimate] = useState(false);
  const [intention] = useState(() => new Intention());

  const send = async (values: Values) => {
    setBusy(true);
    setProblem(null);
    const wanted: Wanted = {
      ...values,
      period: values.period.trim(),
      supersedes_id: search.supersedes,
      replaces_id: search.replaces,
      ...(isEstimate && way !== "nil" ? { is_estimate: true } : {}),
    };
    const typed = linesSent(lines);
    const told = way === "file" ? [file?.name, file?.size, file?.lastModified] : typed;
    const key = intention.keyFor([wanted, way, told]);
    try {
      const draft =
        way === "form"
          ? await request<ReportDraft>("POST", `${DRAFTS}/typed`, { key, body: { ...wanted, lines: typed } })
          : await sendDraft(wanted, way === "file" ? file : null, key);
      intention.done();
      void message.success(t("checked"));
      await refresh();
      void navigate({ to: `/report-drafts/${draft.id}` });
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Page title={t("new")} trail={[{ label: t("title"), to: "/reports" }]}>
      <Form<Values>
        form={form}
        layout="vertical"
        className={styles.form ?? ""}
        requiredMark="optional"
        initialValues={{ licence_id: search.licence, period: search.period }}
        onFinish={(values) => void send(values)}
      >
        <Panel title={search.supersedes ? t("supersedes") : t("period")}>
          <Form.Item
            name="licence_id"
            label={t("licence")}
            rules={[{ required: true, message: t("licence.needed") }]}
          >
            <Select
              disabled={Boolean(search.supersedes)}
              options={licences.map((one) => ({ value: one.id, label: one.code }))}
            />
          </Form.Item>
          <Form.Item
            name="period"
            label={t("period")}
            extra={t("period.help")}
            rules={[{ required: true, message: t("period.needed") }]}
          >
            <Input maxLength={7} disabled={Boolean(search.supersedes)} />
          </Form.Item>
          {search.supersedes && (
            <Form.Item
              name="reason"
              label={t("reason")}
              rules={[{ required: true, whitespace: true, message: t("reason.needed") }]}
            >
              <Input.TextArea rows={2} maxLength={500} />
            </Form.Item>
          )}
        </Panel>
        <Panel title={t("way")} extra={<Templates valuesOf={() => form.getFieldsValue()} />}>
          <Form.Item>
            <Radio.Group
              value={way}
              onChange={(event) => setWay(event.target.value as Way)}
              options={(["file", "form", "nil"] as const).map((one) => ({
                value: one,
                label: t(`way.${one}`),
              }))}
            />
          </Form.Item>
          {way === "file" && <FileDrop file={file} onChange={setFile} />}
          {way === "form" && <TypedLines lines={lines} onChange={setLines} mistakes={mistakesOf(problem)} />}
          {way === "nil" ? (
            <Notice>{t("nil.text")}</Notice>
          ) : (
            <Form.Item extra={t("estimate.own.help")}>
              <Checkbox checked={isEstimate} onChange={(event) => setIsEstimate(event.target.checked)}>
                {t("estimate.own")}
              </Checkbox>
            </Form.Item>
          )}
        </Panel>
        <Mistakes problem={problem} typed={way === "form" ? linesBySent(lines) : null} />
        <Button
          type="primary"
          htmlType="submit"
          loading={busy}
          disabled={(way === "file" && !file) || (way === "form" && linesSent(lines).length === 0)}
        >
          {t("check")}
        </Button>
      </Form>
    </Page>
  );
}

function Templates({ valuesOf }: { valuesOf: () => Partial<Values> }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const { message } = App.useApp();
  const take = (as: "xlsx" | "csv") => {
    const { licence_id, period } = valuesOf();
    if (!licence_id) {
      void message.info(t("licence.needed"));
      return;
    }
    const query = { as, period: period?.trim(), language: shortOf(language) };
    void downloadFile(`/api/v1/licences/${licence_id}/report-template`, query, `report.${as}`).catch(
      (error: unknown) => message.error(asProblem(error).message),
    );
  };
  return (
    <span className={styles.row}>
      {(["xlsx", "csv"] as const).map((as) => (
        <Button key={as} size="small" onClick={() => take(as)}>
          {t(`template.${as}`)}
        </Button>
      ))}
    </span>
  );
}

function FileDrop({ file, onChange }: { file: File | null; onChange: (file: File) => void }) {
  const t = useTexts(texts);
  return (
    <>
      <Upload.Dragger
        accept=".csv,.xlsx,.xls,.parquet"
        maxCount={1}
        showUploadList={false}
        beforeUpload={(chosen) => {
          onChange(chosen);
          return false;
        }}
      >
        <p>{file ? `${file.name} · ${Math.ceil(file.size / 1024).toLocaleString()} KB` : t("file.drop")}</p>
      </Upload.Dragger>
      <p>{t("file.help")}</p>
    </>
  );
}

/** Mistakes in lines by line and column, as `3/units`; the text need not begin with the column's name in files. */
function mistakesOf(problem: Problem | null): ReadonlyMap<string, string> {
  return new Map(
    (problem?.errors ?? []).flatMap(({ pointer, message }) => {
      const [, place, column] = /^\/file\/(\d+\/(\w+))$/.exec(pointer) ?? [];
      if (!place) return [];
      return [
        [place, message.startsWith(`${column} `) ? message.slice(`${column} `.length) : message] as const,
      ];
    }),
  );
}

/** Where a line stands: files count their heading as line 1; in a form, lines that were left empty are not sent. */
function placeOf(
  t: Translate<"mistake.line" | "mistake.row">,
  line: number,
  typed: readonly number[] | null,
): string {
  return typed === null
    ? t("mistake.line", { line })
    : t("mistake.row", { row: (typed[line - 2] ?? line - 2) + 1 });
}

interface MistakesProps {
  problem: Problem | null;
  /** Where each line that was sent stands among those that are typed. */
  typed: readonly number[] | null;
}

function Mistakes({ problem, typed }: MistakesProps) {
  const t = useTexts(texts);
  const mistakes = [...mistakesOf(problem)];
  if (mistakes.length === 0) {
    return <FormProblem problem={problem} others={problem?.errors.map((error) => error.message) ?? []} />;
  }
  return (
    <Notice kind="overdue" alert>
      <p>{t("mistakes.title", { count: mistakes.length })}</p>
      <ul className={styles.mistakes}>
        {mistakes.map(([place, text]) => (
          <li key={`${place} ${text}`}>
            {placeOf(t, Number(place.split("/")[0]), typed)} · {t.maybe(place.split("/")[1] ?? "")} · {text}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
