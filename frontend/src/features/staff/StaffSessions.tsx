import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Select } from "antd";
import { useState } from "react";
import { asProblem, request, type StaffSession, useMe, useRoles } from "@/shared/api";
import { AllianceSelect, useAllianceName } from "@/shared/choosing";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { isOpen, STAFF_SESSIONS, useOpenStaffSession } from "@/shared/staff";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice, Page, ReasonField, StateMark } from "@/shared/ui";
import { texts } from "./texts.ts";

/** When those who keep the installation read an alliance's data: who, for how long, and why. */
export function StaffSessions() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const roles = useRoles();
  const me = useMe();
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const allianceName = useAllianceName();
  const present = useOpenStaffSession();
  const end = useEnding();
  const [isOpening, setOpening] = useState(false);
  const isAdmin = roles.has("site_admin");
  const mayEnd = (row: StaffSession) =>
    isOpen(row) && (roles.has("secretariat") || (isAdmin && row.user_id === me.user));
  const open = isAdmin && !present && (
    <Button type="primary" onClick={() => setOpening(true)}>
      {t("open")}
    </Button>
  );
  return (
    <Page title={t("title")} subtitle={t("lead")} primary={open}>
      <ListTable<StaffSession>
        path={STAFF_SESSIONS}
        caption={t("title")}
        defaultOrder="-started"
        nameOf={(row) => spoken(row.user_name)}
        empty={
          <Empty title={t("empty")} action={open}>
            {isAdmin ? t("empty.admin") : t("empty.text")}
          </Empty>
        }
        columns={[
          { key: "person", title: w("person"), main: true, render: (row) => spoken(row.user_name) },
          {
            key: "organisation",
            title: w("organisation"),
            render: (row) => organisationName(null, row.organisation_name),
          },
          {
            key: "alliance",
            title: w("alliance"),
            render: (row) => allianceName(row.alliance_id, row.alliance_name),
          },
          { key: "reason", title: w("reason"), render: (row) => row.reason },
          {
            key: "from",
            title: t("from"),
            order: "started",
            render: (row) => <Instant at={row.starts_at} />,
          },
          { key: "to", title: t("to"), render: (row) => <Instant at={row.ended_at ?? row.ends_at} /> },
          {
            key: "state",
            title: w("state"),
            render: (row) => (
              <StateMark standing={isOpen(row) ? "overdue" : "closed"}>
                {isOpen(row) ? t("state.open") : t("state.over")}
              </StateMark>
            ),
          },
          {
            key: "end",
            title: t("end"),
            render: (row) =>
              mayEnd(row) ? (
                <Button
                  size="small"
                  danger
                  aria-label={t("end.of", { name: spoken(row.user_name) })}
                  onClick={() => void end(row)}
                >
                  {t("end")}
                </Button>
              ) : (
                "–"
              ),
          },
        ]}
      />
      <Drawer open={isOpening} onClose={() => setOpening(false)} title={t("open")} size={520} destroyOnHidden>
        <OpenForm onClose={() => setOpening(false)} />
      </Drawer>
    </Page>
  );
}

function useEnding(): (row: StaffSession) => Promise<void> {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  return async (row) => {
    try {
      await request("POST", `${STAFF_SESSIONS}/${row.id}/end`);
      void message.success(t("ended"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await client.invalidateQueries();
  };
}

const MINUTES = [15, 30, 60, 120, 240] as const;

function OpenForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const client = useQueryClient();
  const { message } = App.useApp();
  return (
    <>
      <Notice kind="attention">{t("open.note")}</Notice>
      <ActionForm<{ alliance_id: string; reason: string; minutes: number }>
        submit={t("open")}
        onCancel={onClose}
        send={async (values, key) => {
          await request("POST", STAFF_SESSIONS, { key, body: values });
          await client.invalidateQueries();
        }}
        onDone={() => {
          void message.success(t("opened"));
          onClose();
        }}
        initialValues={{ minutes: 30 }}
      >
        <Form.Item
          name="alliance_id"
          label={w("alliance")}
          rules={[{ required: true, message: t("alliance.needed") }]}
        >
          <AllianceSelect />
        </Form.Item>
        <Form.Item name="minutes" label={t("minutes")} extra={t("minutes.help")} rules={[{ required: true }]}>
          <Select
            options={MINUTES.map((minutes) => ({
              value: minutes,
              label: t("minutes.of", { count: minutes }),
            }))}
          />
        </Form.Item>
        <ReasonField help={t("reason.help")} needed={t("reason.needed")} />
      </ActionForm>
    </>
  );
}
