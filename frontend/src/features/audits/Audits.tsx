import { useNavigate } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import {
  type Licence,
  type LicenseeAudit,
  type LicenseeAuditDetail,
  type RoleAssignment,
  request,
  type Seat,
  useRoles,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Page, PageTabs, StateMark } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import { Clauses } from "./Clauses.tsx";
import { MonthInput } from "./fields.tsx";
import { AUDIT, AUDITS, STANDINGS, STATES, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

export function nameOf(audit: Pick<LicenseeAudit, "licence_code" | "number">): string {
  return `${audit.licence_code} #${audit.number}`;
}

/** Which licensees are audited, and what their contracts say of it. */
export function Audits() {
  const t = useTexts(texts);
  const roles = useRoles();
  const proposes = roles.has("finance");
  const [open, setOpen] = useState(false);
  const tabs = [{ key: "audits", label: t("tab.audits"), children: <Rows /> }];
  if (proposes || roles.has("licensee")) {
    tabs.push({ key: "clauses", label: t("tab.clauses"), children: <Clauses records={proposes} /> });
  }
  return (
    <Page
      title={t("title")}
      subtitle={t("lead")}
      primary={
        proposes && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
            {t("propose")}
          </Button>
        )
      }
    >
      <PageTabs tabs={tabs} />
      <Drawer open={open} onClose={() => setOpen(false)} title={t("propose")} size={520} destroyOnHidden>
        <ProposalForm onClose={() => setOpen(false)} />
      </Drawer>
    </Page>
  );
}

function Rows() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const isFinance = useRoles().has("finance");
  return (
    <ListTable<LicenseeAudit>
      inner
      path={AUDITS}
      caption={t("tab.audits")}
      defaultOrder="-proposed"
      subjectType={AUDIT}
      nameOf={nameOf}
      addressOf={(row) => `/audits/${row.id}`}
      empty={<Empty title={t("none")}>{isFinance ? t("none.text") : t("none.own")}</Empty>}
      filters={[
        {
          name: "state",
          label: w("state"),
          choices: STATES.map((value) => ({ value, label: t(`state.${value}`) })),
        },
      ]}
      columns={[
        { key: "audit", title: t("audit"), main: true, render: nameOf },
        {
          key: "state",
          title: w("state"),
          render: (row) => (
            <StateMark standing={STANDINGS[row.state ?? ""] ?? "attention"}>
              {t.maybe(`state.${row.state}`)}
            </StateMark>
          ),
        },
        {
          key: "licensee",
          title: t("licensee"),
          render: (row) => organisationName(row.licensee_id, row.licensee_name),
        },
        { key: "months", title: t("months"), render: (row) => `${row.first_month} – ${row.last_month}` },
        { key: "auditor", title: t("auditor"), render: (row) => spoken(row.auditor_name) },
        {
          key: "noticed",
          title: t("noticed"),
          render: (row) => <CalendarDay day={row.noticed_on ?? null} />,
        },
        {
          key: "ends",
          title: t("access_ends"),
          render: (row) => <CalendarDay day={row.access_ends_on ?? null} />,
        },
      ]}
    />
  );
}

interface Proposal {
  licence_id: string;
  auditor_seat_id: string;
  first_month: string;
  last_month: string;
  reason: string;
}

function ProposalForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const go = useNavigate();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const licences = useEvery<Licence>("/api/v1/licences").data ?? [];
  const needed = [{ required: true, message: t("needed") }];
  return (
    <ActionForm<Proposal>
      submit={t("propose")}
      onCancel={onClose}
      send={async (values, key) => {
        const made = await request<LicenseeAuditDetail>("POST", AUDITS, { key, body: values });
        await refresh();
        void message.success(t("propose.done"));
        void go({ to: `/audits/${made.id}` });
      }}
      onDone={onClose}
    >
      <Form.Item name="licence_id" label={t("licence")} rules={needed}>
        <Select
          showSearch={{ optionFilterProp: "label" }}
          options={licences.map((one) => ({ value: one.id, label: `${one.code} · ${one.licensee_name}` }))}
        />
      </Form.Item>
      <Form.Item name="first_month" label={t("first_month")} rules={needed}>
        <MonthInput />
      </Form.Item>
      <Form.Item name="last_month" label={t("last_month")} rules={needed}>
        <MonthInput />
      </Form.Item>
      <Form.Item name="auditor_seat_id" label={t("auditor")} rules={needed}>
        <AuditorSelect />
      </Form.Item>
      <Form.Item name="reason" label={t("reason")} extra={t("reason.help")} rules={needed}>
        <Input maxLength={500} />
      </Form.Item>
    </ActionForm>
  );
}

function AuditorSelect(props: { value?: string; onChange?: (value: string) => void; id?: string }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const roles = useEvery<RoleAssignment>("/api/v1/role-assignments", { role: "auditor" });
  const seats = useEvery<Seat>("/api/v1/seats");
  const now = new Date().toISOString();
  const holding = new Set(
    (roles.data ?? [])
      .filter((row) => row.role === "auditor" && (!row.ends_at || row.ends_at > now))
      .map((row) => row.seat),
  );
  return (
    <Select
      {...props}
      showSearch={{ optionFilterProp: "label" }}
      loading={roles.isPending || seats.isPending}
      placeholder={t("auditor.choose")}
      options={(seats.data ?? [])
        .filter((seat) => !seat.ended_at && holding.has(seat.id))
        .map((seat) => ({
          value: seat.id,
          label: `${spoken(seat.user_name)} · ${organisationName(seat.organisation, seat.organisation_name)}`,
        }))}
    />
  );
}
