import { App, Button, Checkbox, DatePicker, Form, Segmented, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { request } from "@/shared/api";
import { OrganisationSelect, SeatSelect } from "@/shared/choosing";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ActionForm, ReasonField } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import { useVerbs } from "./Dialogue.tsx";
import type { Sharing } from "./queries.ts";
import styles from "./sharing.module.css";
import { texts } from "./texts.ts";

type Role = Sharing["may_assign"][number];

interface Values {
  what: "actions" | "role";
  whom: "seat" | "organisation";
  role?: Role;
  seat?: string;
  organisation?: string;
  actions?: string[];
  until: Dayjs;
  reason: string;
}

interface Props {
  subjectType: string;
  subjectId: string;
  actions: readonly string[];
  /** The roles in which a seat can be assigned to it. */
  roles: readonly Role[];
  onDone: () => Promise<unknown>;
}

const SPANS = [7, 30, 90];

/** Gives named actions on one thing to a seat or an organisation, until a day, for a reason. */
export function GrantForm({ subjectType, subjectId, actions, roles, onDone }: Props) {
  const t = useTexts(texts);
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <Button
        type="primary"
        icon={<PlusOutlined />}
        onClick={() => setOpen(true)}
        className={styles.openForm ?? ""}
      >
        {t("grant")}
      </Button>
    );
  }
  return (
    <section className={styles.form} aria-label={t("grant")}>
      <h2>{t("grant")}</h2>
      <Fields
        subjectType={subjectType}
        subjectId={subjectId}
        actions={actions}
        roles={roles}
        onDone={onDone}
        onClose={() => setOpen(false)}
      />
    </section>
  );
}

function Fields({
  subjectType,
  subjectId,
  actions,
  roles,
  onDone,
  onClose,
}: Props & { onClose: () => void }) {
  const t = useTexts(texts);
  const verbs = useVerbs();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const w = useTexts(words);
  const first = actions.length > 0 ? "actions" : "role";
  const what = Form.useWatch("what", form) ?? first;
  const chosen = Form.useWatch("whom", form) ?? "seat";
  const whom = what === "role" ? "seat" : chosen;
  const send = async (values: Values, key: string) => {
    await request("POST", "/api/v1/grants", {
      key,
      body: {
        subject_type: subjectType,
        subject_id: subjectId,
        ...(whom === "seat" ? { seat: values.seat } : { organisation: values.organisation }),
        ...(what === "role" ? { role: values.role } : { actions: values.actions }),
        reason: values.reason,
        // The first instant without the right: the end of the day that was chosen.
        ends_at: values.until.add(1, "day").startOf("day").toISOString(),
      },
    });
    await onDone();
  };
  return (
    <ActionForm<Values>
      form={form}
      send={send}
      submit={t("grant.submit")}
      onCancel={onClose}
      onDone={() => {
        void message.success(t("grant.done"));
        onClose();
      }}
      initialValues={{
        what: first,
        whom: "seat",
        ...(roles.length === 1 ? { role: roles[0] } : {}),
        actions: actions.filter((action) => action.endsWith(".read")),
        until: dayjs().add(30, "day"),
      }}
    >
      {/* One of the two is often all there is; the choice is then made, and not asked. */}
      <Form.Item name="what" label={t("grant.what")} hidden={actions.length === 0 || roles.length === 0}>
        <Segmented
          options={[
            { value: "actions", label: t("grant.what.actions") },
            { value: "role", label: t("grant.what.role") },
          ]}
        />
      </Form.Item>
      {what === "role" && (
        <Form.Item
          name="role"
          label={w("role")}
          extra={t("grant.role.help")}
          rules={[{ required: true, message: t("grant.role.needed") }]}
        >
          <Select options={roles.map((role) => ({ value: role, label: w.maybe(`role.${role}`) }))} />
        </Form.Item>
      )}
      <Form.Item name="whom" label={t("grant.to")} hidden={what === "role"}>
        <Segmented
          options={[
            { value: "seat", label: t("grant.seat") },
            { value: "organisation", label: t("grant.organisation") },
          ]}
        />
      </Form.Item>
      {whom === "seat" ? (
        <Form.Item
          name="seat"
          label={t("grant.seat.choose")}
          rules={[{ required: true, message: t("grant.whom.needed") }]}
        >
          <SeatSelect />
        </Form.Item>
      ) : (
        <Form.Item
          name="organisation"
          label={t("grant.organisation.choose")}
          rules={[{ required: true, message: t("grant.whom.needed") }]}
        >
          <OrganisationSelect />
        </Form.Item>
      )}
      {what === "actions" && (
        <Form.Item
          name="actions"
          label={t("grant.actions")}
          rules={[
            {
              // Told by a validator: a group of boxes must not be marked as required for those who hear it.
              validator: (_, chosen: string[] | undefined) =>
                chosen?.length ? Promise.resolve() : Promise.reject(new Error(t("grant.actions.needed"))),
            },
          ]}
        >
          <Checkbox.Group options={actions.map((action) => ({ value: action, label: verbs(action) }))} />
        </Form.Item>
      )}
      <Form.Item
        name="until"
        label={t("grant.until")}
        extra={t("grant.until.help")}
        rules={[{ required: true, message: t("grant.until.needed") }]}
      >
        <DatePicker
          allowClear={false}
          disabledDate={(day) => day.isBefore(dayjs(), "day")}
          presets={SPANS.map((days) => ({
            label: t("grant.until.days", { days }),
            value: dayjs().add(days, "day"),
          }))}
        />
      </Form.Item>
      <ReasonField
        label={t("grant.reason")}
        help={t("grant.reason.help")}
        needed={t("grant.reason.needed")}
      />
    </ActionForm>
  );
}
