import { Form, Input, InputNumber, Select, Switch } from "antd";
import { useLanguage, useTexts } from "@/shared/i18n";
import { weekdayIn } from "./marks.tsx";
import { QUESTIONS, RHYTHMS } from "./queries.ts";
import { texts } from "./texts.ts";

const WEEK = [1, 2, 3, 4, 5, 6, 7];

/** What is asked for, and when: the same for a new connection and one that is changed. */
export function ConnectionFields({ kind }: { kind: string }) {
  const t = useTexts(texts);
  const language = useLanguage();
  return (
    <>
      <Form.Item
        name="name"
        label={t("name")}
        rules={[{ required: true, whitespace: true, message: t("name.needed") }]}
      >
        <Input maxLength={200} />
      </Form.Item>
      {kind === "epo_ops" ? <Question /> : <Word />}
      <Form.Item required name="every" label={t("every")}>
        <Select options={RHYTHMS.map((value) => ({ value, label: t(`every.${value}`) }))} />
      </Form.Item>
      <Form.Item noStyle dependencies={["every"]}>
        {({ getFieldValue }) =>
          getFieldValue("every") === "week" ? (
            <Form.Item required name="on_day" label={t("on_day")}>
              <Select options={WEEK.map((value) => ({ value, label: weekdayIn(language, value) }))} />
            </Form.Item>
          ) : (
            getFieldValue("every") === "month" && (
              <Form.Item required name="on_day" label={t("on_day")} extra={t("on_day.help")}>
                <InputNumber min={1} max={28} precision={0} />
              </Form.Item>
            )
          )
        }
      </Form.Item>
      <Form.Item required name="at_hour" label={t("at_hour")} extra={t("at_hour.help")}>
        <InputNumber min={0} max={23} precision={0} />
      </Form.Item>
      <Form.Item
        required
        name="straight_in"
        label={t("straight_in")}
        extra={t("straight_in.help")}
        valuePropName="checked"
      >
        <Switch />
      </Form.Item>
    </>
  );
}

function Question() {
  const t = useTexts(texts);
  return (
    <>
      <Form.Item required name={["settings", "ask_for"]} label={t("ask_for")}>
        <Select options={QUESTIONS.map((value) => ({ value, label: t(`ask_for.${value}`) }))} />
      </Form.Item>
      <Form.Item noStyle dependencies={[["settings", "ask_for"]]}>
        {({ getFieldValue }) =>
          getFieldValue(["settings", "ask_for"]) === "country" && (
            <Form.Item
              name={["settings", "country"]}
              label={t("country")}
              extra={t("country.help")}
              normalize={(value: string) => value.toUpperCase()}
              rules={[{ required: true, len: 2, message: t("country.help") }]}
            >
              <Input maxLength={2} />
            </Form.Item>
          )
        }
      </Form.Item>
      <Form.Item required name={["settings", "legal"]} label={t("legal")} valuePropName="checked">
        <Switch />
      </Form.Item>
    </>
  );
}

function Word() {
  const t = useTexts(texts);
  return (
    <Form.Item required name={["settings", "source_kind"]} label={t("source_kind")}>
      <Select
        options={(["own", "office", "docket"] as const).map((value) => ({
          value,
          label: t(`source_kind.${value}`),
        }))}
      />
    </Form.Item>
  );
}

/** The credentials; nothing of them is ever shown again, and no browser is to remember them. */
export function SecretFields() {
  const t = useTexts(texts);
  const rules = [{ required: true, whitespace: true, message: t("secret.needed") }];
  return (
    <>
      <Form.Item name={["secret", "key"]} label={t("key")} rules={rules}>
        <Input maxLength={500} autoComplete="off" />
      </Form.Item>
      <Form.Item name={["secret", "secret"]} label={t("secret")} extra={t("secret.help")} rules={rules}>
        <Input.Password maxLength={500} autoComplete="new-password" />
      </Form.Item>
    </>
  );
}
