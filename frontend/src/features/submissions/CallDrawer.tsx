import { useNavigate } from "@tanstack/react-router";
import { App, Drawer, Form, Input, InputNumber, Select } from "antd";
import { type Call, type Pool, request } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { ActionForm } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { CALLS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  open: boolean;
  /** The draft that is changed, with the tag of what was read; without it, a call is begun. */
  edited?: { data: Call; etag: string };
  onClose: () => void;
}

interface Values {
  pool_id?: string;
  title_zh?: string;
  title_en?: string;
  standard: string;
  audience: "public" | "members";
  text_zh?: string;
  text_en?: string;
  opens_on?: string | null;
  submit_by_on?: string | null;
  evaluation_days: number;
  reevaluation_days: number;
  appeal_days: number;
}

/** The draft of a call: for what, from when to when, for whom, and how long everything may take. */
export function CallDrawer({ open, edited, onClose }: Props) {
  const t = useTexts(texts);
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={edited ? t("call.edit") : t("call.new")}
      size={720}
      destroyOnHidden
    >
      <CallForm onClose={onClose} {...(edited ? { edited } : {})} />
    </Drawer>
  );
}

const LIMITS = ["evaluation_days", "reevaluation_days", "appeal_days"] as const;

function CallForm({ edited, onClose }: Omit<Props, "open">) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const navigate = useNavigate();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const opens = Form.useWatch("opens_on", form);
  const send = async (values: Values, key: string) => {
    if (edited) {
      await request("PATCH", `${CALLS}/${edited.data.id}`, { body: values, etag: edited.etag });
      await refresh();
      return;
    }
    const made = await request<Call>("POST", CALLS, { key, body: values });
    await refresh();
    void navigate({ to: `/calls/${made.id}` });
  };
  const begun: Partial<Values> = edited
    ? { ...edited.data }
    : {
        audience: "members",
        opens_on: todayHere(),
        evaluation_days: 60,
        reevaluation_days: 30,
        appeal_days: 30,
      };
  return (
    <ActionForm<Values>
      form={form}
      send={send}
      submit={w("save")}
      onCancel={onClose}
      onDone={() => {
        void message.success(t("call.saved"));
        onClose();
      }}
      initialValues={begun}
    >
      {!edited && (
        <Form.Item name="pool_id" label={t("pool")} rules={[{ required: true, message: t("pool.needed") }]}>
          <PoolSelect />
        </Form.Item>
      )}
      <Form.Item
        name="title_zh"
        label={t("call.title_zh")}
        dependencies={["title_en"]}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value: string | undefined) =>
              value?.trim() || (getFieldValue("title_en") as string | undefined)?.trim()
                ? Promise.resolve()
                : Promise.reject(new Error(t("call.title.needed"))),
          }),
        ]}
      >
        <Input maxLength={200} lang="zh-Hans" />
      </Form.Item>
      <Form.Item name="title_en" label={t("call.title_en")}>
        <Input maxLength={200} lang="en" />
      </Form.Item>
      <Form.Item
        name="standard"
        label={t("standard")}
        extra={t("standard.help")}
        rules={[{ required: true, whitespace: true, message: t("standard.needed") }]}
      >
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="audience" label={t("call.audience")}>
        <Select
          options={(["members", "public"] as const).map((one) => ({
            value: one,
            label: t(`call.audience.${one}`),
          }))}
        />
      </Form.Item>
      <Form.Item name="text_zh" label={t("call.text_zh")} extra={t("call.text.help")}>
        <Input.TextArea rows={8} lang="zh-Hans" />
      </Form.Item>
      <Form.Item name="text_en" label={t("call.text_en")}>
        <Input.TextArea rows={6} lang="en" />
      </Form.Item>
      <Form.Item name="opens_on" label={t("call.opens")} extra={t("call.opens.help")}>
        <DayInput clearable />
      </Form.Item>
      <Form.Item name="submit_by_on" label={t("call.until")} extra={t("call.until.help")}>
        <DayInput clearable {...(opens ? { from: opens } : {})} />
      </Form.Item>
      {LIMITS.map((name) => (
        <Form.Item key={name} name={name} label={t(`call.${name}`)} rules={[{ required: true }]}>
          <InputNumber min={1} max={730} precision={0} />
        </Form.Item>
      ))}
    </ActionForm>
  );
}

function PoolSelect(props: { value?: string; onChange?: (value: string) => void; id?: string }) {
  const spoken = useSpoken();
  const pools = useEvery<Pool>("/api/v1/pools");
  return (
    <Select
      {...props}
      showSearch={{ optionFilterProp: "label" }}
      loading={pools.isPending}
      options={(pools.data ?? []).map((pool) => ({ value: pool.id, label: spoken(pool.name) }))}
    />
  );
}
