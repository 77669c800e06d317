import { App, Checkbox, Drawer, Form, Input, InputNumber, Radio } from "antd";
import { type Breach, type Licence, request, type Termination } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { ActionForm, Notice, ReasonField, Skeleton } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { BREACHES, TERMINATIONS, useCourse, useRefreshBreaches } from "./Breaches.tsx";
import styles from "./breaches.module.css";
import { breachTexts } from "./texts.ts";

export interface Opened {
  step: string;
  breach?: Breach;
  end?: Termination;
}

interface Props {
  licence: Licence;
  opened: Opened | null;
  onClose: () => void;
}

/** The form of the step that is being taken, with what follows from it. */
export function Drawers({ licence, opened, onClose }: Props) {
  const t = useTexts(breachTexts);
  return (
    <Drawer
      open={opened !== null}
      onClose={onClose}
      title={opened ? t.maybe(`step.${opened.step}`) : ""}
      size={520}
      destroyOnHidden
    >
      {opened?.step === "notice" && <NoticeForm licence={licence} onClose={onClose} />}
      {opened && opened.step !== "notice" && (
        <StepForm key={opened.step} licence={licence} opened={opened} onClose={onClose} />
      )}
    </Drawer>
  );
}

interface NoticeValues {
  kind: string;
  keys: string[];
  cure_days: number;
  text?: string;
}

function NoticeForm({ licence, onClose }: { licence: Licence; onClose: () => void }) {
  const t = useTexts(breachTexts);
  const refresh = useRefreshBreaches();
  const { message } = App.useApp();
  const found = useCourse(licence.id);
  if (found.data === undefined) return <Skeleton height={160} />;
  const { grounds, cure_days: cureDays, is_of_contract: isOfContract } = found.data;
  const kinds = [...new Set(grounds.map((ground) => ground.kind))];
  const keysOf = (kind: string | undefined) =>
    grounds.filter((ground) => ground.kind === kind).map((ground) => ground.key);
  return (
    <>
      <Notice kind="attention">{t("effect.notice")}</Notice>
      <ActionForm<NoticeValues>
        submit={t("step.notice")}
        danger
        onCancel={onClose}
        initialValues={{ kind: kinds[0], keys: keysOf(kinds[0]), cure_days: cureDays }}
        send={async (values, key) => {
          await request("POST", `/api/v1/licences/${licence.id}/breaches`, { key, body: values });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("done.notice"));
          onClose();
        }}
      >
        <KindField kinds={kinds} keysOf={keysOf} />
        <Form.Item noStyle dependencies={["kind"]}>
          {({ getFieldValue }) => (
            <Form.Item
              name="keys"
              label={t("grounds")}
              // Not `required`: a group of boxes has no such attribute.
              rules={[
                { validator: async (_, keys: string[]) => keys?.length || Promise.reject(t("needed")) },
              ]}
            >
              <Checkbox.Group
                className={styles.choices ?? ""}
                options={grounds
                  .filter((ground) => ground.kind === getFieldValue("kind"))
                  .map((ground) => ({
                    value: ground.key,
                    label: `${ground.what} · ${t("due_on")} ${ground.due_on}`,
                  }))}
              />
            </Form.Item>
          )}
        </Form.Item>
        <Form.Item
          name="cure_days"
          label={t("cure_days")}
          extra={t(isOfContract ? "cure_days.contract" : "cure_days.rule", { count: cureDays })}
          rules={[{ required: true, message: t("needed") }]}
        >
          <InputNumber min={cureDays} max={366} />
        </Form.Item>
        <Form.Item name="text" label={t("text")} extra={t("text.help")}>
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
      </ActionForm>
    </>
  );
}

function KindField({ kinds, keysOf }: { kinds: readonly string[]; keysOf: (kind: string) => string[] }) {
  const t = useTexts(breachTexts);
  const form = Form.useFormInstance();
  return (
    <Form.Item name="kind" label={t("kind")} rules={[{ required: true, message: t("needed") }]}>
      <Radio.Group
        className={styles.choices ?? ""}
        onChange={(event) => form.setFieldValue("keys", keysOf(event.target.value as string))}
        options={kinds.map((kind) => ({ value: kind, label: t.maybe(`kind.${kind}`) }))}
      />
    </Form.Item>
  );
}

interface Values {
  note?: string;
  reason?: string;
  last_day?: string;
  run_off_days?: number;
}

const GRAVE = new Set(["suspension", "termination", "agreed", "approve"]);

function StepForm({ licence, opened, onClose }: Props & { opened: Opened }) {
  const t = useTexts(breachTexts);
  const refresh = useRefreshBreaches();
  const { message } = App.useApp();
  const { step, breach, end } = opened;
  const ends = step === "termination" || step === "agreed";
  return (
    <>
      <Notice kind={GRAVE.has(step) ? "attention" : "plain"}>{t.maybe(`effect.${step}`)}</Notice>
      <ActionForm<Values>
        submit={t.maybe(`step.${step}`)}
        danger={GRAVE.has(step)}
        onCancel={onClose}
        initialValues={ends ? { last_day: todayHere(), run_off_days: 0 } : {}}
        send={async (values, key) => {
          const [address, body] = requestOf(step, licence, breach, end, values);
          await request("POST", address, { key, ...(body ? { body } : {}) });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("done"));
          onClose();
        }}
      >
        {step === "cure" && (
          <Form.Item
            name="note"
            label={t("cure.note")}
            rules={[{ required: breach?.kind === "false_report", whitespace: true, message: t("needed") }]}
          >
            <Input.TextArea rows={3} maxLength={500} />
          </Form.Item>
        )}
        {ends && (
          <Form.Item name="last_day" label={t("last_day")} rules={[{ required: true, message: t("needed") }]}>
            <DayInput from={step === "termination" ? todayHere() : (licence.starts_on ?? todayHere())} />
          </Form.Item>
        )}
        {step === "agreed" && (
          <Form.Item name="run_off_days" label={t("run_off")}>
            <InputNumber min={0} max={366} />
          </Form.Item>
        )}
        {step === "termination" && <p>{t("run_off.agreed", { count: breach?.run_off_days ?? 0 })}</p>}
        {(ends || step === "withdrawal") && <ReasonField help={t("reason.help")} needed={t("needed")} />}
      </ActionForm>
    </>
  );
}

function requestOf(
  step: string,
  licence: Licence,
  breach: Breach | undefined,
  end: Termination | undefined,
  values: Values,
): [string, object | undefined] {
  const licences = `/api/v1/licences/${licence.id}`;
  switch (step) {
    case "agreed":
      return [`${licences}/terminations`, { ...values, ground: "agreed" }];
    case "termination":
      return [
        `${licences}/terminations`,
        { last_day: values.last_day, reason: values.reason, ground: "breach", breach_id: breach?.id },
      ];
    case "approve":
    case "refuse":
      return [`${TERMINATIONS}/${end?.id}/decision`, { approve: step === "approve" }];
    case "take back":
      return [`${TERMINATIONS}/${end?.id}/withdrawal`, undefined];
    case "suspension":
      return [`${BREACHES}/${breach?.id}/suspension`, undefined];
    default:
      return [`${BREACHES}/${breach?.id}/${step}`, values];
  }
}
