import { App, Form, Input, InputNumber, Radio, Select } from "antd";
import { type DealingDetail, type Offer, request } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { ActionForm, Notice, Skeleton } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { DEALINGS, optionsOf, useOffered, useRefresh } from "./queries.ts";
import { texts } from "./texts/index.ts";

type Values = Partial<Omit<Offer, "id">> & { list_version_id: string; terms_version_id: string };

/** An offer, or another one against the one before: it begins with what that says. */
export function OfferForm({ dealing, onClose }: { dealing: DealingDetail; onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const { lists, tariffs } = useOffered(dealing.pool_id, dealing.programme_id);
  const terms = Form.useWatch("terms_version_id", form);
  if (lists === undefined || tariffs === undefined) return <Skeleton height={240} />;
  if (lists.length === 0) return <Notice kind="attention">{t("lists.none")}</Notice>;
  if (tariffs.length === 0) return <Notice kind="attention">{t("terms.none")}</Notice>;
  const before = dealing.offers.at(-1);
  const options = optionsOf(tariffs.find((one) => one.id === terms));
  const required = [{ required: true, message: t("needed") }];
  return (
    <>
      <Notice>{t("offer.effect")}</Notice>
      <ActionForm<Values>
        form={form}
        submit={t("offer.submit")}
        onCancel={onClose}
        initialValues={
          before
            ? { ...before, reply_by: undefined }
            : {
                list_version_id: lists[0]?.id,
                terms_version_id: tariffs[0]?.id,
                standing: "compliant",
                prices_include_tax: false,
                tax_path: "domestic",
                tax_bearer: "licensor",
                cure_days: 30,
                run_off_days: 90,
              }
        }
        send={async (values, key) => {
          await request("POST", `${DEALINGS}/${dealing.id}/offers`, {
            key,
            body: { ...values, option: values.option ?? "", ends_on: values.ends_on || null },
          });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("offer.done"));
          onClose();
        }}
      >
        <Form.Item name="list_version_id" label={t("field.list_version")} rules={required}>
          <Select
            options={lists.map((one) => ({
              value: one.id,
              label: t("list.version", { number: one.number, day: one.effective_on, count: one.patents }),
            }))}
          />
        </Form.Item>
        <Form.Item name="terms_version_id" label={t("field.terms_version")} rules={required}>
          <Select
            options={tariffs.map((one) => ({
              value: one.id,
              label: `${t("version", { number: one.number })} · ${t("since", { day: one.in_force_from })}`,
            }))}
          />
        </Form.Item>
        {options.length > 0 && (
          <Form.Item name="option" label={t("field.option")}>
            <Select allowClear options={options.map((one) => ({ value: one, label: one }))} />
          </Form.Item>
        )}
        <Form.Item name="standing" label={t("field.standing")}>
          <Radio.Group
            options={["compliant", "standard"].map((one) => ({
              value: one,
              label: t.maybe(`standing.${one}`),
            }))}
          />
        </Form.Item>
        <Form.Item
          name="fee_basis"
          label={t("field.fee_basis")}
          extra={t("fee_basis.help")}
          rules={[{ required: true, whitespace: true, message: t("needed") }]}
        >
          <Input.TextArea rows={4} maxLength={5000} />
        </Form.Item>
        <Form.Item name="starts_on" label={t("field.starts_on")} rules={required}>
          <DayInput />
        </Form.Item>
        <Form.Item name="ends_on" label={t("field.ends_on")} extra={t("ends_on.help")}>
          <DayInput clearable />
        </Form.Item>
        <Form.Item name="prices_include_tax" label={t("field.prices_include_tax")}>
          <Radio.Group
            options={[
              { value: false, label: t("prices_include_tax.no") },
              { value: true, label: t("prices_include_tax.yes") },
            ]}
          />
        </Form.Item>
        <Form.Item name="tax_path" label={t("field.tax_path")} rules={required}>
          <Select
            options={["domestic", "from_abroad", "to_abroad"].map((one) => ({
              value: one,
              label: t.maybe(`tax_path.${one}`),
            }))}
          />
        </Form.Item>
        <Form.Item
          name="tax_bearer"
          label={t("field.tax_bearer")}
          extra={t("tax_bearer.help")}
          rules={required}
        >
          <Radio.Group
            options={["licensor", "licensee"].map((one) => ({
              value: one,
              label: t.maybe(`tax_bearer.${one}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="cure_days" label={t("field.cure_days")} extra={t("cure_days.help")} rules={required}>
          <InputNumber min={1} max={366} precision={0} />
        </Form.Item>
        <Form.Item
          name="run_off_days"
          label={t("field.run_off_days")}
          extra={t("run_off_days.help")}
          rules={required}
        >
          <InputNumber min={0} max={366} precision={0} />
        </Form.Item>
        <Form.Item name="conditions" label={t("field.conditions")}>
          <Input.TextArea rows={3} maxLength={5000} />
        </Form.Item>
        <Form.Item name="reply_by" label={t("field.reply_by")} extra={t("reply_by.help")} rules={required}>
          <DayInput from={todayHere(new Date(Date.now() + 86_400_000))} />
        </Form.Item>
      </ActionForm>
    </>
  );
}
