import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { App, Button, Modal } from "antd";
import { useCallback, useRef, useState } from "react";
import { api, asProblem, keys, newKey, request, takeVersion, type WholeConnection } from "@/shared/api";
import { formatInstant, formatNumber, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { topicOf, useTopic } from "@/shared/realtime";
import { ActionForm, Facts, Notice, Page, PageTabs } from "@/shared/ui";
import { ConnectionFields, SecretFields } from "./fields.tsx";
import { ConnectionMark, useRhythm } from "./marks.tsx";
import { CONNECTION, CONNECTIONS, type Settings, type Told, useRefresh } from "./queries.ts";
import { Runs } from "./Runs.tsx";
import { texts } from "./texts.ts";

type Step = "pause" | "resumption" | "end" | "runs";
const MEGABYTE = 1_000_000;

/** One connection: what is asked and when, how it stands, and each time it was asked. */
export function Connection() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const refresh = useRefresh();
  const [open, setOpen] = useState<"edit" | "secret" | null>(null);
  const found = useSuspenseQuery({
    queryKey: keys.object(CONNECTIONS, id),
    queryFn: () =>
      takeVersion(
        api.GET("/api/v1/connections/{connection_id}", { params: { path: { connection_id: id } } }),
      ),
    refetchInterval: ({ state }) => (state.data?.data.is_under_way ? 2_000 : false),
  });
  // What a run changes comes by itself: nobody types on this page but in a dialogue of its own.
  useTopic(topicOf(CONNECTION, id), useFollowed(refresh));
  const { data, etag } = found.data;
  const may = (step: string) => data.allowed_steps.includes(step);
  const take = async (step: Step, done: string) => {
    try {
      await request("POST", `${CONNECTIONS}/${id}/${step}`, { key: newKey() });
      void message.success(done);
      await refresh();
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  const agreed = async (title: string, content: string, okText: string, step: Step) => {
    if (await modal.confirm({ title, content, okText, okButtonProps: { danger: step === "end" } }))
      await take(step, t("saved"));
  };
  return (
    <Page
      title={data.name}
      trail={[
        { label: t("imports"), to: "/imports" },
        { label: t("title"), to: "/connections" },
      ]}
      id={data.id}
      state={<ConnectionMark row={data} />}
      primary={
        may("run") ? (
          <Button
            type="primary"
            loading={data.is_under_way}
            onClick={() => void take("runs", t("run.asked"))}
          >
            {data.is_under_way ? t("run.under_way") : t("run")}
          </Button>
        ) : (
          may("resume") && (
            <Button
              type="primary"
              onClick={() => void agreed(t("resume"), t("resume.text"), t("resume"), "resumption")}
            >
              {t("resume")}
            </Button>
          )
        )
      }
      menu={[
        ...(may("end") ? [{ key: "edit", label: t("edit"), onClick: () => setOpen("edit") }] : []),
        ...(may("end") && data.has_secret
          ? [{ key: "secret", label: t("secret.replace"), onClick: () => setOpen("secret") }]
          : []),
        ...(may("pause")
          ? [{ key: "pause", label: t("pause"), onClick: () => void take("pause", t("saved")) }]
          : []),
        ...(may("end")
          ? [
              {
                key: "end",
                label: t("end"),
                danger: true,
                onClick: () => void agreed(t("end.title"), t("end.text"), t("end"), "end"),
              },
            ]
          : []),
      ]}
    >
      {data.paused_reason && <Notice kind="overdue">{data.paused_reason}</Notice>}
      {data.state === "on" && data.failing_since && (
        <Notice kind="overdue">
          {t("failing", { count: data.failures ?? 1, since: formatInstant(data.failing_since) })}
        </Notice>
      )}
      {data.folder && data.state !== "ended" && <Notice>{t("folder.text")}</Notice>}
      <Known found={data} />
      <PageTabs
        tabs={[
          { key: "runs", label: t("tab.runs"), children: <Runs connection={id} /> },
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={CONNECTION} subjectId={id} />,
          },
        ]}
      />
      <Edit found={data} etag={etag} open={open === "edit"} onClose={() => setOpen(null)} />
      <Secret id={id} open={open === "secret"} onClose={() => setOpen(null)} />
    </Page>
  );
}

/** Keeps one function for the life of the page that calls the latest one. */
function useFollowed(read: () => Promise<unknown>): () => void {
  const latest = useRef(read);
  latest.current = read;
  return useCallback(() => void latest.current(), []);
}

function Known({ found }: { found: WholeConnection }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const rhythm = useRhythm();
  const spoken = useSpoken();
  const settings = found.settings as Settings;
  const told = found.told as Told;
  const size = (bytes: number) => `${formatNumber(Math.round(bytes / MEGABYTE), language)} MB`;
  const asksFor = t.maybe(`ask_for.${settings.ask_for}`, {}, "–");
  return (
    <Facts
      facts={[
        { key: "kind", label: t("kind"), value: t.maybe(`kind.${found.kind}`) },
        { key: "rhythm", label: t("rhythm"), value: rhythm(found) },
        {
          key: "next",
          label: t("next"),
          value: found.next_run_at ? <Instant at={found.next_run_at} /> : "–",
        },
        {
          key: "taken",
          label: t("taken"),
          value: found.straight_in ? t("straight_in.yes") : t("straight_in.no"),
        },
        found.folder
          ? { key: "folder", label: t("folder"), value: <code>{found.folder}</code> }
          : {
              key: "ask_for",
              label: t("ask_for"),
              value: settings.country ? `${asksFor} (${settings.country})` : asksFor,
            },
        ...(found.kind === "epo_ops"
          ? [
              {
                key: "quota",
                label: t("quota"),
                value:
                  told.week_used === undefined || told.week_quota === undefined
                    ? t("quota.unknown")
                    : t("quota.left", {
                        left: size(Math.max(0, told.week_quota - told.week_used)),
                        used: size(told.week_used),
                      }),
                note: told.system ? t(`busy.${told.system}`) : undefined,
              },
            ]
          : []),
        { key: "keeper", label: t("keeper"), value: spoken(found.owner_name) },
      ]}
    />
  );
}

interface DialogueProps {
  open: boolean;
  onClose: () => void;
}

function Edit({ found, etag, open, onClose }: DialogueProps & { found: WholeConnection; etag: string }) {
  const t = useTexts(texts);
  return (
    <Modal open={open} title={t("edit")} footer={null} width={520} destroyOnHidden onCancel={onClose}>
      <EditForm found={found} etag={etag} onClose={onClose} />
    </Modal>
  );
}

interface EditProps {
  found: WholeConnection;
  etag: string;
  onClose: () => void;
}

function EditForm({ found, etag, onClose }: EditProps) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const { message } = App.useApp();
  const refresh = useRefresh();
  // The version whose values the form began with, whatever comes meanwhile.
  const [version] = useState(etag);
  return (
    <ActionForm<Partial<WholeConnection>>
      submit={w("save")}
      onCancel={onClose}
      initialValues={{
        name: found.name,
        settings: found.settings,
        every: found.every,
        on_day: found.on_day,
        at_hour: found.at_hour,
        straight_in: found.straight_in,
      }}
      send={async (body) => {
        await request("PATCH", `${CONNECTIONS}/${found.id}`, { body, etag: version });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("saved"));
        onClose();
      }}
    >
      <ConnectionFields kind={found.kind} />
    </ActionForm>
  );
}

function Secret({ id, open, onClose }: DialogueProps & { id: string }) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const refresh = useRefresh();
  return (
    <Modal
      open={open}
      title={t("secret.replace")}
      footer={null}
      width={520}
      destroyOnHidden
      onCancel={onClose}
    >
      <ActionForm<{ secret: Record<string, string> }>
        submit={t("secret.replace")}
        onCancel={onClose}
        send={async (body) => {
          await request("POST", `${CONNECTIONS}/${id}/secret`, { body });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("secret.done"));
          onClose();
        }}
      >
        <SecretFields />
      </ActionForm>
    </Modal>
  );
}
