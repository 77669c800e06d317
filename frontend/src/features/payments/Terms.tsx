import { useQuery } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import {
  keys,
  type MatchingTerms as MatchingTermsRow,
  type OperatingEntity,
  type PayingAffiliates,
  request,
} from "@/shared/api";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { minorOf } from "@/shared/format/typed";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn, useOrganisationName, useSpoken } from "@/shared/names";
import { FigureTable } from "@/shared/royalties";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Failure, Notice, Skeleton } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { PlusOutlined } from "@/shared/ui/icons";
import { AmountItem, EntityChoice, useEntityFilter } from "./parts.tsx";
import styles from "./payments.module.css";
import { ENTITIES, TERMS, useKeptEntities, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** By what payments are recognised: how much banks may keep, who set that, and who pays for whom. */
export function MatchingTerms() {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const [isSetting, setSetting] = useState(false);
  return (
    <>
      <Notice>{t("terms.text")}</Notice>
      <div className={styles.tools}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setSetting(true)}>
          {t("terms.set")}
        </Button>
      </div>
      <ListTable<MatchingTermsRow>
        inner
        path={TERMS}
        caption={t("tolerance")}
        defaultOrder="-from"
        nameOf={(row) => `${row.currency} ${row.from_on}`}
        empty={<Empty title={t("terms.none")}>{t("terms.none.text")}</Empty>}
        filters={useEntityFilter()}
        columns={[
          { key: "currency", title: t("currency"), main: true, render: (row) => row.currency },
          {
            key: "tolerance",
            title: t("tolerance"),
            numeric: true,
            render: (row) => <Amount minor={row.charge_tolerance_minor} currency={row.currency} />,
          },
          {
            key: "from",
            title: t("from_on"),
            order: "from",
            render: (row) => <CalendarDay day={row.from_on} />,
          },
          { key: "by", title: t("set_by"), render: (row) => spoken(row.set_by_name) || t("set_by.unknown") },
          {
            key: "at",
            title: t("set_at"),
            render: (row) => (row.set_at ? <Instant at={row.set_at} /> : "–"),
          },
        ]}
      />
      <section className={styles.part} aria-label={t("affiliates")}>
        <h2>{t("affiliates")}</h2>
        <Affiliates />
      </section>
      <Drawer
        open={isSetting}
        onClose={() => setSetting(false)}
        title={t("terms.set")}
        size={520}
        destroyOnHidden
      >
        <Setting onClose={() => setSetting(false)} />
      </Drawer>
    </>
  );
}

function Affiliates() {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const [chosen, setChosen] = useState("");
  const kept = useKeptEntities();
  const entity = chosen || kept[0]?.id || "";
  const found = useQuery({
    queryKey: [...keys.object(ENTITIES, entity), "paying-affiliates"],
    queryFn: ({ signal }) =>
      request<PayingAffiliates>("GET", `${ENTITIES}/${entity}/paying-affiliates`, { signal }),
    enabled: entity !== "",
  });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton />;
  return (
    <>
      <EntityChoice value={entity} onChange={setChosen} />
      {found.data.items.length === 0 ? (
        <Empty title={t("affiliates.none")}>{t("affiliates.none.text")}</Empty>
      ) : (
        <FigureTable label={t("affiliates")}>
          <thead>
            <tr>
              <th scope="col">{t("licensee")}</th>
              <th scope="col">{t("affiliate")}</th>
              <th scope="col">{t("affiliate.kind")}</th>
              <th scope="col" data-wide>
                {t("known_from")}
              </th>
              <th scope="col" data-wide>
                {t("recorded_by")}
              </th>
            </tr>
          </thead>
          <tbody>
            {found.data.items.map((one) => (
              <tr key={`${one.licensee_id} ${one.affiliate_name}`}>
                <th scope="row">{organisationName(one.licensee_id, one.licensee_name)}</th>
                <td>{organisationName(null, one.affiliate_name)}</td>
                <td>{t.maybe(`affiliate.${one.kind}`)}</td>
                <td data-wide>{spoken(one.known_from)}</td>
                <td data-wide>{spoken(one.recorded_by_name) || "–"}</td>
              </tr>
            ))}
          </tbody>
        </FigureTable>
      )}
    </>
  );
}

interface Values {
  operating_entity_id?: string;
  currency: string;
  tolerance: string;
  from_on: string;
}

/** Whose terms are set has to be known before anything is sent. */
function Setting({ onClose }: { onClose: () => void }) {
  const kept = useKeptEntities();
  return kept.length === 0 ? <Skeleton /> : <SetForm kept={kept} onClose={onClose} />;
}

function SetForm({ kept, onClose }: { kept: readonly OperatingEntity[]; onClose: () => void }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const currency = (Form.useWatch("currency", form) ?? "CNY").toUpperCase();
  return (
    <ActionForm<Values>
      form={form}
      submit={t("terms.set")}
      onCancel={onClose}
      initialValues={{ currency: "CNY", from_on: todayHere() }}
      send={async ({ tolerance, ...values }, key) => {
        await request("POST", TERMS, {
          key,
          body: {
            ...values,
            // Where there is one, there is nothing to choose.
            operating_entity_id: values.operating_entity_id ?? kept[0]?.id,
            currency,
            charge_tolerance_minor: minorOf(tolerance, currency),
          },
        });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("saved"));
        onClose();
      }}
    >
      <Notice kind="attention">{t("terms.two")}</Notice>
      {kept.length > 1 && (
        <Form.Item
          name="operating_entity_id"
          label={t("entity")}
          rules={[{ required: true, message: t("entity.needed") }]}
        >
          <Select options={kept.map((one) => ({ value: one.id, label: nameIn(language, one) }))} />
        </Form.Item>
      )}
      <Form.Item
        name="currency"
        label={t("currency")}
        rules={[{ required: true, len: 3, message: t("currency.needed") }]}
      >
        <Input maxLength={3} style={{ width: 120 }} />
      </Form.Item>
      <AmountItem
        name="tolerance"
        label={t("tolerance")}
        currency={currency.length === 3 ? currency : "CNY"}
      />
      <Form.Item required name="from_on" label={t("from_on")}>
        <DayInput />
      </Form.Item>
    </ActionForm>
  );
}
