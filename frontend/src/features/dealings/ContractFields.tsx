import { Form, Input, Radio, Select } from "antd";
import { useState } from "react";
import type { ContractTemplate, DealingDetail } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { PaperField } from "@/shared/papers";
import { SignatureNotice } from "@/shared/signatures";
import { DayInput } from "@/shared/ui/DayInput";
import styles from "./dealings.module.css";
import { SUBJECT, TEMPLATES } from "./queries.ts";
import { texts } from "./texts/index.ts";

/** What is asked for on the way from an agreed offer to a recorded licence. */
export function ContractFields({ step, dealing }: { step: string; dealing: DealingDetail }) {
  switch (step) {
    case "contract":
      return <DrawUp dealing={dealing} />;
    case "signature":
      return <Signed dealing={dealing} />;
    case "countersignature":
      return (
        <>
          <LicenseeSignature dealing={dealing} />
          <Signed dealing={dealing} />
        </>
      );
    case "original":
      return <Day name="received_on" label="original_on" />;
    case "seal-decision":
      return (
        <>
          <LicenseeSignature dealing={dealing} />
          <Decision />
        </>
      );
    case "recordal":
      return <Filing />;
    default:
      return null;
  }
}

/** Whether a contract is to be drawn up of a programme that has no template for it. */
export function useLacksTemplate(step: string, dealing: DealingDetail): boolean {
  const { data } = useEvery<ContractTemplate>(
    TEMPLATES,
    { programme: dealing.programme_id },
    step === "contract",
  );
  return step === "contract" && data?.length === 0;
}

function DrawUp({ dealing }: { dealing: DealingDetail }) {
  const t = useTexts(texts);
  const templates = useEvery<ContractTemplate>(TEMPLATES, { programme: dealing.programme_id }).data;
  const needed = [{ required: true, message: t("needed") }];
  return (
    <>
      <Form.Item name="template_id" label={t("template")} rules={needed}>
        <Select
          loading={templates === undefined}
          options={(templates ?? [])
            .sort((one, other) => other.number - one.number)
            .map((one) => ({
              value: one.id,
              label: `${one.title_zh} · ${one.title_en} · ${t("version", { number: one.number })}`,
            }))}
        />
      </Form.Item>
      <Form.Item
        name="licence_code"
        label={t("licence_code")}
        initialValue={dealing.licence_code ?? undefined}
        rules={needed}
      >
        <Input maxLength={200} disabled={dealing.licence_code !== null} />
      </Form.Item>
      {(
        [
          "licensor_address",
          "licensor_representative",
          "licensee_address",
          "licensee_representative",
        ] as const
      ).map((name) => (
        <Form.Item key={name} name={name} label={t(name)}>
          <Input maxLength={200} />
        </Form.Item>
      ))}
    </>
  );
}

/** What the licensee's electronic signature is worth, before somebody relies on it. */
function LicenseeSignature({ dealing }: { dealing: DealingDetail }) {
  const signature = dealing.contracts.at(-1)?.signatures.find((one) => one.side === "prospect");
  return signature?.form === "e_signed" ? <SignatureNotice checks={signature.checks} /> : null;
}

function Signed({ dealing }: { dealing: DealingDetail }) {
  const t = useTexts(texts);
  const needed = [{ required: true, message: t("needed") }];
  // As it was when this was opened: what is drawn up meanwhile is another text.
  const [contract] = useState(() => dealing.contracts.at(-1));
  return (
    <>
      <Form.Item name="number" initialValue={contract?.number} hidden>
        <Input />
      </Form.Item>
      {contract && (
        <Form.Item
          name="text_sha256"
          label={t("signed_text", { number: contract.number })}
          extra={t("signed_text.help")}
          rules={needed}
        >
          <Radio.Group
            options={[
              { value: contract.text_zh_sha256, label: t("in.zh") },
              { value: contract.text_en_sha256, label: t("in.en") },
            ].map((one) => ({
              ...one,
              label: (
                <span className={styles.text}>
                  {one.label} <code>{one.value.slice(0, 16)}…</code>
                </span>
              ),
            }))}
          />
        </Form.Item>
      )}
      <Form.Item
        name="form"
        label={t("form")}
        initialValue="sealed_scan"
        extra={t("form.help")}
        rules={needed}
      >
        <Radio.Group
          options={["sealed_scan", "e_signed"].map((one) => ({ value: one, label: t.maybe(`form.${one}`) }))}
        />
      </Form.Item>
      <Form.Item name="document_id" label={t("signed_file")} rules={needed}>
        <PaperField subjectType={SUBJECT} subjectId={dealing.id} title={t("signed_file")} />
      </Form.Item>
      <Day name="signed_on" label="signed_on" />
      <Form.Item name="signatory" label={t("signed_by")} extra={t("signed_by.help")} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
    </>
  );
}

function Day({ name, label }: { name: string; label: "original_on" | "signed_on" | "recordal.filed_on" }) {
  const t = useTexts(texts);
  return (
    <Form.Item name={name} label={t(label)} rules={[{ required: true, message: t("needed") }]}>
      <DayInput to={todayHere()} />
    </Form.Item>
  );
}

function Decision() {
  const t = useTexts(texts);
  const form = Form.useFormInstance();
  const refuses = Form.useWatch("is_approved", form) === false;
  return (
    <>
      <Form.Item name="is_approved" label={t("seal")} initialValue={true}>
        <Radio.Group
          options={[
            { value: true, label: t("seal.approve") },
            { value: false, label: t("seal.turn_down") },
          ]}
        />
      </Form.Item>
      {refuses && (
        <Form.Item
          name="reason"
          label={t("reason")}
          rules={[{ required: true, whitespace: true, message: t("needed") }]}
        >
          <Input.TextArea rows={3} maxLength={500} />
        </Form.Item>
      )}
    </>
  );
}

function Filing() {
  const t = useTexts(texts);
  const form = Form.useFormInstance();
  const result = Form.useWatch("office_answer", form);
  return (
    <>
      <Day name="filed_on" label="recordal.filed_on" />
      <Form.Item name="office_answer" label={t("recordal.result")} extra={t("recordal.result.help")}>
        <Select
          allowClear
          options={["recorded", "refused"].map((one) => ({ value: one, label: t.maybe(`recordal.${one}`) }))}
        />
      </Form.Item>
      {result && (
        <Form.Item
          name="result_on"
          label={t("recordal.result_on")}
          rules={[{ required: true, message: t("needed") }]}
        >
          <DayInput to={todayHere()} />
        </Form.Item>
      )}
      {result === "recorded" && (
        <Form.Item
          name="number"
          label={t("recordal.number")}
          rules={[{ required: true, whitespace: true, message: t("needed") }]}
        >
          <Input maxLength={40} />
        </Form.Item>
      )}
    </>
  );
}
