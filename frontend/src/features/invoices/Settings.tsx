import { Form, Input, InputNumber, Select } from "antd";
import type { TaxIdentity, TaxRule } from "@/shared/api";
import { EntitySelect, OrganisationSelect } from "@/shared/choosing";
import { CalendarDay, Figure } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, Page, PageTabs } from "@/shared/ui";
import { Adding, From, Needed } from "./Adding.tsx";
import { IDENTITIES, TAXES } from "./queries.ts";
import { Series, Terms } from "./Terms.tsx";
import { texts } from "./texts/index.ts";

/** What invoices go by: who everybody is to the tax office, taxes, terms and numbers. */
export function BillingSettings() {
  const t = useTexts(texts);
  return (
    <Page
      title={t("settings")}
      subtitle={t("settings.lead")}
      trail={[{ label: t("title"), to: "/invoices" }]}
    >
      <PageTabs
        tabs={[
          { key: "identities", label: t("identities"), children: <Identities /> },
          { key: "taxes", label: t("taxes"), children: <Taxes /> },
          { key: "terms", label: t("terms"), children: <Terms /> },
          { key: "series", label: t("series.all"), children: <Series /> },
        ]}
      />
    </Page>
  );
}

function Identities() {
  const t = useTexts(texts);
  const spoken = useSpoken();
  return (
    <>
      <Adding<Record<string, string>>
        title={t("identity.add")}
        path={IDENTITIES}
        initial={{ from_on: todayHere(), country: "CN" }}
        note={t("identity.note")}
      >
        <Needed name="operating_entity_id" label={t("entity")}>
          <EntitySelect />
        </Needed>
        <Needed name="organisation_id" label={t("organisation")}>
          <OrganisationSelect />
        </Needed>
        <From />
        <Needed name="name" label={t("identity.name")}>
          <Input maxLength={200} />
        </Needed>
        <Needed name="country" label={t("country")}>
          <Input maxLength={2} style={{ width: 80 }} />
        </Needed>
        {(
          [
            ["tax_number", 40],
            ["address", 300],
            ["phone", 40],
            ["bank_name", 200],
            ["bank_account", 64],
          ] as const
        ).map(([name, longest]) => (
          <Form.Item key={name} name={name} label={t(name)}>
            <Input maxLength={longest} />
          </Form.Item>
        ))}
      </Adding>
      <ListTable<TaxIdentity>
        inner
        path={IDENTITIES}
        caption={t("identities")}
        defaultOrder="name"
        nameOf={(row) => row.name}
        empty={<Empty title={t("identities.none")}>{t("identity.note")}</Empty>}
        columns={[
          { key: "name", title: t("identity.name"), main: true, order: "name", render: (row) => row.name },
          { key: "organisation", title: t("organisation"), render: (row) => spoken(row.organisation_name) },
          {
            key: "from",
            title: t("from"),
            order: "from",
            render: (row) => <CalendarDay day={row.from_on} />,
          },
          { key: "country", title: t("country"), render: (row) => <code>{row.country}</code> },
          { key: "tax_number", title: t("tax_number"), render: (row) => row.tax_number || "–" },
          { key: "bank", title: t("bank_name"), extra: true, render: (row) => row.bank_name || "–" },
          { key: "account", title: t("bank_account"), extra: true, render: (row) => row.bank_account || "–" },
          { key: "address", title: t("address"), extra: true, render: (row) => row.address || "–" },
        ]}
      />
    </>
  );
}

interface TaxValues {
  operating_entity_id: string;
  code: string;
  tax_kind: "vat" | "withholding";
  from_on: string;
  percent: string;
  rounded: string;
  bearer?: string;
  basis?: string;
}

function TaxFields() {
  const t = useTexts(texts);
  const form = Form.useFormInstance<TaxValues>();
  const kind = Form.useWatch("tax_kind", form) ?? "vat";
  const choices = (values: readonly string[], prefix: string) =>
    values.map((value) => ({ value, label: t.maybe(`${prefix}.${value}`) }));
  return (
    <>
      <Needed name="operating_entity_id" label={t("entity")}>
        <EntitySelect />
      </Needed>
      <Needed name="code" label={t("tax.code")}>
        <Input maxLength={20} style={{ width: 160 }} />
      </Needed>
      <Needed name="tax_kind" label={t("tax.kind")}>
        <Select options={choices(["vat", "withholding"], "tax.kind")} />
      </Needed>
      <From />
      <Needed name="percent" label={t("percent")}>
        <InputNumber stringMode min="0" max="99.999999" suffix="%" controls={false} />
      </Needed>
      {kind === "vat" ? (
        <Form.Item name="rounded" label={t("rounded")} extra={t("rounded.help")}>
          <Select options={choices(["tax", "net"], "rounded")} />
        </Form.Item>
      ) : (
        <Needed name="bearer" label={t("bearer")}>
          <Select options={choices(["licensor", "licensee"], "bearer")} />
        </Needed>
      )}
      <Form.Item name="basis" label={t("basis")}>
        <Input maxLength={300} />
      </Form.Item>
    </>
  );
}

function Taxes() {
  const t = useTexts(texts);
  return (
    <>
      <Adding<TaxValues>
        title={t("tax.add")}
        path={TAXES}
        initial={{ from_on: todayHere(), tax_kind: "vat", rounded: "tax" }}
        note={t("tax.note")}
        body={({ bearer, ...values }) =>
          values.tax_kind === "withholding" ? { ...values, rounded: "tax", bearer } : values
        }
      >
        <TaxFields />
      </Adding>
      <ListTable<TaxRule>
        inner
        path={TAXES}
        caption={t("taxes")}
        defaultOrder="code"
        nameOf={(row) => row.code}
        empty={<Empty title={t("taxes.none")} />}
        columns={[
          { key: "code", title: t("tax.code"), main: true, order: "code", render: (row) => row.code },
          { key: "kind", title: t("tax.kind"), render: (row) => t.maybe(`tax.kind.${row.tax_kind}`) },
          {
            key: "percent",
            title: t("percent"),
            numeric: true,
            render: (row) => <Figure value={row.percent} />,
          },
          {
            key: "from",
            title: t("from"),
            order: "from",
            render: (row) => <CalendarDay day={row.from_on} />,
          },
          {
            key: "bearer",
            title: t("bearer"),
            render: (row) => (row.bearer ? t.maybe(`bearer.${row.bearer}`) : "–"),
          },
          {
            key: "rounded",
            title: t("rounded"),
            extra: true,
            render: (row) => t.maybe(`rounded.${row.rounded}`),
          },
          { key: "basis", title: t("basis"), extra: true, render: (row) => row.basis || "–" },
        ]}
      />
    </>
  );
}
