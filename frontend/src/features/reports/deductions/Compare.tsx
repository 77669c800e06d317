import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Form, Select } from "antd";
import { type ClaimedDeductions, type Job, keys, request, type SalesReport } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { formatNumber } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { ActionForm, Notice, ReasonField } from "@/shared/ui";
import { monthsOf, REPORTS } from "../queries.ts";
import { COMPARISONS } from "./queries.ts";
import { texts } from "./texts.ts";

interface Values {
  report_id: string;
  codes: string[];
  reason: string;
}

/** Chooses a report and the codes of what it claims, and says why; both are needed before anything is compared. */
export function CompareForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const organisationName = useOrganisationName();
  const [form] = Form.useForm<Values>();
  const report = Form.useWatch("report_id", form);
  const reports = useEvery<SalesReport>(REPORTS, { current: "true" });
  return (
    <ActionForm<Values>
      form={form}
      submit={t("compare")}
      onCancel={onClose}
      onValuesChange={(changed) => {
        if ("report_id" in changed) form.resetFields(["codes"]);
      }}
      send={async (body, key) => {
        const job = await request<Job>("POST", COMPARISONS, { key, body });
        void navigate({ to: `/deduction-comparisons/${job.id}` });
      }}
    >
      <Notice>{t("compare.text")}</Notice>
      <Form.Item
        name="report_id"
        label={t("report")}
        rules={[{ required: true, message: t("report.needed") }]}
      >
        <Select
          loading={reports.data === undefined}
          showSearch={{ optionFilterProp: "label" }}
          options={(reports.data ?? []).filter(claims).map((one) => ({
            value: one.id,
            label: `${one.licence_code} ${organisationName(null, one.licensee)} · ${monthsOf(one)}`,
          }))}
        />
      </Form.Item>
      <Codes report={report} />
      <ReasonField label={t("reason")} help={t("reason.help")} needed={t("reason.needed")} />
    </ActionForm>
  );
}

/** Only lines that were sent claim anything. */
function claims(one: SalesReport): boolean {
  return one.kind !== "nil" && one.kind !== "estimate";
}

function Codes({ report }: { report: string | undefined }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const found = useQuery({
    queryKey: keys.part(REPORTS, report ?? "", "deductions"),
    queryFn: ({ signal }) => request<ClaimedDeductions>("GET", `${REPORTS}/${report}/deductions`, { signal }),
    enabled: report !== undefined,
  });
  const units = new Map<string, number>();
  for (const claim of found.data?.claims ?? []) {
    units.set(claim.code, (units.get(claim.code) ?? 0) + claim.units);
  }
  if (found.data && units.size === 0) return <Notice kind="attention">{t("codes.none")}</Notice>;
  return (
    <Form.Item name="codes" label={t("codes")} rules={[{ required: true, message: t("codes.needed") }]}>
      <Select
        mode="multiple"
        disabled={found.data === undefined}
        loading={found.isFetching}
        options={[...units].map(([code, count]) => ({
          value: code,
          label: `${code} (${formatNumber(count, language)})`,
        }))}
      />
    </Form.Item>
  );
}
