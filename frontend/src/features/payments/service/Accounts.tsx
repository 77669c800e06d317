import { Button, Collapse, Drawer } from "antd";
import { useState } from "react";
import type { StripeAccount } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn } from "@/shared/names";
import { Empty, Failure, Notice, Pairs, Panel, Skeleton, StateMark } from "@/shared/ui";
import { useCopy } from "@/shared/ui/copying";
import { PlusOutlined } from "@/shared/ui/icons";
import styles from "../payments.module.css";
import { ACCOUNT, ACCOUNTS, useKeptEntities } from "../queries.ts";
import { CloseForm, ConnectForm, KeysForm } from "./Forms.tsx";
import { texts } from "./texts.ts";

interface Asked {
  account: StripeAccount;
  step: "keys" | "close";
}

/** The accounts at the payment service, how each stands, and what is done with them; their secrets are never shown. */
export function ServiceAccounts() {
  const t = useTexts(texts);
  const [isConnecting, setConnecting] = useState(false);
  const [asked, ask] = useState<Asked | null>(null);
  const close = () => ask(null);
  const kept = useKeptEntities();
  const found = useEvery<StripeAccount>(ACCOUNTS, { order: "-opened" });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton />;
  const used = new Set(found.data.filter((one) => !one.closed_at).map((one) => one.operating_entity_id));
  const free = kept.filter((one) => !used.has(one.id));
  return (
    <>
      <Notice>{t("lead")}</Notice>
      {free.length > 0 && (
        <div className={styles.tools}>
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setConnecting(true)}>
            {t("connect")}
          </Button>
        </div>
      )}
      {found.data.length === 0 && <Empty title={t("none")}>{t("none.text")}</Empty>}
      <div className={styles.ways} style={{ marginTop: 16 }}>
        {found.data.map((account) => (
          <OneAccount key={account.id} account={account} ask={(step) => ask({ account, step })} />
        ))}
      </div>
      <Drawer
        open={isConnecting}
        onClose={() => setConnecting(false)}
        title={t("connect")}
        size={520}
        destroyOnHidden
      >
        <ConnectForm entities={free} onClose={() => setConnecting(false)} />
      </Drawer>
      <Drawer open={asked?.step === "keys"} onClose={close} title={t("change")} size={520} destroyOnHidden>
        {asked && <KeysForm account={asked.account} onClose={close} />}
      </Drawer>
      <Drawer open={asked?.step === "close"} onClose={close} title={t("close")} size={520} destroyOnHidden>
        {asked && <CloseForm account={asked.account} onClose={close} />}
      </Drawer>
    </>
  );
}

interface OneProps {
  account: StripeAccount;
  ask: (step: Asked["step"]) => void;
}

function OneAccount({ account, ask }: OneProps) {
  const t = useTexts(texts);
  const may = (step: string) => account.allowed_steps.includes(step);
  return (
    <Panel
      title={account.account_id}
      extra={
        <StateMark standing={account.closed_at ? "closed" : "fine"}>
          {account.closed_at ? t("closed") : t("connected")}
        </StateMark>
      }
    >
      <Troubles account={account} />
      <Standing account={account} />
      <div className={styles.row} style={{ margin: "16px 0 8px" }}>
        {may("change keys") && <Button onClick={() => ask("keys")}>{t("change")}</Button>}
        {may("close") && (
          <Button danger onClick={() => ask("close")}>
            {t("close")}
          </Button>
        )}
      </div>
      <Collapse
        ghost
        items={[
          {
            key: "history",
            label: t("history"),
            children: <HistoryTab subjectType={ACCOUNT} subjectId={account.id} />,
          },
        ]}
      />
    </Panel>
  );
}

/** What keeps payments from being known of, until something came since. */
function Troubles({ account }: { account: StripeAccount }) {
  const t = useTexts(texts);
  const heard = account.last_event_at ?? "";
  const isNewer = (at: string | null | undefined) => !!at && Date.parse(at) > (Date.parse(heard) || 0);
  return (
    <>
      {!account.closed_at && !account.has_webhook_secret && (
        <Notice kind="attention">{t("no_webhook.text")}</Notice>
      )}
      {isNewer(account.failed_at) && (
        <Notice kind="overdue">
          {t("failure.text")} {account.failure} (<Instant at={account.failed_at ?? ""} />)
        </Notice>
      )}
      {account.has_webhook_secret && isNewer(account.unsigned_at) && (
        <Notice kind="overdue">
          {t("unsigned.text")} (<Instant at={account.unsigned_at ?? ""} />)
        </Notice>
      )}
    </>
  );
}

function Standing({ account }: { account: StripeAccount }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const copy = useCopy();
  const entity = useKeptEntities().find((one) => one.id === account.operating_entity_id);
  const at = (moment: string | null | undefined, none: string) => (moment ? <Instant at={moment} /> : none);
  return (
    <Pairs
      pairs={[
        ...(entity ? [{ label: t("entity"), value: nameIn(language, entity) }] : []),
        { label: t("mode"), value: account.is_live ? t("live") : t("test") },
        { label: t("secret_key"), value: <Secret end={account.secret_key_end} has /> },
        {
          label: t("webhook_secret"),
          value: <Secret end={account.webhook_secret_end} has={account.has_webhook_secret} />,
        },
        ...(account.earlier_until && Date.parse(account.earlier_until) > Date.now()
          ? [{ label: t("earlier"), value: <Instant at={account.earlier_until} /> }]
          : []),
        {
          label: t("webhook_url"),
          value: (
            <span className={styles.row}>
              <code style={{ overflowWrap: "anywhere" }}>{account.webhook_url}</code>
              <Button size="small" aria-label={t("copy.url")} onClick={() => void copy(account.webhook_url)}>
                {t("copy")}
              </Button>
            </span>
          ),
        },
        { label: t("since"), value: <Instant at={account.opened_at} /> },
        { label: t("last_event"), value: at(account.last_event_at, t("last_event.none")) },
        {
          label: t("last_failure"),
          value: account.failed_at ? (
            <>
              <Instant at={account.failed_at} /> {account.failure}
            </>
          ) : (
            t("last_failure.none")
          ),
        },
        ...(account.unsigned_at
          ? [{ label: t("unsigned"), value: <Instant at={account.unsigned_at} /> }]
          : []),
        { label: t("under_way"), value: account.under_way },
        ...(account.closed_at
          ? [
              { label: t("closed_at"), value: <Instant at={account.closed_at} /> },
              { label: t("why"), value: account.closing_reason || "–" },
            ]
          : []),
      ]}
    />
  );
}

function Secret({ end, has }: { end: string; has: boolean }) {
  const t = useTexts(texts);
  if (!has) return t("missing");
  return end ? t("ends", { end }) : t("ends.unknown");
}
