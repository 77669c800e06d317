import { useNavigate } from "@tanstack/react-router";
import { Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import { type Membership, request, type TreatyRelief, type TreatyReliefDetail } from "@/shared/api";
import { EntitySelect, useEvery } from "@/shared/choosing";
import { CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { PlusOutlined } from "@/shared/ui/icons";
import { Country, Mark } from "./parts.tsx";
import { RELIEF, RELIEF_STATES, RELIEFS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";
import styles from "./withholding.module.css";

/** Members' proofs of residence, by which a treaty's rate holds for them. */
export function Reliefs({ isFinance }: { isFinance: boolean }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      {isFinance && (
        <div className={styles.tools}>
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
            {t("relief.enter")}
          </Button>
        </div>
      )}
      <ListTable<TreatyRelief>
        inner
        path={RELIEFS}
        caption={t("tab.reliefs")}
        defaultOrder="-entered"
        subjectType={RELIEF}
        nameOf={(row) => row.certificate}
        addressOf={(row) => `/treaty-reliefs/${row.id}`}
        empty={<Empty title={t("reliefs.none")}>{t("reliefs.none.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: w("state"),
            choices: RELIEF_STATES.map((value) => ({ value, label: t(`relief.${value}`) })),
          },
        ]}
        columns={[
          { key: "certificate", title: t("certificate"), main: true, render: (row) => row.certificate },
          { key: "member", title: t("member"), render: (row) => organisationName(null, row.member) },
          { key: "country", title: t("country"), render: (row) => <Country code={row.country} /> },
          { key: "from", title: t("from"), render: (row) => <CalendarDay day={row.from_on} /> },
          { key: "until", title: t("until"), render: (row) => <CalendarDay day={row.until_on} /> },
          { key: "state", title: w("state"), render: (row) => <Mark of="relief" state={row.state} /> },
          {
            key: "entered",
            title: t("entered"),
            order: "entered",
            extra: true,
            render: (row) => <Instant at={row.entered_at} />,
          },
        ]}
      />
      <Drawer
        open={isOpen}
        onClose={() => setOpen(false)}
        title={t("relief.enter")}
        size={520}
        destroyOnHidden
      >
        <EnterRelief onClose={() => setOpen(false)} />
      </Drawer>
    </>
  );
}

function EnterRelief({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const refresh = useRefresh();
  const organisationName = useOrganisationName();
  const members = useEvery<Membership>("/api/v1/memberships").data ?? [];
  const day = [{ required: true, message: t("day.needed") }];
  return (
    <ActionForm<Record<string, string>>
      submit={t("relief.enter")}
      onCancel={onClose}
      send={async ({ country, ...values }, key) => {
        const body = { ...values, country: (country ?? "").trim().toUpperCase() };
        const made = await request<TreatyReliefDetail>("POST", RELIEFS, { body, key });
        void navigate({ to: `/treaty-reliefs/${made.id}` });
        await refresh();
      }}
      onDone={onClose}
    >
      <Notice>{t("relief.text")}</Notice>
      <Form.Item
        name="operating_entity_id"
        label={t("entity")}
        rules={[{ required: true, message: t("entity.needed") }]}
      >
        <EntitySelect />
      </Form.Item>
      <Form.Item
        name="membership_id"
        label={t("member")}
        rules={[{ required: true, message: t("member.needed") }]}
      >
        <Select
          showSearch={{ optionFilterProp: "label" }}
          options={members
            .filter((one) => one.code)
            .map((one) => ({ value: one.id, label: organisationName(one.organisation_id, one.code ?? "") }))}
        />
      </Form.Item>
      <Form.Item
        name="country"
        label={t("country")}
        extra={t("country.help")}
        rules={[{ required: true, whitespace: true, message: t("country.needed") }]}
      >
        <Input maxLength={2} style={{ width: 90 }} />
      </Form.Item>
      <Form.Item
        name="certificate"
        label={t("certificate")}
        rules={[{ required: true, whitespace: true, message: t("certificate.needed") }]}
      >
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="from_on" label={t("from")} rules={day}>
        <DayInput />
      </Form.Item>
      <Form.Item name="until_on" label={t("until")} rules={day}>
        <DayInput />
      </Form.Item>
    </ActionForm>
  );
}
