import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input, Select, Upload } from "antd";
import { type ReactNode, useId, useState } from "react";
import {
  asProblem,
  type CloseRun,
  type Job,
  keys,
  type Licence,
  type Problem,
  request,
  useMe,
  useRoles,
} from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { JobProgress, useJob } from "@/shared/jobs";
import type { PageOf } from "@/shared/table";
import { Failure, FormProblem, Notice, Panel, Skeleton } from "@/shared/ui";
import { VersionChoice } from "../Rates.tsx";
import { Outcome } from "./Outcome.tsx";
import styles from "./simulator.module.css";
import { texts } from "./texts.ts";
import type { Result } from "./types.ts";

export interface Version {
  id: string;
  number: number;
  in_force_from: string;
  published_at?: string | null;
  rates?: readonly { [key: string]: unknown }[];
  content?: { [key: string]: unknown };
}

type Source = "close" | "invented" | "reports";

const HEADING = "month,product,made_in,sold_in,units,net_amount,currency";
const LONGEST = 2_000_000;

/** What terms would give: finance tries them with a past close, everybody else with sales of its own. */
export function Simulator({
  programme,
  currency,
  versions,
  present,
}: {
  programme: string;
  currency: string;
  versions: readonly Version[];
  present: Version | undefined;
}) {
  const t = useTexts(texts);
  const { job: jobId } = useSearch({ strict: false }) as { job?: string };
  const navigate = useNavigate();
  const open = (id: string | undefined) =>
    navigate({ to: ".", search: ((now: object) => ({ ...now, tab: "simulator", job: id })) as never });
  if (jobId) return <Tried jobId={jobId} onAgain={() => void open(undefined)} />;
  if (versions.length === 0) return <p>{t("no.versions")}</p>;
  return (
    <Asking
      programme={programme}
      currency={currency}
      versions={versions}
      present={present}
      onAsked={(job) => void open(job.id)}
    />
  );
}

function Asking({
  programme,
  currency,
  versions,
  present,
  onAsked,
}: {
  programme: string;
  currency: string;
  versions: readonly Version[];
  present: Version | undefined;
  onAsked: (job: Job) => void;
}) {
  const t = useTexts(texts);
  const roles = useRoles();
  const me = useMe();
  const isFinance = roles.has("finance");
  const own = me.seats.find((seat) => seat.id === me.seat)?.organisation;
  const closes = useCloses(programme, isFinance);
  const licences = useOwnLicences(programme, own, roles.has("licensee"));
  const sources: Source[] = [
    ...(isFinance ? (["close"] as const) : []),
    "invented",
    ...(licences.length > 0 ? (["reports"] as const) : []),
  ];
  const [source, setSource] = useState<Source>(sources[0] ?? "invented");
  const [version, setVersion] = useState(
    (versions.find((one) => one.id !== present?.id) ?? versions[0])?.id ?? "",
  );
  const [against, setAgainst] = useState(present?.id ?? versions.at(-1)?.id ?? "");
  const [close, setClose] = useState<string>();
  const [licence, setLicence] = useState<string>();
  const [period, setPeriod] = useState(String(new Date().getFullYear() - 1));
  const [sales, setSales] = useState(
    `${HEADING}\n${period}-01,${productOf(present ?? versions[0])},CN,CN,1000,100000,${currency}\n`,
  );
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const chosenClose = close ?? closes[0]?.id;
  const chosenLicence = licence ?? licences[0]?.id;
  const ask = async () => {
    setBusy(true);
    setProblem(null);
    const common = { terms_version_id: version, against_id: against === version ? null : against };
    try {
      const job =
        source === "close"
          ? await request<Job>("POST", `/api/v1/close-runs/${chosenClose}/simulations`, { body: common })
          : await request<Job>("POST", `/api/v1/programmes/${programme}/simulations`, {
              body: {
                ...common,
                period,
                use_reports: source === "reports",
                sales: source === "reports" ? "" : sales,
                ...(chosenLicence ? { licence_id: chosenLicence } : {}),
              },
            });
      onAsked(job);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel title={t("title")}>
      <p className={styles.note}>{t(isFinance ? "note.finance" : "note.own")}</p>
      <FormProblem problem={problem} others={(problem?.errors ?? []).map((error) => error.message)} />
      <div className={styles.asking}>
        <Labelled label={t("version")}>
          <VersionChoice versions={versions} value={version} onChange={setVersion} />
        </Labelled>
        <Labelled label={t("against")}>
          <VersionChoice versions={versions} value={against} onChange={setAgainst} />
        </Labelled>
        <Chosen
          label={t("source")}
          value={source}
          onChange={setSource}
          options={sources.map((one) => ({ value: one, label: t(`source.${one}`) }))}
        />
        {source === "close" && (
          <Chosen
            label={t("close")}
            value={chosenClose ?? ""}
            onChange={setClose}
            options={closes.map((run) => ({ value: run.id, label: `${run.period} · ${run.number}` }))}
          />
        )}
        {source !== "close" && <Typed label={t("period")} value={period} onChange={setPeriod} />}
        {source !== "close" && licences.length > 0 && (
          <Chosen
            label={t("licence")}
            value={chosenLicence ?? ""}
            onChange={setLicence}
            options={licences.map((one) => ({ value: one.id, label: one.code }))}
          />
        )}
      </div>
      {source === "invented" && <Invented value={sales} onChange={setSales} />}
      <Button
        type="primary"
        loading={busy}
        disabled={source === "close" && !chosenClose}
        onClick={() => void ask()}
      >
        {t("run")}
      </Button>
    </Panel>
  );
}

/** A product that a rate names, to begin with. */
function productOf(version: Version | undefined): string {
  const rates = version?.rates ?? version?.content?.rates;
  for (const rate of Array.isArray(rates) ? (rates as { products?: unknown }[]) : []) {
    if (Array.isArray(rate.products) && rate.products.length > 0) return String(rate.products[0]);
  }
  return "product";
}

/** Sales that somebody makes up: written here, or from a file that stays on this machine until it is tried. */
function Invented({ value, onChange }: { value: string; onChange: (sales: string) => void }) {
  const t = useTexts(texts);
  const id = useId();
  return (
    <div className={styles.sales}>
      <div className={styles.salesHead}>
        <label htmlFor={id}>{t("sales")}</label>
        <Upload
          accept=".csv,text/csv"
          showUploadList={false}
          beforeUpload={async (file) => {
            if (file.size <= LONGEST) onChange(await file.text());
            return Upload.LIST_IGNORE;
          }}
        >
          <Button size="small">{t("sales.file")}</Button>
        </Upload>
      </div>
      <Input.TextArea
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        rows={8}
        spellCheck={false}
      />
      <p className={styles.note}>{t("sales.help")}</p>
    </div>
  );
}

function Tried({ jobId, onAgain }: { jobId: string; onAgain: () => void }) {
  const t = useTexts(texts);
  const [problem, setProblem] = useState<Problem | null>(null);
  const first = useJob(jobId, true);
  const job = first.data;
  if (first.isError) return <Failure error={first.error} retry={() => void first.refetch()} />;
  if (job === undefined) return <Skeleton height={160} />;
  const again = <Button onClick={onAgain}>{t("again")}</Button>;
  if (job.state === "waiting" || job.state === "running") {
    return (
      <>
        <FormProblem problem={problem} others={[]} />
        <JobProgress
          jobId={jobId}
          label={t("title")}
          stageOf={() => ({ name: t("running") })}
          cancel={t("cancel")}
          onProblem={setProblem}
        />
      </>
    );
  }
  if (job.state !== "succeeded") {
    return (
      <Notice kind="overdue" action={again}>
        {job.error || t("failed")}
      </Notice>
    );
  }
  return <Outcome result={job.result as unknown as Result} job={job.id} again={again} />;
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={styles.field}>
      <span>{label}</span>
      {children}
    </div>
  );
}

function Typed({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <Input id={id} value={value} onChange={(event) => onChange(event.target.value.trim())} />
    </div>
  );
}

function Chosen<Value extends string>({
  label,
  value,
  onChange,
  options,
}: {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: { value: Value; label: string }[];
}) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <Select<Value> id={id} value={value} onChange={onChange} options={options} />
    </div>
  );
}

function useCloses(programme: string, enabled: boolean): readonly CloseRun[] {
  const query = { programme, limit: 100 };
  const found = useQuery({
    queryKey: keys.list("/api/v1/close-runs", query),
    queryFn: ({ signal }) => request<PageOf<CloseRun>>("GET", "/api/v1/close-runs", { query, signal }),
    enabled,
  });
  return (found.data?.items ?? []).filter((run) =>
    ["calculated", "approved", "posted"].includes(run.status ?? ""),
  );
}

function useOwnLicences(programme: string, own: string | undefined, enabled: boolean): readonly Licence[] {
  const query = { programme, limit: 100 };
  const found = useQuery({
    queryKey: keys.list("/api/v1/licences", query),
    queryFn: ({ signal }) => request<PageOf<Licence>>("GET", "/api/v1/licences", { query, signal }),
    enabled: enabled && own !== undefined,
    retry: false,
  });
  const inForce = ["in_force", "suspended", "expired", "terminated"];
  return (found.data?.items ?? []).filter(
    (licence) => licence.licensee_id === own && inForce.includes(licence.state ?? ""),
  );
}
