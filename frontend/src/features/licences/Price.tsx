import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Drawer, Form, Input } from "antd";
import { useState } from "react";
import { api, asProblem, keys, type Licence, request, takeVersion, useRoles } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ActionForm, Notice } from "@/shared/ui";
import { PATH } from "./state.ts";
import { texts } from "./texts.ts";

const OPEN = ["draft", "sent"];

interface Values {
  price_locked: boolean;
  renewal_ceiling_percent: string;
}

/** What is agreed about a licence's price: the office promises, and only the licensee gives up what it was promised. */
export function PriceButton({ licence }: { licence: Licence }) {
  const t = useTexts(texts);
  const roles = useRoles();
  const [etag, setEtag] = useState<string>();
  const { message } = App.useApp();
  const { price_locked: isLocked, renewal_ceiling_percent: ceiling } = licence;
  const isOffice = roles.has("secretariat");
  const isOver = licence.state === "cancelled";
  const hasPromise = isLocked || ceiling !== null;
  const isOpen = OPEN.includes(licence.state ?? "draft");
  const givesUp = !isOffice && roles.has("licensee") && hasPromise && !isOpen;
  // While it is being agreed in a dealing, nothing about it is changed here.
  const isHeld = isOpen && !licence.allowed_steps.includes("edit");
  if (isOver || isHeld || !(isOffice || givesUp)) return null;
  const title = t(isOffice ? "price.edit" : "price.give_up");
  const open = async () => {
    const params = { path: { licence_id: licence.id } };
    try {
      setEtag((await takeVersion(api.GET("/api/v1/licences/{licence_id}", { params }))).etag);
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  const close = () => setEtag(undefined);
  return (
    <>
      <Button size="small" onClick={() => void open()}>
        {title}
      </Button>
      <Drawer open={etag !== undefined} onClose={close} title={title} destroyOnHidden>
        <PriceForm licence={licence} etag={etag ?? "*"} isOffice={isOffice} onClose={close} />
      </Drawer>
    </>
  );
}

function PriceForm({
  licence,
  etag,
  isOffice,
  onClose,
}: {
  licence: Licence;
  etag: string;
  isOffice: boolean;
  onClose: () => void;
}) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const isSigned = !OPEN.includes(licence.state ?? "draft");
  const send = async (values: Values) => {
    const percent = (values.renewal_ceiling_percent ?? "").trim();
    const body = {
      price_locked: values.price_locked,
      renewal_ceiling_percent: percent === "" ? null : percent,
    };
    if (isSigned) {
      await request("POST", `${PATH}/${licence.id}/price-agreement`, { body });
    } else {
      await request("PATCH", `${PATH}/${licence.id}`, { body, etag });
    }
    await client.invalidateQueries({ queryKey: keys.everything() });
  };
  return (
    <>
      {isSigned && <Notice>{t(isOffice ? "price.note.office" : "price.note.licensee")}</Notice>}
      <ActionForm<Values>
        form={form}
        send={send}
        submit={w("save")}
        onCancel={onClose}
        onDone={() => {
          void message.success(t("price.saved"));
          onClose();
        }}
        initialValues={{
          price_locked: licence.price_locked ?? false,
          renewal_ceiling_percent: licence.renewal_ceiling_percent ?? "",
        }}
      >
        <Form.Item name="price_locked" valuePropName="checked" extra={t("price.locked.help")}>
          <Checkbox>{t("price_locked.yes")}</Checkbox>
        </Form.Item>
        <Form.Item
          name="renewal_ceiling_percent"
          label={t("renewal_ceiling")}
          extra={t("price.ceiling.help")}
          rules={[{ pattern: /^\s*(\d{1,3}(\.\d{1,12})?)?\s*$/, message: t("price.ceiling.wrong") }]}
        >
          <Input suffix="%" inputMode="decimal" style={{ width: 168 }} />
        </Form.Item>
      </ActionForm>
    </>
  );
}
