import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { asProblem, type CalendarFeed, type CalendarFeedWithAddress, keys, request } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import type { PageOf } from "@/shared/table";
import { ActionForm, Failure, Notice, Panel, Skeleton, StateMark } from "@/shared/ui";
import styles from "./deadlines.module.css";
import { FEEDS } from "./queries.ts";
import { texts } from "./texts.ts";

/** Secret addresses at which calendar programs read the deadlines that the acting seat sees. */
export function Calendars() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { modal, message } = App.useApp();
  const [isMaking, setMaking] = useState(false);
  const [address, setAddress] = useState<string | null>(null);
  const found = useQuery({
    queryKey: keys.lists(FEEDS),
    queryFn: ({ signal }) => request<PageOf<CalendarFeed>>("GET", FEEDS, { signal }),
    staleTime: 0,
  });
  const again = () => client.invalidateQueries({ queryKey: keys.lists(FEEDS) });
  const revoke = async (feed: CalendarFeed) => {
    const agreed = await modal.confirm({
      title: t("calendar.revoke.title", { name: feed.name }),
      content: t("calendar.revoke.text"),
      okText: t("calendar.revoke"),
      okButtonProps: { danger: true },
    });
    if (!agreed) return;
    try {
      await request("POST", `${FEEDS}/${feed.id}/revocation`, { key: `revoke-${feed.id}` });
      void message.success(t("calendar.revoked"));
      await again();
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  return (
    <>
      <Panel
        flush
        title={t("tab.calendar")}
        extra={
          <Button size="small" onClick={() => setMaking(true)}>
            {t("calendar.add")}
          </Button>
        }
      >
        <ul className={styles.items}>
          <li>
            <p className={styles.note}>{t("calendar.note")}</p>
          </li>
          {found.isPending && (
            <li>
              <Skeleton width="60%" />
            </li>
          )}
          {found.data?.items.length === 0 && <li>{t("calendar.none")}</li>}
          {found.data?.items.map((feed) => (
            <li key={feed.id}>
              <div>
                <p>
                  {feed.name} <code>{feed.start}…</code>
                </p>
                <p className={styles.note}>
                  {t("calendar.read")}{" "}
                  {feed.read_at ? <Instant at={feed.read_at} relative /> : t("calendar.never")}
                </p>
              </div>
              {feed.revoked_at ? (
                <StateMark standing="closed">{t("calendar.is_revoked")}</StateMark>
              ) : (
                <Button size="small" danger onClick={() => void revoke(feed)}>
                  {t("calendar.revoke")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </Panel>
      <Modal
        open={isMaking}
        title={t("calendar.add")}
        footer={null}
        width={440}
        destroyOnHidden
        onCancel={() => setMaking(false)}
      >
        <ActionForm<{ name: string }>
          submit={t("calendar.add")}
          send={async (body, key) => {
            const made = await request<CalendarFeedWithAddress>("POST", FEEDS, { body, key });
            setAddress(made.address);
          }}
          onDone={() => {
            setMaking(false);
            void again();
          }}
        >
          <Form.Item
            name="name"
            label={t("calendar.name")}
            extra={t("calendar.name.help")}
            rules={[{ required: true, whitespace: true, message: t("calendar.name") }]}
          >
            <Input maxLength={100} autoFocus />
          </Form.Item>
        </ActionForm>
      </Modal>
      <Modal
        open={address !== null}
        title={t("calendar.made")}
        footer={null}
        width={560}
        onCancel={() => setAddress(null)}
      >
        <Notice kind="attention">{t("calendar.once")}</Notice>
        <code className={styles.address}>{address}</code>
        <Button onClick={() => void navigator.clipboard.writeText(address ?? "")}>
          {t("calendar.copy")}
        </Button>
      </Modal>
    </>
  );
}
