import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { asProblem, keys, request, useMe, type Webhook, type WebhookDelivery } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ShownOnce } from "@/shared/secrets";
import { ListTable, type PageOf } from "@/shared/table";
import {
  ActionForm,
  Empty,
  Failure,
  type MenuAction,
  MoreMenu,
  Panel,
  Skeleton,
  type Standing,
  StateMark,
} from "@/shared/ui";
import styles from "./account.module.css";
import { texts } from "./texts.ts";

const PATH = "/api/v1/webhooks";

const DELIVERIES: Record<string, Standing> = {
  waiting: "attention",
  delivered: "fine",
  failed: "overdue",
  dropped: "closed",
};

interface WithSecret extends Webhook {
  secret: string;
}

function standingOf(hook: Webhook): { standing: Standing; key: "ended" | "disabled" | "open" } {
  if (hook.ended_at) return { standing: "closed", key: "ended" };
  return hook.disabled_at ? { standing: "overdue", key: "disabled" } : { standing: "fine", key: "open" };
}

/** Addresses of other programs that are called about what the acting seat may read. */
export function Webhooks() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const found = useQuery({
    queryKey: keys.list(PATH, { limit: 200 }),
    queryFn: ({ signal }) => request<PageOf<Webhook>>("GET", PATH, { query: { limit: 200 }, signal }),
    staleTime: 0,
  });
  const again = () => client.invalidateQueries({ queryKey: keys.lists(PATH) });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  return (
    <div className={styles.stack}>
      <Panel
        flush
        title={t("tab.webhooks")}
        extra={
          <Button size="small" onClick={() => setMaking(true)}>
            {t("hooks.add")}
          </Button>
        }
      >
        <ul className={styles.items}>
          <li className={styles.item}>
            <p className={styles.itemNote}>{t("hooks.note")}</p>
          </li>
          {found.isPending && (
            <li className={styles.item}>
              <Skeleton width="60%" />
            </li>
          )}
          {found.data?.items.length === 0 && <li className={styles.item}>{t("hooks.none")}</li>}
          {found.data?.items.map((hook) => (
            <HookLine key={hook.id} hook={hook} onSecret={setSecret} onChanged={again} />
          ))}
        </ul>
      </Panel>
      <Modal
        open={isMaking}
        title={t("hooks.add")}
        footer={null}
        width={480}
        destroyOnHidden
        onCancel={() => setMaking(false)}
      >
        <ActionForm<{ url: string; events: string[] }>
          submit={t("hooks.add")}
          onCancel={() => setMaking(false)}
          initialValues={{ events: ["*"] }}
          send={async (values) => {
            const made = await request<WithSecret>("POST", PATH, { body: values });
            setSecret(made.secret);
          }}
          onDone={() => {
            setMaking(false);
            void again();
          }}
        >
          <Form.Item
            name="url"
            label={t("hooks.url")}
            extra={t("hooks.url.help")}
            rules={[{ required: true, whitespace: true, message: t("hooks.url.needed") }]}
          >
            <Input maxLength={500} inputMode="url" placeholder="https://" autoFocus />
          </Form.Item>
          <Form.Item
            name="events"
            label={t("hooks.events")}
            extra={t("hooks.events.help")}
            rules={[{ required: true, message: t("hooks.events.needed") }]}
          >
            <Select
              mode="tags"
              tokenSeparators={[",", " "]}
              options={["*", "close_run", "sales_report", "membership", "charter_version", "licence"].map(
                (value) => ({ value }),
              )}
            />
          </Form.Item>
        </ActionForm>
      </Modal>
      <ShownOnce
        secret={secret}
        title={t("hooks.secret")}
        warning={t("hooks.secret.once")}
        copy={t("hooks.secret.copy")}
        onClose={() => setSecret(null)}
      />
    </div>
  );
}

interface LineProps {
  hook: Webhook;
  onSecret: (secret: string) => void;
  onChanged: () => Promise<unknown>;
}

function HookLine({ hook, onSecret, onChanged }: LineProps) {
  const t = useTexts(texts);
  const me = useMe();
  const { modal, message } = App.useApp();
  const [isShown, setShown] = useState(false);
  const { standing, key } = standingOf(hook);
  const isOwn = hook.seat_id === me.seat;
  const take = async (step: "test" | "secret" | "resumption" | "end") => {
    try {
      const answer = await request<Partial<WithSecret>>("POST", `${PATH}/${hook.id}/${step}`);
      if (answer.secret) onSecret(answer.secret);
      else void message.success(t(`hooks.${step}.done`));
      if (step === "test") setShown(true);
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await onChanged();
  };
  const end = async () => {
    const agreed = await modal.confirm({
      title: t("hooks.end.title"),
      content: hook.url,
      okText: t("hooks.end"),
      okButtonProps: { danger: true },
    });
    if (agreed) await take("end");
  };
  const menu: MenuAction[] = [
    { key: "deliveries", label: t("hooks.deliveries"), onClick: () => setShown(true) },
    { key: "test", label: t("hooks.test"), onClick: () => void take("test") },
    { key: "secret", label: t("hooks.secret.new"), onClick: () => void take("secret") },
    ...(hook.disabled_at
      ? [{ key: "resume", label: t("hooks.resume"), onClick: () => void take("resumption") }]
      : []),
  ];
  return (
    <li className={styles.item}>
      <div className={styles.itemText}>
        <p className={styles.itemTitle}>
          {hook.url} <StateMark standing={standing}>{t(`hooks.state.${key}`)}</StateMark>
        </p>
        <p className={styles.itemNote}>
          {hook.events.map((event) => (event === "*" ? t("hooks.all") : event)).join(", ")} ·{" "}
          <Instant at={hook.created_at} />
          {hook.disabled_reason && ` · ${hook.disabled_reason}`}
        </p>
      </div>
      {!hook.ended_at && (
        <>
          {isOwn && <MoreMenu items={menu} />}
          <Button size="small" danger onClick={() => void end()}>
            {t("hooks.end")}
          </Button>
        </>
      )}
      <Drawer
        open={isShown}
        onClose={() => setShown(false)}
        title={t("hooks.deliveries")}
        size={720}
        destroyOnHidden
      >
        <Deliveries hook={hook.id} />
      </Drawer>
    </li>
  );
}

function Deliveries({ hook }: { hook: string }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  return (
    <ListTable<WebhookDelivery>
      inner
      path={`${PATH}/${hook}/deliveries`}
      caption={t("hooks.deliveries")}
      defaultOrder="-created"
      nameOf={(row) => row.event}
      empty={<Empty title={t("hooks.deliveries.none")}>{t("hooks.deliveries.none.text")}</Empty>}
      columns={[
        { key: "event", title: t("hooks.event"), main: true, render: (row) => <code>{row.event}</code> },
        {
          key: "at",
          title: t("hooks.at"),
          order: "created",
          render: (row) => <Instant at={row.created_at} />,
        },
        {
          key: "state",
          title: w("state"),
          render: (row) => (
            <StateMark standing={DELIVERIES[row.state ?? ""] ?? "attention"}>
              {t.maybe(`hooks.delivery.${row.state}`)}
            </StateMark>
          ),
        },
        { key: "attempts", title: t("hooks.attempts"), numeric: true, render: (row) => row.attempts ?? 0 },
        {
          key: "answer",
          title: t("hooks.answer"),
          render: (row) => row.status_code ?? (row.error || "–"),
        },
      ]}
    />
  );
}
