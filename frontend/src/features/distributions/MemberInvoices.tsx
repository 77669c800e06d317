import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, InputNumber, Modal, Radio, Select } from "antd";
import { useState } from "react";
import {
  keys,
  type MemberInvoice,
  type MemberInvoiceAgeing,
  type MemberInvoiceTerms,
  type Membership,
  type Programme,
  request,
  useMe,
} from "@/shared/api";
import { EntitySelect, useEvery } from "@/shared/choosing";
import { Amount, CalendarDay, Figure, Instant } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Facts, Page, PageTabs } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { AgeMark, MemberInvoiceMark } from "./marks.tsx";
import { INVOICE, INVOICE_STATES, INVOICE_TERMS, INVOICES } from "./queries.ts";
import { texts } from "./texts/index.ts";

/** What a member's tax invoice is for: the distribution. */
export function nameOfInvoice(row: Pick<MemberInvoice, "programme_code" | "distribution_number">): string {
  return `${row.programme_code} #${row.distribution_number}`;
}

/** For which shares members have to give tax invoices before they are paid, and how long they have waited. */
export function MemberInvoices() {
  const t = useTexts(texts);
  const isFinance = useMe().roles.some(({ role, purpose }) => role === "finance" && purpose === "royalties");
  return (
    <Page title={t("invoices")} subtitle={t(isFinance ? "invoices.lead" : "invoices.lead.member")}>
      {isFinance ? (
        <PageTabs
          tabs={[
            { key: "invoices", label: t("invoices"), children: <List isFinance /> },
            { key: "terms", label: t("invoice.terms"), children: <Terms /> },
          ]}
        />
      ) : (
        <List isFinance={false} />
      )}
    </Page>
  );
}

const AGES = ["to_30", "to_60", "to_90", "over_90"] as const;

/** What waits in all, by how long. */
function Ageing() {
  const t = useTexts(texts);
  const found = useQuery({
    queryKey: keys.object(INVOICES, "ageing"),
    queryFn: ({ signal }) => request<MemberInvoiceAgeing>("GET", `${INVOICES}/ageing`, { signal }),
  });
  return (
    <>
      {(found.data?.totals ?? []).map((row) => (
        <Facts
          key={row.currency}
          facts={[
            {
              key: "all",
              label: t("age.all"),
              value: <Amount minor={row.total_minor} currency={row.currency} />,
              note: t("age.count", { count: row.invoices }),
            },
            ...AGES.map((age) => ({
              key: age,
              label: t(`age.${age}`),
              value: <Amount minor={row[`${age}_minor`]} currency={row.currency} />,
            })),
            ...(row.waived > 0
              ? [
                  {
                    key: "waived",
                    label: t("age.waived"),
                    value: <Amount minor={row.waived_minor} currency={row.currency} />,
                    note: t("age.count", { count: row.waived }),
                  },
                ]
              : []),
          ]}
        />
      ))}
    </>
  );
}

function List({ isFinance }: { isFinance: boolean }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  return (
    <>
      <Ageing />
      <ListTable<MemberInvoice>
        inner={isFinance}
        path={INVOICES}
        caption={t("invoices")}
        defaultOrder="asked"
        subjectType={INVOICE}
        nameOf={nameOfInvoice}
        addressOf={(row) => `/member-invoices/${row.id}`}
        empty={<Empty title={t("invoices.empty")}>{t("invoices.empty.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: w("state"),
            choices: INVOICE_STATES.map((value) => ({ value, label: t(`invoice.state.${value}`) })),
          },
        ]}
        columns={[
          { key: "run", title: t("distribution"), main: true, render: nameOfInvoice },
          ...(isFinance
            ? [
                {
                  key: "member",
                  title: t("member"),
                  render: (row: MemberInvoice) => organisationName(null, row.member),
                },
              ]
            : []),
          {
            key: "amount",
            title: t("invoice.amount"),
            numeric: true,
            render: (row) => <Amount minor={row.amount_minor} currency={row.currency} />,
          },
          {
            key: "state",
            title: w("state"),
            render: (row) => <MemberInvoiceMark state={row.state ?? "awaited"} />,
          },
          { key: "age", title: t("age"), render: (row) => <AgeMark days={row.waits_days} /> },
          {
            key: "number",
            title: t("invoice.number"),
            render: (row) => (row.number ? <code>{row.number}</code> : "–"),
          },
          {
            key: "asked",
            title: t("invoice.asked"),
            order: "asked",
            render: (row) => <Instant at={row.asked_at} />,
          },
        ]}
      />
    </>
  );
}

interface Values {
  operating_entity_id: string;
  programme_id?: string;
  membership_id?: string;
  from_on: string;
  is_needed: boolean;
  percent?: string;
}

/** The rules: from which day on, of which members of which programme, and at which tax. */
function Terms() {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <p>
        <Button type="primary" onClick={() => setOpen(true)}>
          {t("invoice.terms.add")}
        </Button>
      </p>
      <ListTable<MemberInvoiceTerms>
        inner
        path={INVOICE_TERMS}
        caption={t("invoice.terms")}
        defaultOrder="-from"
        nameOf={(row) => row.from_on}
        empty={<Empty title={t("invoice.terms.empty")}>{t("invoice.terms.note")}</Empty>}
        columns={[
          {
            key: "from",
            title: t("invoice.terms.from"),
            main: true,
            order: "from",
            render: (row) => <CalendarDay day={row.from_on} />,
          },
          {
            key: "programme",
            title: t("programme"),
            render: (row) => row.programme_code || t("invoice.terms.all"),
          },
          {
            key: "member",
            title: t("member"),
            render: (row) => (row.member ? organisationName(null, row.member) : t("invoice.terms.everybody")),
          },
          { key: "needed", title: t("invoice.needed"), render: (row) => t(row.is_needed ? "yes" : "no") },
          {
            key: "percent",
            title: t("invoice.percent"),
            numeric: true,
            render: (row) =>
              row.is_needed ? (
                <>
                  <Figure value={Number(row.percent)} /> %
                </>
              ) : (
                "–"
              ),
          },
        ]}
      />
      <AddTerms open={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}

function AddTerms({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const client = useQueryClient();
  const { message } = App.useApp();
  return (
    <Modal open={open} title={t("invoice.terms.add")} footer={null} destroyOnHidden onCancel={onClose}>
      <ActionForm<Values>
        submit={w("save")}
        onCancel={onClose}
        initialValues={{ from_on: todayHere(), is_needed: true, percent: "6" } as Values}
        send={async ({ percent, ...values }, key) => {
          const body = { ...values, percent: values.is_needed ? (percent ?? "0") : "0" };
          await request("POST", INVOICE_TERMS, { key, body });
          await client.invalidateQueries({ queryKey: keys.lists(INVOICE_TERMS) });
        }}
        onDone={() => {
          void message.success(t("invoice.terms.added"));
          onClose();
        }}
      >
        <p>{t("invoice.terms.note")}</p>
        <TermsFields />
      </ActionForm>
    </Modal>
  );
}

function TermsFields() {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const form = Form.useFormInstance<Values>();
  const isNeeded = Form.useWatch("is_needed", form) ?? true;
  const entity = Form.useWatch("operating_entity_id", form);
  const programmes = (useEvery<Programme>("/api/v1/programmes").data ?? []).filter(
    (one) => one.operating_entity_id === entity,
  );
  const members = useEvery<Membership>("/api/v1/memberships").data ?? [];
  return (
    <>
      <Form.Item
        name="operating_entity_id"
        label={t("invoice.entity")}
        rules={[{ required: true, message: t("invoice.entity.needed") }]}
      >
        <EntitySelect />
      </Form.Item>
      <Form.Item name="programme_id" label={t("programme")}>
        <Select
          allowClear
          placeholder={t("invoice.terms.all")}
          options={programmes.map((one) => ({ value: one.id, label: one.code }))}
        />
      </Form.Item>
      <Form.Item name="membership_id" label={t("member")}>
        <Select
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          placeholder={t("invoice.terms.everybody")}
          options={members
            .filter((one) => one.code)
            .map((one) => ({ value: one.id, label: organisationName(one.organisation_id, one.code ?? "") }))}
        />
      </Form.Item>
      <Form.Item
        name="from_on"
        label={t("invoice.terms.from")}
        rules={[{ required: true, message: t("through.needed") }]}
      >
        <DayInput from={todayHere()} />
      </Form.Item>
      <Form.Item name="is_needed" label={t("invoice.needed")}>
        <Radio.Group
          options={[
            { value: true, label: t("yes") },
            { value: false, label: t("no") },
          ]}
        />
      </Form.Item>
      {isNeeded && (
        <Form.Item name="percent" label={t("invoice.percent")} extra={t("invoice.percent.help")}>
          <InputNumber
            stringMode
            min="0"
            max="99.999999"
            suffix="%"
            controls={false}
            style={{ width: 120 }}
          />
        </Form.Item>
      )}
    </>
  );
}
