import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Modal, Radio } from "antd";
import { useState } from "react";
import { type ApiToken, asProblem, keys, request } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import type { PageOf } from "@/shared/table";
import { ActionForm, Failure, Notice, Panel, Skeleton } from "@/shared/ui";
import styles from "./account.module.css";
import { texts } from "./texts.ts";

const PATH = "/api/v1/me/tokens";
const DAYS = 90;
const DAYS_AT_MOST = 365;

interface NewToken {
  name: string;
  days: number;
  read_only: boolean;
}

/** Keys for programs that use the API as this person, in the acting seat. */
export function Tokens() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { modal, message } = App.useApp();
  const [isMaking, setMaking] = useState(false);
  const [key, setKey] = useState<string | null>(null);
  const found = useQuery({
    queryKey: keys.lists(PATH),
    queryFn: ({ signal }) => request<PageOf<ApiToken>>("GET", PATH, { signal }),
    staleTime: 0,
  });
  const again = () => client.invalidateQueries({ queryKey: keys.lists(PATH) });
  const revoke = async (token: ApiToken) => {
    const agreed = await modal.confirm({
      title: t("tokens.revoke.title", { name: token.name }),
      content: t("tokens.revoke.text"),
      okText: t("tokens.revoke"),
      okButtonProps: { danger: true },
    });
    if (!agreed) return;
    try {
      await request("DELETE", `${PATH}/${token.id}`);
      void message.success(t("tokens.revoked"));
      await again();
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  return (
    <div className={styles.stack}>
      <Panel
        flush
        title={t("tab.tokens")}
        extra={
          <Button size="small" onClick={() => setMaking(true)}>
            {t("tokens.add")}
          </Button>
        }
      >
        <ul className={styles.items}>
          <li className={styles.item}>
            <p className={styles.itemNote}>{t("tokens.note")}</p>
          </li>
          {found.isPending && (
            <li className={styles.item}>
              <Skeleton width="60%" />
            </li>
          )}
          {found.data?.items.length === 0 && <li className={styles.item}>{t("tokens.none")}</li>}
          {found.data?.items.map((token) => (
            <li key={token.id} className={styles.item}>
              <div className={styles.itemText}>
                <p className={styles.itemTitle}>
                  {token.name} <code>{token.start}…</code>
                </p>
                <p className={styles.itemNote}>
                  {token.organisation_name} ·{" "}
                  {token.read_only ? t("tokens.scope.read") : t("tokens.scope.write")} · {t("tokens.until")}{" "}
                  <CalendarDay day={token.expires_at} /> · {t("tokens.used")}{" "}
                  {token.used_at ? <Instant at={token.used_at} relative /> : t("tokens.never")}
                </p>
              </div>
              <Button size="small" danger onClick={() => void revoke(token)}>
                {t("tokens.revoke")}
              </Button>
            </li>
          ))}
        </ul>
      </Panel>
      <Modal
        open={isMaking}
        title={t("tokens.add")}
        footer={null}
        width={440}
        destroyOnHidden
        onCancel={() => setMaking(false)}
      >
        <ActionForm<NewToken>
          submit={t("tokens.add")}
          initialValues={{ days: DAYS, read_only: true }}
          send={async (values, intention) => {
            const made = await request<ApiToken & { key: string }>("POST", PATH, {
              body: values,
              key: intention,
            });
            setKey(made.key);
          }}
          onDone={() => {
            setMaking(false);
            void again();
          }}
        >
          <Form.Item
            name="name"
            label={t("tokens.name")}
            extra={t("tokens.name.help")}
            rules={[{ required: true, whitespace: true, message: t("tokens.name") }]}
          >
            <Input maxLength={100} autoFocus />
          </Form.Item>
          <Form.Item name="read_only" label={t("tokens.scope")}>
            <Radio.Group
              options={[
                { value: true, label: t("tokens.scope.read") },
                { value: false, label: t("tokens.scope.write") },
              ]}
            />
          </Form.Item>
          <Form.Item
            name="days"
            label={t("tokens.days")}
            extra={t("tokens.until.help")}
            rules={[{ required: true }]}
          >
            <InputNumber min={1} max={DAYS_AT_MOST} />
          </Form.Item>
        </ActionForm>
      </Modal>
      <Modal
        open={key !== null}
        title={t("tokens.made")}
        footer={null}
        width={520}
        onCancel={() => setKey(null)}
      >
        <Notice kind="attention">{t("tokens.once")}</Notice>
        <code className={styles.token}>{key}</code>
        <Button onClick={() => void navigator.clipboard.writeText(key ?? "")}>{t("tokens.copy")}</Button>
      </Modal>
    </div>
  );
}
