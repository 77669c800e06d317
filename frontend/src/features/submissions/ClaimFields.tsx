import { Button, Form, Input, InputNumber, Select } from "antd";
import type { ClaimChartLine } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { useTexts } from "@/shared/i18n";
import { PaperField } from "@/shared/papers";
import { DeleteOutlined, PlusOutlined } from "@/shared/ui/icons";
import { SUBMISSION } from "./queries.ts";
import styles from "./submissions.module.css";
import { texts } from "./texts.ts";

export interface ClaimValues {
  number: number;
  standard: string;
  clause: string;
  explanation?: string;
  chart_id?: string | null;
  claim_chart_id?: string | null;
}

const CHARTS = "/api/v1/claim-charts";

interface Props {
  standard: string;
  submission?: string;
  /** Whose reviewed charts can be handed in, once it is chosen. */
  patent: string | undefined;
}

/** The claims alleged essential, each on a clause; charts are attached once the submission is on record. */
export function ClaimFields({ standard, submission, patent }: Props) {
  const t = useTexts(texts);
  const form = Form.useFormInstance();
  const charts = useEvery<ClaimChartLine>(CHARTS, { patent, state: "reviewed" }, patent !== undefined);
  const reviewed = (charts.data ?? []).filter((chart) => chart.target_kind === "standard");
  const take = (place: number, id: string | undefined) => {
    const chart = reviewed.find((one) => one.id === id);
    if (chart === undefined) return;
    form.setFieldValue(["claims", place, "number"], chart.claim);
    form.setFieldValue(["claims", place, "standard"], chart.target_title);
  };
  const needed = [{ required: true, message: t("claim.needed") }];
  return (
    <Form.List name="claims">
      {(fields, { add, remove }) => (
        <section aria-label={t("claims")} className={styles.list}>
          <h2 className={styles.section}>{t("claims")}</h2>
          <p>{t("claims.help")}</p>
          {fields.map((field, place) => (
            <div key={field.key} className={styles.claim}>
              <div className={styles.claimHead}>
                <Form.Item name={[field.name, "number"]} label={t("claim.number")} rules={needed}>
                  <InputNumber min={1} max={1000} precision={0} />
                </Form.Item>
                <Form.Item name={[field.name, "standard"]} label={t("standard")} rules={needed}>
                  <Input maxLength={200} />
                </Form.Item>
                <Form.Item name={[field.name, "clause"]} label={t("claim.clause")} rules={needed}>
                  <Input maxLength={200} />
                </Form.Item>
                {fields.length > 1 && (
                  <Button
                    type="text"
                    icon={<DeleteOutlined aria-hidden />}
                    aria-label={t("claims.remove", { number: place + 1 })}
                    onClick={() => remove(field.name)}
                  />
                )}
              </div>
              <Form.Item name={[field.name, "explanation"]} label={t("claim.explanation")}>
                <Input.TextArea rows={2} />
              </Form.Item>
              {reviewed.length > 0 && (
                <Form.Item name={[field.name, "claim_chart_id"]} label={t("claim.own_chart")}>
                  <Select
                    allowClear
                    showSearch={{ optionFilterProp: "label" }}
                    onChange={(id?: string) => take(field.name, id)}
                    options={reviewed.map((chart) => ({
                      value: chart.id,
                      label: t("claim.own_chart.name", {
                        claim: chart.claim,
                        target: chart.target_title,
                        number: chart.number,
                      }),
                    }))}
                  />
                </Form.Item>
              )}
              {submission && (
                <Form.Item name={[field.name, "chart_id"]} label={t("claim.chart")}>
                  <PaperField subjectType={SUBMISSION} subjectId={submission} title={t("claim.chart")} />
                </Form.Item>
              )}
            </div>
          ))}
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ standard })}>
            {t("claims.add")}
          </Button>
        </section>
      )}
    </Form.List>
  );
}
