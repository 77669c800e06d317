import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Input, Select } from "antd";
import { keys, request, useMe, useRoles } from "@/shared/api";
import { OrganisationSelect } from "@/shared/choosing";
import { SERVER_CODE, useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ActionForm } from "@/shared/ui";
import { MinusCircleOutlined, PlusOutlined } from "@/shared/ui/icons";
import { PATH } from "./Invitations.tsx";
import { RoleFields } from "./RoleFields.tsx";
import { type RoleValues, roleBody } from "./roles.ts";
import styles from "./seats.module.css";
import { texts } from "./texts.ts";

interface Values {
  organisation: string;
  email: string;
  title?: string;
  language: string;
  roles?: RoleValues[];
}

const ROLES_AT_MOST = 20;

/** Invites a person by e-mail to a seat at an organisation, with the roles the seat is to have. */
export function InviteDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTexts(texts);
  return (
    <Drawer open={open} onClose={onClose} title={t("invite")} size={520} destroyOnHidden>
      <InviteForm onClose={onClose} />
    </Drawer>
  );
}

function InviteForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const me = useMe();
  const roles = useRoles();
  const language = useLanguage();
  const client = useQueryClient();
  const { message } = App.useApp();
  const own = me.seats.find((seat) => seat.id === me.seat)?.organisation;
  const isElsewhere = roles.has("secretariat") || roles.has("site_admin");
  const send = async ({ roles: given = [], ...values }: Values, key: string) => {
    await request("POST", PATH, {
      key,
      body: { ...values, title: values.title ?? "", roles: given.map(roleBody) },
    });
    await client.invalidateQueries({ queryKey: keys.lists(PATH) });
  };
  return (
    <ActionForm<Values>
      send={send}
      submit={t("invite.submit")}
      onCancel={onClose}
      onDone={() => {
        void message.success(t("invite.done"));
        onClose();
      }}
      initialValues={{
        language: SERVER_CODE[language],
        roles: [{}],
        ...(isElsewhere ? {} : { organisation: own }),
      }}
    >
      <Form.Item
        name="email"
        label={t("email")}
        extra={t("email.help")}
        rules={[{ required: true, type: "email", message: t("email.needed") }]}
      >
        <Input maxLength={254} type="email" autoComplete="off" autoFocus />
      </Form.Item>
      <Form.Item
        name="organisation"
        label={w("organisation")}
        extra={isElsewhere ? t("organisation.help") : undefined}
        rules={[{ required: true, message: t("organisation.needed") }]}
      >
        <OrganisationSelect disabled={!isElsewhere} />
      </Form.Item>
      <Form.Item name="title" label={t("position")} extra={t("position.help")}>
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item name="language" label={t("language")}>
        <Select
          options={[
            { value: "zh-hans", label: <span lang="zh-Hans">{w("language.zh-CN")}</span> },
            { value: "en", label: <span lang="en">{w("language.en")}</span> },
          ]}
        />
      </Form.Item>
      <Form.List name="roles">
        {(fields, { add, remove }, { errors }) => (
          <>
            {fields.map((field) => (
              <fieldset key={field.key} className={styles.roleForm}>
                <legend>{t("role.nth", { number: field.name + 1 })}</legend>
                <RoleFields at={[field.name]} path={["roles", field.name]} required />
                <Button
                  size="small"
                  type="text"
                  icon={<MinusCircleOutlined aria-hidden />}
                  onClick={() => remove(field.name)}
                >
                  {t("role.remove")}
                </Button>
              </fieldset>
            ))}
            <Form.ErrorList errors={errors} />
            {fields.length < ROLES_AT_MOST && (
              <Form.Item>
                <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
                  {t("role.more")}
                </Button>
              </Form.Item>
            )}
          </>
        )}
      </Form.List>
    </ActionForm>
  );
}
