import { useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Switch } from "antd";
import { useCallback, useEffect, useRef } from "react";
import { keys, type WholeImport } from "@/shared/api";
import { formatNumber, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useLanguage, useTexts } from "@/shared/i18n";
import { JobProgress } from "@/shared/jobs";
import { useSpoken } from "@/shared/names";
import { topicOf, useTopic } from "@/shared/realtime";
import { Facts, FormProblem, Notice, Page, PageTabs } from "@/shared/ui";
import { Columns } from "./Columns.tsx";
import { Owners } from "./Owners.tsx";
import { chosenIn, isWorking, SUBJECT, toldOf, useImport, useSteps } from "./queries.ts";
import { Reading } from "./Reading.tsx";
import { Rows } from "./Rows.tsx";
import { ImportMark } from "./state.tsx";
import { texts } from "./texts.ts";

/** One file of another system: what it was taken for, what its rows would do, and what became of it. */
export function Import() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const { modal } = App.useApp();
  const found = useImport(id);
  const { data } = found;
  const steps = useSteps(id);
  useFollowed(id, () => void found.refetch());
  usePatentsAnew(data.state);
  const may = (step: string) => data.allowed_steps.includes(step);
  const takeBack = () =>
    modal.confirm({
      title: t("undo.sure"),
      content: t("undo.what"),
      okText: t("undo"),
      okButtonProps: { danger: true },
      onOk: () => steps.step("undoing"),
    });
  return (
    <Page
      title={data.file_name}
      trail={[
        { label: t("patents"), to: "/patents" },
        { label: t("title"), to: "/imports" },
      ]}
      id={data.id}
      state={<ImportMark state={data.state} />}
      primary={
        may("begin") ? (
          <Button
            type="primary"
            loading={steps.busy}
            disabled={changing(data) === 0}
            onClick={() => void steps.step("application")}
          >
            {t("apply")}
          </Button>
        ) : (
          may("begin undoing") && (
            <Button loading={steps.busy} onClick={takeBack}>
              {t("undo")}
            </Button>
          )
        )
      }
      menu={
        may("discard")
          ? [
              {
                key: "discard",
                label: t("discard"),
                danger: true,
                onClick: () => void steps.step("discarding"),
              },
            ]
          : []
      }
    >
      <FormProblem problem={steps.problem} />
      {data.detail && <Notice kind="overdue">{data.detail}</Notice>}
      {data.state === "imported" && <Notice kind="fine">{t("applied.text")}</Notice>}
      {data.state === "checked" && changing(data) === 0 && <Notice>{t("nothing.new")}</Notice>}
      {isWorking(data) ? (
        <JobProgress
          jobId={data.job_id ?? null}
          label={t("progress")}
          cancel={t("progress.cancel")}
          onProblem={steps.setProblem}
          stageOf={() => ({ name: t.maybe(`stage.${data.state}`), part: 0.1 })}
        />
      ) : (
        <Known found={data} />
      )}
      {may("begin") && (data.counts.doubtful ?? 0) > 0 && (
        <Notice
          kind="attention"
          action={
            <Switch
              checked={Boolean(chosenIn(data).take_doubtful)}
              loading={steps.busy}
              onChange={(take) => void steps.step("choices", { choices: { take_doubtful: take || null } })}
              aria-label={t("doubtful.take")}
            />
          }
        >
          {t("doubtful.text", { count: data.counts.doubtful ?? 0 })} {t("doubtful.take")}
        </Notice>
      )}
      {may("begin") && (toldOf(data).patents_without_owner ?? 0) > 0 && (
        <Notice kind="attention">
          {t("owners.without", { count: toldOf(data).patents_without_owner ?? 0 })}{" "}
          <Link to="." search={{ tab: "owners" } as never}>
            {t("owners.choose")}
          </Link>
        </Notice>
      )}
      <PageTabs
        tabs={[
          ...(data.state === "refused" || data.state === "discarded"
            ? []
            : [{ key: "rows", label: t("tab.rows"), children: <Rows found={data} /> }]),
          ...(toldOf(data).columns
            ? [{ key: "columns", label: t("tab.columns"), children: <Columns found={data} steps={steps} /> }]
            : []),
          { key: "read", label: t("tab.read"), children: <Reading found={data} steps={steps} /> },
          {
            key: "owners",
            label: t("tab.owners"),
            children: <Owners key={data.state} found={data} steps={steps} />,
          },
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

/** How many rows would change something. */
function changing(found: WholeImport): number {
  const { counts } = found;
  return (counts.new ?? 0) + (counts.changed ?? 0) + (counts.doubtful ?? 0);
}

function Known({ found }: { found: WholeImport }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const spoken = useSpoken();
  const told = toldOf(found);
  const profile = found.profiles.find((one) => one.code === told.profile);
  return (
    <Facts
      facts={[
        {
          key: "profile",
          label: t("profile"),
          value: profile
            ? language === "en"
              ? profile.name_en
              : profile.name_zh
            : t.maybe(`kind.${told.kind}`, {}, "–"),
          note: profile && !profile.verified ? t("unverified") : undefined,
        },
        {
          key: "size",
          label: t("size"),
          value: `${formatNumber(Math.ceil(found.file_size / 1024), language)} KB`,
        },
        { key: "by", label: t("by"), value: spoken(found.created_by_name ?? "") || t("by.server") },
        { key: "at", label: t("at"), value: <Instant at={found.created_at} /> },
      ]}
    />
  );
}

/** Reads an import anew whenever something about it is told. */
function useFollowed(id: string, read: () => void): void {
  const latest = useRef(read);
  latest.current = read;
  const changed = useCallback(() => latest.current(), []);
  useTopic(topicOf(SUBJECT, id), changed);
}

/** Has the lists of patents read anew once a file was taken in or back. */
function usePatentsAnew(state: string | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (state === "imported" || state === "undone") {
      void client.invalidateQueries({ queryKey: keys.lists("/api/v1/patents"), refetchType: "none" });
    }
  }, [client, state]);
}
