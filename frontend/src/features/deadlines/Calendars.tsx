import { Form, Input } from "antd";
import { type CalendarFeed, type CalendarFeedWithAddress, request } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { Secrets } from "@/shared/secrets";
import { FEEDS } from "./queries.ts";
import { texts } from "./texts.ts";

/** Secret addresses at which calendar programs read the deadlines that the acting seat sees. */
export function Calendars() {
  const t = useTexts(texts);
  return (
    <Secrets<CalendarFeed, { name: string }>
      path={FEEDS}
      title={t("tab.calendar")}
      note={t("calendar.note")}
      none={t("calendar.none")}
      about={(feed) => (
        <>
          {t("calendar.read")} {feed.read_at ? <Instant at={feed.read_at} relative /> : t("calendar.never")}
        </>
      )}
      make={{
        label: t("calendar.add"),
        fields: (
          <Form.Item
            name="name"
            label={t("calendar.name")}
            extra={t("calendar.name.help")}
            rules={[{ required: true, whitespace: true, message: t("calendar.name") }]}
          >
            <Input maxLength={100} autoFocus />
          </Form.Item>
        ),
        send: async (body, key) =>
          (await request<CalendarFeedWithAddress>("POST", FEEDS, { body, key })).address,
      }}
      shown={{ title: t("calendar.made"), warning: t("calendar.once"), copy: t("calendar.copy") }}
      revoke={{
        label: t("calendar.revoke"),
        title: (name) => t("calendar.revoke.title", { name }),
        text: t("calendar.revoke.text"),
        done: t("calendar.revoked"),
        isDone: (feed) => feed.revoked_at !== null,
        send: (feed) => request("POST", `${FEEDS}/${feed.id}/revocation`, { key: `revoke-${feed.id}` }),
      }}
    />
  );
}
