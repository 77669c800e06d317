import { Button, Form, type FormInstance, Input, InputNumber, Select } from "antd";
import type { ClaimChartLine } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { useTexts } from "@/shared/i18n";
import { PaperField } from "@/shared/papers";
import { FailureLine } from "@/shared/ui";
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
  const claims = (Form.useWatch("claims", form) ?? []) as readonly Partial<ClaimValues>[];
  const take = (place: number, id: string | undefined) => {
    const chart = reviewed.find((one) => one.id === id);
    if (chart === undefined) return;
    form.setFieldValue(["claims", place, "number"], chart.claim);
    form.setFieldValue(["claims", place, "standard"], chart.target_title);
  };
  const needed = [{ required: true, message: t("claim.needed") }];
  return (
    <Form.List name="claims">
      {(fields, { add, remove }, { errors }) => (
        <section aria-label={t("claims")} className={styles.list}>
          <h2 className={styles.section}>{t("claims")}</h2>
          <p>{t("claims.help")}</p>
          {charts.isError && (
            <FailureLine
              what={t("claim.own_chart.failed")}
              error={charts.error}
              retry={() => void charts.refetch()}
            />
          )}
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
              {/* It is on the form whether there is anything to choose or not: what a claim has is sent with it. */}
              <Form.Item
                name={[field.name, "claim_chart_id"]}
                label={t("claim.own_chart")}
                hidden={reviewed.length === 0 && !claims[field.name]?.claim_chart_id}
              >
                <ChartSelect
                  charts={reviewed}
                  loading={charts.isLoading}
                  onChosen={(id) => take(field.name, id)}
                />
              </Form.Item>
              {submission && (
                <Form.Item name={[field.name, "chart_id"]} label={t("claim.chart")}>
                  <PaperField subjectType={SUBMISSION} subjectId={submission} title={t("claim.chart")} />
                </Form.Item>
              )}
            </div>
          ))}
          <Form.ErrorList errors={errors} />
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ standard })}>
            {t("claims.add")}
          </Button>
        </section>
      )}
    </Form.List>
  );
}

/** Has the claims of a form keep no chart: those of one patent are no other's. */
export function forgetCharts(form: FormInstance): void {
  const claims = (form.getFieldValue("claims") ?? []) as readonly (ClaimValues | undefined)[];
  claims.forEach((_, place) => {
    form.setFieldValue(["claims", place, "claim_chart_id"], undefined);
  });
}

interface ChartSelectProps {
  charts: readonly ClaimChartLine[];
  loading: boolean;
  onChosen: (id: string | undefined) => void;
  id?: string;
  value?: string | null;
  onChange?: (id: string | null) => void;
}

/** One of the reviewed charts of a patent; what is chosen has a name before they are there, too. */
function ChartSelect({ charts, loading, onChosen, value, onChange, ...props }: ChartSelectProps) {
  const t = useTexts(texts);
  const options = charts.map((chart) => ({
    value: chart.id,
    label: t("claim.own_chart.name", {
      claim: chart.claim,
      target: chart.target_title,
      number: chart.number,
    }),
  }));
  const isThere = !value || charts.some((chart) => chart.id === value);
  return (
    <Select
      {...props}
      allowClear
      loading={loading}
      value={value ?? null}
      showSearch={{ optionFilterProp: "label" }}
      onChange={(chosen?: string | null) => {
        onChange?.(chosen ?? null);
        onChosen(chosen ?? undefined);
      }}
      options={isThere ? options : [{ value, label: t("claim.own_chart.chosen") }, ...options]}
    />
  );
}
