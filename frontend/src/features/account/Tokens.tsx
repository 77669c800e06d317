import { Form, Input, InputNumber, Radio } from "antd";
import { type ApiToken, request } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { Secrets } from "@/shared/secrets";
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
  return (
    <div className={styles.stack}>
      <Secrets<ApiToken, NewToken>
        path={PATH}
        title={t("tab.tokens")}
        note={t("tokens.note")}
        none={t("tokens.none")}
        about={(token) => (
          <>
            {token.organisation_name} · {token.read_only ? t("tokens.scope.read") : t("tokens.scope.write")} ·{" "}
            {t("tokens.until")} <CalendarDay day={token.expires_at} /> · {t("tokens.used")}{" "}
            {token.used_at ? <Instant at={token.used_at} relative /> : t("tokens.never")}
          </>
        )}
        make={{
          label: t("tokens.add"),
          initialValues: { days: DAYS, read_only: true },
          fields: <Fields />,
          send: async (body, key) =>
            (await request<ApiToken & { key: string }>("POST", PATH, { body, key })).key,
        }}
        shown={{ title: t("tokens.made"), warning: t("tokens.once"), copy: t("tokens.copy") }}
        revoke={{
          label: t("tokens.revoke"),
          title: (name) => t("tokens.revoke.title", { name }),
          text: t("tokens.revoke.text"),
          done: t("tokens.revoked"),
          send: (token) => request("DELETE", `${PATH}/${token.id}`),
        }}
      />
    </div>
  );
}

function Fields() {
  const t = useTexts(texts);
  return (
    <>
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
    </>
  );
}
