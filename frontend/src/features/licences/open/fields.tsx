import { Form, InputNumber } from "antd";
import { minorDigits, todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { PaperField } from "@/shared/papers";
import { DayInput } from "@/shared/ui/DayInput";
import { openTexts } from "./texts/index.ts";

/** An amount in yuan, exact to the fen. */
export function YuanField({ name, label, optional }: { name: string; label: string; optional?: boolean }) {
  const t = useTexts(openTexts);
  return (
    <Form.Item
      name={name}
      label={label}
      {...(optional ? {} : { rules: [{ required: true, message: t("needed") }] })}
    >
      <InputNumber
        stringMode
        min="0"
        precision={minorDigits("CNY")}
        suffix="CNY"
        style={{ width: 220 }}
        controls={false}
      />
    </Form.Item>
  );
}

/** A day that is over or today, from a day on. */
export function DayField({
  name,
  label,
  from,
}: {
  name: string;
  label: string;
  from?: string | null | undefined;
}) {
  const t = useTexts(openTexts);
  return (
    <Form.Item name={name} label={label} rules={[{ required: true, message: t("needed") }]}>
      <DayInput to={todayHere()} {...(from ? { from } : {})} />
    </Form.Item>
  );
}

/** A paper that is hung on a declaration or a licence here. */
export function ProofField({
  name,
  label,
  subjectType,
  subjectId,
}: {
  name: string;
  label: string;
  subjectType: string;
  subjectId: string;
}) {
  const t = useTexts(openTexts);
  return (
    <Form.Item name={name} label={label} rules={[{ required: true, message: t("needed") }]}>
      <PaperField subjectType={subjectType} subjectId={subjectId} title={label} />
    </Form.Item>
  );
}
