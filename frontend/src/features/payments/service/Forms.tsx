import { App, Form, Input, Select } from "antd";
import { type OperatingEntity, request, type StripeAccount } from "@/shared/api";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn } from "@/shared/names";
import { ActionForm, Notice, ReasonField } from "@/shared/ui";
import { ACCOUNTS, useRefresh } from "../queries.ts";
import { texts } from "./texts.ts";

const HOURS = [24, 48, 72, 0] as const;

interface Keys {
  secret_key?: string;
  webhook_secret?: string;
  publishable_key?: string;
}

/** What was typed, without blanks; what is blank is left out. */
function sent<Values extends object>(values: Values): Values {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === "string" ? value.trim() : value,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== "" && value !== undefined)) as Values;
}

/** Fields of which nothing is ever shown again, and which no browser is to remember. */
function SecretItem({
  name,
  help,
  needed,
}: {
  name: "secret_key" | "webhook_secret";
  help?: string;
  needed?: string;
}) {
  const t = useTexts(texts);
  return (
    <Form.Item
      name={name}
      label={t(name)}
      extra={help}
      rules={needed ? [{ required: true, whitespace: true, message: needed }] : []}
    >
      <Input.Password maxLength={255} autoComplete="new-password" />
    </Form.Item>
  );
}

export function ConnectForm({
  entities,
  onClose,
}: {
  entities: readonly OperatingEntity[];
  onClose: () => void;
}) {
  const t = useTexts(texts);
  const language = useLanguage();
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <ActionForm<Keys & { operating_entity_id?: string; account_id: string }>
      submit={t("connect")}
      onCancel={onClose}
      send={async (values, key) => {
        // Where there is one entity, there is nothing to choose.
        const body = { operating_entity_id: entities[0]?.id, ...sent(values) };
        await request("POST", ACCOUNTS, { key, body });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("done"));
        onClose();
      }}
    >
      {entities.length > 1 && (
        <Form.Item
          name="operating_entity_id"
          label={t("entity")}
          rules={[{ required: true, message: t("entity.needed") }]}
        >
          <Select options={entities.map((one) => ({ value: one.id, label: nameIn(language, one) }))} />
        </Form.Item>
      )}
      <Form.Item
        name="account_id"
        label={t("account")}
        extra={t("account.help")}
        rules={[{ required: true, whitespace: true, message: t("account.needed") }]}
      >
        <Input maxLength={64} autoComplete="off" />
      </Form.Item>
      <SecretItem name="secret_key" help={t("secret_key.help")} needed={t("secret_key.needed")} />
      <SecretItem name="webhook_secret" help={t("webhook_secret.help")} />
      <Form.Item name="publishable_key" label={t("publishable_key")} extra={t("publishable_key.help")}>
        <Input maxLength={255} autoComplete="off" />
      </Form.Item>
    </ActionForm>
  );
}

interface FormProps {
  account: StripeAccount;
  onClose: () => void;
}

export function KeysForm({ account, onClose }: FormProps) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <ActionForm<Keys & { both_for_hours: number }>
      submit={t("change")}
      onCancel={onClose}
      initialValues={{ both_for_hours: HOURS[0] }}
      send={async (values, key) => {
        await request("POST", `${ACCOUNTS}/${account.id}/keys`, { key, body: sent(values) });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("changed"));
        onClose();
      }}
    >
      <Notice>{t("change.text")}</Notice>
      <SecretItem name="secret_key" help={t("change.stays")} />
      <SecretItem name="webhook_secret" help={t("change.stays")} />
      {account.has_webhook_secret && (
        <Form.Item required name="both_for_hours" label={t("hours")}>
          <Select
            options={HOURS.map((value) => ({
              value,
              label: value === 0 ? t("hours.0") : t("hours.some", { count: value }),
            }))}
          />
        </Form.Item>
      )}
      <Form.Item name="publishable_key" label={t("publishable_key")} extra={t("change.stays")}>
        <Input maxLength={255} autoComplete="off" />
      </Form.Item>
    </ActionForm>
  );
}

export function CloseForm({ account, onClose }: FormProps) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <ActionForm<{ reason: string }>
      danger
      submit={t("close")}
      onCancel={onClose}
      send={async (body, key) => {
        await request("POST", `${ACCOUNTS}/${account.id}/closing`, { key, body });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("done.closed"));
        onClose();
      }}
    >
      <Notice kind="attention">{t("close.text", { count: account.under_way })}</Notice>
      <ReasonField help={t("close.help")} needed={t("close.needed")} />
    </ActionForm>
  );
}
