import { App, Form, Select, Switch } from "antd";
import { type BankAccount, request } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ActionForm, Notice } from "@/shared/ui";
import { ProfileSelect } from "./parts.tsx";
import { ACCOUNTS, type Mapping, PARTS, useProfiles, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  account: BankAccount;
  etag: string;
}

/** What the columns of an account's statements are called, begun from what is known of a bank. */
export function Columns({ account, etag }: Props) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const { message } = App.useApp();
  const refresh = useRefresh();
  const profiles = useProfiles();
  const [form] = Form.useForm<Mapping>();
  const begin = (code: string) => {
    const profile = profiles.find((one) => one.code === code);
    if (profile) form.setFieldsValue({ encoding: "", day_order: "", ...profile.mapping } as never);
  };
  return (
    <ActionForm<Mapping>
      form={form}
      submit={w("save")}
      initialValues={{ encoding: "", day_order: "", ignore_balances: false, ...(account.mapping as Mapping) }}
      send={async (mapping) => {
        await request("PATCH", `${ACCOUNTS}/${account.id}`, {
          body: { mapping: { ...(account.mapping as Mapping), ...filled(mapping) } },
          etag,
        });
        await refresh();
      }}
      onDone={() => void message.success(t("saved"))}
    >
      <Notice>{t("columns.text")}</Notice>
      <Form.Item label={t("profile")} extra={t("profile.help")} htmlFor="columns-profile">
        <ProfileSelect id="columns-profile" onChange={begin} />
      </Form.Item>
      {PARTS.map((part) => (
        <Form.Item key={part} name={part} label={t(`part.${part}`)}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={["\n"]} />
        </Form.Item>
      ))}
      <Form.Item name="encoding" label={t("encoding")}>
        <Select
          options={["", "utf-8", "gb18030", "utf-16"].map((value) => ({
            value,
            label: value === "" ? t("encoding.found") : value.toUpperCase(),
          }))}
        />
      </Form.Item>
      <Form.Item name="day_order" label={t("day_order")}>
        <Select
          options={(["", "day_first", "month_first"] as const).map((value) => ({
            value,
            label: value === "" ? t("day_order.found") : t(`day_order.${value}`),
          }))}
        />
      </Form.Item>
      <Form.Item
        name="ignore_balances"
        label={t("ignore_balances")}
        extra={t("ignore_balances.help")}
        valuePropName="checked"
      >
        <Switch />
      </Form.Item>
    </ActionForm>
  );
}

/** A mapping with an empty list for each part that has no column. */
function filled(mapping: Mapping): Mapping {
  return { ...mapping, ...Object.fromEntries(PARTS.map((part) => [part, mapping[part] ?? []])) };
}
