import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { App, Form, Input, Select } from "antd";
import { type DealingDetail, type Programme, request, useMe } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { ActionForm, Notice, Page } from "@/shared/ui";
import { DEALINGS, useRefresh } from "./queries.ts";
import { texts } from "./texts/index.ts";

interface Values {
  programme_id: string;
  products: string;
  volumes?: string;
  territory?: string;
  message?: string;
  contact: string;
}

/** A firm applies for a licence under a programme that is offered. */
export function Apply() {
  const t = useTexts(texts);
  const me = useMe();
  const spoken = useSpoken();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const { programme } = useSearch({ strict: false }) as { programme?: string };
  const programmes = useEvery<Programme>("/api/v1/programmes").data;
  const offered = programmes?.filter((one) => one.state === "launched");
  const needed = [{ required: true, whitespace: true, message: t("needed") }];
  return (
    <Page title={t("apply")} subtitle={t("apply.lead")} trail={[{ label: t("title"), to: "/dealings" }]}>
      <Notice>{t("apply.private")}</Notice>
      <ActionForm<Values>
        submit={t("apply.submit")}
        initialValues={{
          contact: `${me.name} ${me.email}`,
          ...(programme ? { programme_id: programme } : {}),
        }}
        send={async (values, key) => {
          const made = await request<DealingDetail>("POST", DEALINGS, { key, body: values });
          await refresh();
          void message.success(t("apply.done"));
          await navigate({ to: `/dealings/${made.id}` });
        }}
      >
        <Form.Item
          name="programme_id"
          label={t("programme")}
          extra={<Link to="/programmes">{t("programme.look")}</Link>}
          rules={[{ required: true, message: t("programme.needed") }]}
        >
          <Select
            loading={offered === undefined}
            options={(offered ?? []).map((one) => ({
              value: one.id,
              label: `${one.code} · ${spoken(one.name)}`,
            }))}
          />
        </Form.Item>
        <Form.Item name="products" label={t("products")} extra={t("products.help")} rules={needed}>
          <Input.TextArea rows={4} maxLength={5000} />
        </Form.Item>
        <Form.Item name="volumes" label={t("volumes")} extra={t("volumes.help")}>
          <Input.TextArea rows={2} maxLength={5000} />
        </Form.Item>
        <Form.Item name="territory" label={t("territory")} extra={t("territory.help")}>
          <Input.TextArea rows={2} maxLength={5000} />
        </Form.Item>
        <Form.Item name="message" label={t("message")}>
          <Input.TextArea rows={3} maxLength={5000} />
        </Form.Item>
        <Form.Item name="contact" label={t("contact")} extra={t("contact.help")} rules={needed}>
          <Input maxLength={200} />
        </Form.Item>
      </ActionForm>
    </Page>
  );
}
