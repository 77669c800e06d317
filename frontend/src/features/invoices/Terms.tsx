import { App, Button, Form, Input, InputNumber, Select, Switch } from "antd";
import {
  asProblem,
  type BillingTerms,
  type InvoiceSeries,
  type Licence,
  newKey,
  type Programme,
  request,
  type TaxRule,
} from "@/shared/api";
import { EntitySelect, useEvery } from "@/shared/choosing";
import { CalendarDay, Figure, Instant } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { ListTable } from "@/shared/table";
import { Empty, Notice, StateMark } from "@/shared/ui";
import { Adding, From, Needed } from "./Adding.tsx";
import { SERIES, TAXES, TERMS, useRefresh } from "./queries.ts";
import { texts } from "./texts/index.ts";

interface TermsValues {
  programme_id: string;
  licence_id?: string;
  from_on: string;
  payment_days: number;
  prices_include_tax?: boolean;
  vat_code?: string;
  withholding_code?: string;
  interest_kind?: string;
  interest_percent?: string;
  interest_year_days?: number;
}

function TermsFields() {
  const t = useTexts(texts);
  const form = Form.useFormInstance<TermsValues>();
  const programme = Form.useWatch("programme_id", form);
  const interest = Form.useWatch("interest_kind", form);
  const programmes = useEvery<Programme>("/api/v1/programmes").data ?? [];
  const licences = useEvery<Licence>("/api/v1/licences", { programme }, programme !== undefined).data ?? [];
  const taxes = useEvery<TaxRule>(TAXES).data ?? [];
  const codes = (kind: string) =>
    [...new Set(taxes.filter((one) => one.tax_kind === kind).map((one) => one.code))].map((value) => ({
      value,
      label: value,
    }));
  return (
    <>
      <Needed name="programme_id" label={t("programme")}>
        <Select options={programmes.map((one) => ({ value: one.id, label: one.name }))} />
      </Needed>
      <Form.Item name="licence_id" label={t("licence")} extra={t("licence.help")}>
        <Select
          allowClear
          disabled={programme === undefined}
          showSearch={{ optionFilterProp: "label" }}
          options={licences.map((one) => ({ value: one.id, label: `${one.code} · ${one.licensee_name}` }))}
        />
      </Form.Item>
      <From />
      <Needed name="payment_days" label={t("payment_days")}>
        <InputNumber min={0} max={366} precision={0} />
      </Needed>
      <Form.Item name="vat_code" label={t("tax.kind.vat")}>
        <Select allowClear options={codes("vat")} />
      </Form.Item>
      <Form.Item name="prices_include_tax" label={t("prices_include_tax")} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="withholding_code" label={t("tax.kind.withholding")}>
        <Select allowClear options={codes("withholding")} />
      </Form.Item>
      <Form.Item name="interest_kind" label={t("interest.kind")}>
        <Select
          allowClear
          options={["yearly", "daily", "monthly", "monthly_compound"].map((value) => ({
            value,
            label: t.maybe(`interest.${value}`),
          }))}
        />
      </Form.Item>
      {interest && (
        <Needed name="interest_percent" label={t("percent")}>
          <InputNumber stringMode min="0.000001" max="99.999999" suffix="%" controls={false} />
        </Needed>
      )}
      {interest === "yearly" && (
        <Form.Item name="interest_year_days" label={t("year_days")}>
          <Select
            options={[365, 360].map((value) => ({ value, label: String(value) }))}
            style={{ width: 100 }}
          />
        </Form.Item>
      )}
    </>
  );
}

export function Terms() {
  const t = useTexts(texts);
  return (
    <>
      <Adding<TermsValues>
        title={t("terms.add")}
        path={TERMS}
        initial={{ from_on: todayHere(), payment_days: 30, interest_year_days: 365 }}
        note={t("terms.note")}
      >
        <TermsFields />
      </Adding>
      <ListTable<BillingTerms>
        inner
        path={TERMS}
        caption={t("terms")}
        defaultOrder="-from"
        nameOf={(row) => `${row.programme_code} ${row.licence_code ?? ""}`}
        empty={<Empty title={t("terms.none")}>{t("terms.note")}</Empty>}
        columns={[
          {
            key: "of",
            title: t("terms.of"),
            main: true,
            render: (row) => `${row.programme_code} ${row.licence_code ?? ""}`,
          },
          {
            key: "from",
            title: t("from"),
            order: "from",
            render: (row) => <CalendarDay day={row.from_on} />,
          },
          {
            key: "days",
            title: t("payment_days"),
            numeric: true,
            render: (row) => <Figure value={row.payment_days} />,
          },
          { key: "vat", title: t("tax.kind.vat"), render: (row) => row.vat_code || "–" },
          {
            key: "include",
            title: t("prices_include_tax"),
            extra: true,
            render: (row) => (row.prices_include_tax ? "✓" : "–"),
          },
          {
            key: "withholding",
            title: t("tax.kind.withholding"),
            render: (row) => row.withholding_code || "–",
          },
          {
            key: "interest",
            title: t("interest.kind"),
            render: (row) =>
              row.interest_kind
                ? `${t.maybe(`interest.${row.interest_kind}`)} ${row.interest_percent} %`
                : "–",
          },
        ]}
      />
    </>
  );
}

export function Series() {
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const refresh = useRefresh();
  const close = async (row: InvoiceSeries) => {
    const agreed = await modal.confirm({
      title: t("series.close", { code: row.code }),
      content: t("series.close.text"),
      okText: t("series.close.do"),
      okButtonProps: { danger: true },
    });
    if (!agreed) return;
    try {
      await request("POST", `${SERIES}/${row.id}/closing`, { key: newKey() });
      await refresh();
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  return (
    <>
      <Adding<Record<string, string>>
        title={t("series.add")}
        path={SERIES}
        initial={{}}
        note={t("series.note")}
      >
        <Needed name="operating_entity_id" label={t("entity")}>
          <EntitySelect />
        </Needed>
        <Needed name="code" label={t("series.code")}>
          <Input maxLength={11} style={{ width: 160 }} />
        </Needed>
        <Form.Item name="name" label={t("series.name")}>
          <Input maxLength={100} />
        </Form.Item>
      </Adding>
      <Notice>{t("series.note")}</Notice>
      <ListTable<InvoiceSeries>
        inner
        path={SERIES}
        caption={t("series.all")}
        defaultOrder="code"
        nameOf={(row) => row.code}
        empty={<Empty title={t("series.none")} />}
        columns={[
          { key: "code", title: t("series.code"), main: true, order: "code", render: (row) => row.code },
          { key: "name", title: t("series.name"), render: (row) => row.name || "–" },
          {
            key: "opened",
            title: t("series.opened"),
            order: "opened",
            render: (row) => <Instant at={row.opened_at} />,
          },
          {
            key: "state",
            title: t("series.state"),
            render: (row) => (
              <StateMark standing={row.closed_at ? "closed" : "fine"}>
                {t(row.closed_at ? "series.closed" : "series.open")}
              </StateMark>
            ),
          },
          {
            key: "close",
            title: t("decide"),
            render: (row) =>
              row.closed_at ? (
                "–"
              ) : (
                <Button size="small" onClick={() => void close(row)}>
                  {t("series.close.do")}
                </Button>
              ),
          },
        ]}
      />
    </>
  );
}
