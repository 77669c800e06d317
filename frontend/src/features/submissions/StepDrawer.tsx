import { App, Drawer, Form, Input, Select } from "antd";
import dayjs from "dayjs";
import { type RoleAssignment, request, type Seat, type WholeSubmission } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ActionForm, Notice, ReasonField } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { SUBMISSIONS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

export const PLACES = ["lead", "first_assistant", "second_assistant"] as const;

const REASONED: ReadonlySet<string> = new Set(["return", "reevaluation", "appeal"]);
const GRAVE: ReadonlySet<string> = new Set(["withdrawal", "return"]);
const KEYED: ReadonlySet<string> = new Set(["panel", "listing"]);

interface Props {
  /** The step's name in the address, as `allowed_steps` has it; null while none is being taken. */
  step: string | null;
  submission: WholeSubmission;
  onClose: () => void;
}

interface Values {
  reason?: string;
  lead_id?: string;
  first_assistant_id?: string;
  second_assistant_id?: string;
  until_on?: string;
  enters_on?: string;
  class_label?: string;
  products?: string[];
}

/** One step of a submission: what follows from it, and what has to be said for it. */
export function StepDrawer({ step, submission, onClose }: Props) {
  const t = useTexts(texts);
  return (
    <Drawer
      open={step !== null}
      onClose={onClose}
      title={step === null ? "" : t.maybe(`step.${step}`)}
      size={520}
      destroyOnHidden
    >
      {step !== null && <StepForm key={step} step={step} submission={submission} onClose={onClose} />}
    </Drawer>
  );
}

function StepForm({ step, submission, onClose }: Props & { step: string }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <>
      <Notice kind={GRAVE.has(step) ? "attention" : "plain"}>
        {step === "panel" ? t("panel.note") : t.maybe(`effect.${step}`)}
      </Notice>
      <ActionForm<Values>
        submit={t.maybe(`step.${step}`)}
        danger={step === "withdrawal"}
        onCancel={onClose}
        send={async (values, key) => {
          await request("POST", `${SUBMISSIONS}/${submission.id}/${step}`, {
            body: values,
            ...(KEYED.has(step) ? { key } : {}),
          });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("step.done"));
          onClose();
        }}
        initialValues={{
          ...(step === "panel" ? { until_on: dayjs().add(180, "day").format("YYYY-MM-DD") } : {}),
          ...(step === "listing" ? { enters_on: todayHere() } : {}),
        }}
      >
        {step === "panel" && <PanelFields />}
        {step === "listing" && <ListingFields />}
        {(REASONED.has(step) || step === "withdrawal") && (
          <ReasonField
            help={t("reason.help")}
            needed={t("reason.needed")}
            required={REASONED.has(step)}
            autoFocus
          />
        )}
      </ActionForm>
    </>
  );
}

function PanelFields() {
  const t = useTexts(texts);
  return (
    <>
      {PLACES.map((place) => (
        <Form.Item
          key={place}
          name={`${place}_id`}
          label={t(`place.${place}`)}
          rules={[{ required: true, message: t("place.needed") }]}
        >
          <EvaluatorSelect />
        </Form.Item>
      ))}
      <Form.Item
        name="until_on"
        label={t("panel.until")}
        extra={t("panel.until.help")}
        rules={[{ required: true, message: t("panel.until.needed") }]}
      >
        <DayInput from={todayHere()} />
      </Form.Item>
      <ReasonField
        label={t("panel.reason")}
        help={t("panel.reason.help")}
        needed={t("panel.reason.needed")}
      />
    </>
  );
}

function ListingFields() {
  const t = useTexts(texts);
  return (
    <>
      <Form.Item
        name="enters_on"
        label={t("enters")}
        rules={[{ required: true, message: t("enters.needed") }]}
      >
        <DayInput />
      </Form.Item>
      <Form.Item name="class_label" label={t("class")}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="products" label={t("products")} extra={t("products.help")}>
        <Select mode="tags" tokenSeparators={[",", " "]} open={false} suffixIcon={null} />
      </Form.Item>
    </>
  );
}

/** One of the open seats that hold the role of an evaluator now. */
export function EvaluatorSelect(props: { value?: string; onChange?: (value: string) => void; id?: string }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const roles = useEvery<RoleAssignment>("/api/v1/role-assignments", { role: "evaluator" });
  const seats = useEvery<Seat>("/api/v1/seats");
  const now = new Date().toISOString();
  const holding = new Set(
    (roles.data ?? [])
      .filter((row) => row.role === "evaluator" && (!row.ends_at || row.ends_at > now))
      .map((row) => row.seat),
  );
  const evaluators = (seats.data ?? []).filter((seat) => !seat.ended_at && holding.has(seat.id));
  return (
    <Select
      {...props}
      showSearch={{ optionFilterProp: "label" }}
      loading={roles.isPending || seats.isPending}
      placeholder={t("place.choose")}
      options={evaluators.map((seat) => ({
        value: seat.id,
        label: `${spoken(seat.user_name)} · ${organisationName(seat.organisation, seat.organisation_name)}`,
      }))}
    />
  );
}
