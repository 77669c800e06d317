import { App, Button, Drawer, Form, Input, Radio, Select } from "antd";
import { useState } from "react";
import {
  asProblem,
  type Licence,
  newKey,
  type ProductAlias,
  type Programme,
  request,
  useRoles,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { useTexts } from "@/shared/i18n";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice } from "@/shared/ui";
import { ALIASES, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

interface Values {
  of: string;
  name: string;
  product: string;
}

/** Which products the names in reports stand for: a licensee's own, and those that finance gave to all. */
export function Names() {
  const t = useTexts(texts);
  const isFinance = useRoles().has("finance");
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const withdraw = async (id: string) => {
    try {
      await request("POST", `${ALIASES}/${id}/withdrawal`, { key: newKey() });
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  return (
    <>
      <Notice action={<Button onClick={() => setOpen(true)}>{t("name.add")}</Button>}>
        {t("name.help")}
      </Notice>
      <ListTable<ProductAlias>
        inner
        path={ALIASES}
        caption={t("tab.names")}
        defaultOrder="name"
        nameOf={(row) => row.name}
        empty={<Empty title={t("names.none")}>{t("names.none.text")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, order: "name", render: (row) => row.name },
          {
            key: "product",
            title: t("product"),
            order: "product",
            render: (row) => <code>{row.product}</code>,
          },
          { key: "for", title: t("name.for"), render: (row) => row.licence_code || t("name.all") },
          {
            key: "withdraw",
            title: t("name.withdraw"),
            render: (row) =>
              isFinance !== (row.licence_id === null) ? (
                "–"
              ) : (
                <Button size="small" onClick={() => void withdraw(row.id)}>
                  {t("name.withdraw")}
                </Button>
              ),
          },
        ]}
      />
      <Drawer open={open} onClose={() => setOpen(false)} title={t("name.add")} size={520} destroyOnHidden>
        <NameForm isFinance={isFinance} onClose={() => setOpen(false)} />
      </Drawer>
    </>
  );
}

function NameForm({ isFinance, onClose }: { isFinance: boolean; onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const licences = useEvery<Licence>("/api/v1/licences", {}, !isFinance).data ?? [];
  const programmes = useEvery<Programme>("/api/v1/programmes", {}, isFinance).data ?? [];
  const choices = (isFinance ? programmes : licences).map((one) => ({ value: one.id, label: one.code }));
  return (
    <ActionForm<Values>
      submit={t("name.add")}
      onCancel={onClose}
      send={async ({ of, name, product }, key) => {
        const scope = isFinance ? { programme_id: of } : { licence_id: of };
        await request("POST", ALIASES, { key, body: { ...scope, name, product } });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("name.done"));
        onClose();
      }}
    >
      {isFinance && <Notice kind="attention">{t("name.all.help")}</Notice>}
      <Form.Item
        name="of"
        label={isFinance ? t("programme") : t("licence")}
        rules={[{ required: true, message: t("needed") }]}
      >
        {choices.length > 0 && choices.length < 4 ? (
          <Radio.Group options={choices} />
        ) : (
          <Select options={choices} showSearch={{ optionFilterProp: "label" }} />
        )}
      </Form.Item>
      <Form.Item name="name" label={t("name")} rules={[{ required: true, message: t("needed") }]}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="product" label={t("product")} rules={[{ required: true, message: t("needed") }]}>
        <Input maxLength={200} />
      </Form.Item>
    </ActionForm>
  );
}
