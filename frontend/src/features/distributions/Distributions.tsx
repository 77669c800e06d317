import { useNavigate } from "@tanstack/react-router";
import { Button, Drawer, Form, Select } from "antd";
import { useState } from "react";
import {
  api,
  type DistributionRun,
  type Objection,
  type Programme,
  takeVersion,
  useKept,
  useMe,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Page, PageTabs } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { PlusOutlined } from "@/shared/ui/icons";
import { ObjectionMark, RunMark } from "./marks.tsx";
import { OBJECTION, OBJECTIONS, RUN, RUNS, STATES } from "./queries.ts";
import { texts } from "./texts/index.ts";

export function nameOf(run: Pick<DistributionRun, "programme_code" | "number">): string {
  return `${run.programme_code} #${run.number}`;
}

/** What was given out of what programmes received, and what members hold against it. */
export function Distributions() {
  const t = useTexts(texts);
  const [isStarting, setStarting] = useState(false);
  const mayStart = useMe().roles.some(({ role, purpose }) => role === "finance" && purpose === "royalties");
  return (
    <Page
      title={t("title")}
      subtitle={t("lead")}
      primary={
        mayStart && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setStarting(true)}>
            {t("start")}
          </Button>
        )
      }
    >
      <PageTabs
        tabs={[
          { key: "runs", label: t("title"), children: <Runs /> },
          ...(mayStart ? [{ key: "objections", label: t("objections"), children: <Objections /> }] : []),
        ]}
      />
      <Start open={isStarting} onClose={() => setStarting(false)} />
    </Page>
  );
}

function Runs() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const programmes = useEvery<Programme>("/api/v1/programmes").data ?? [];
  return (
    <ListTable<DistributionRun>
      path={RUNS}
      caption={t("title")}
      defaultOrder="-opened"
      subjectType={RUN}
      nameOf={nameOf}
      addressOf={(row) => `/distributions/${row.id}`}
      empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
      filters={[
        {
          name: "programme",
          label: t("programme"),
          choices: programmes.map((one) => ({ value: one.id, label: one.code })),
        },
        {
          name: "status",
          label: w("state"),
          choices: STATES.map((value) => ({ value, label: t(`state.${value}`) })),
        },
      ]}
      columns={[
        { key: "run", title: t("distribution"), main: true, render: nameOf },
        { key: "state", title: w("state"), render: (row) => <RunMark run={row} /> },
        {
          key: "total",
          title: t("total"),
          numeric: true,
          render: (row) => <Amount minor={row.total_minor ?? 0} currency={row.currency} />,
        },
        { key: "through", title: t("through"), render: (row) => <CalendarDay day={row.through_on} /> },
        {
          key: "calculated_by",
          title: t("calculated_by"),
          render: (row) => spoken(row.calculated_by?.name ?? "–"),
        },
        {
          key: "approved_by",
          title: t("approved_by"),
          render: (row) => spoken(row.approved_by?.name ?? "–"),
        },
        {
          key: "opened",
          title: t("opened"),
          order: "opened",
          render: (row) => <Instant at={row.opened_at} />,
        },
      ]}
    />
  );
}

function Objections() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  return (
    <ListTable<Objection>
      inner
      path={OBJECTIONS}
      caption={t("objections")}
      defaultOrder="-raised"
      subjectType={OBJECTION}
      nameOf={nameOf}
      addressOf={(row) => `/objections/${row.id}`}
      empty={<Empty title={t("objections.empty")} />}
      filters={[
        {
          name: "state",
          label: w("state"),
          choices: (["raised", "upheld", "refused", "withdrawn"] as const).map((value) => ({
            value,
            label: t(`objection.${value}`),
          })),
        },
      ]}
      columns={[
        { key: "run", title: t("distribution"), main: true, render: nameOf },
        { key: "member", title: t("member"), render: (row) => organisationName(null, row.member) },
        { key: "text", title: t("objection"), render: (row) => row.text },
        { key: "state", title: w("state"), render: (row) => <ObjectionMark state={row.state ?? "raised"} /> },
        {
          key: "raised",
          title: t("raised"),
          order: "raised",
          render: (row) => <Instant at={row.raised_at} />,
        },
      ]}
    />
  );
}

interface Values {
  programme_id: string;
  through_on: string;
}

/** Chooses what to give out: of which programme, and up to which day money counts. */
function Start({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const keep = useKept(RUNS);
  const navigate = useNavigate();
  const me = useMe();
  const entities = new Set(
    me.roles
      .filter(({ role, purpose }) => role === "finance" && purpose === "royalties")
      .map((held) => held.operating_entity),
  );
  const programmes = (useEvery<Programme>("/api/v1/programmes").data ?? []).filter(
    (one) => one.state !== "draft" && entities.has(one.operating_entity_id),
  );
  const send = async (body: Values, key: string) => {
    const started = await takeVersion(
      api.POST("/api/v1/distribution-runs", { params: { header: { "Idempotency-Key": key } }, body }),
    );
    keep(started.data.id, started, { later: true });
    void navigate({ to: `/distributions/${started.data.id}` });
  };
  return (
    <Drawer open={open} onClose={onClose} title={t("start")} size={480} destroyOnHidden>
      <ActionForm<Values>
        send={send}
        submit={t("start.submit")}
        onCancel={onClose}
        initialValues={{ through_on: todayHere() }}
      >
        <p>{t("start.text")}</p>
        <Form.Item
          name="programme_id"
          label={t("programme")}
          rules={[{ required: true, message: t("programme.needed") }]}
        >
          <Select
            placeholder={t("programme.choose")}
            options={programmes.map((one) => ({
              value: one.id,
              label: `${one.code} · ${spoken(one.name)} (${one.currency})`,
            }))}
          />
        </Form.Item>
        <Form.Item
          name="through_on"
          label={t("through")}
          extra={t("through.help")}
          rules={[{ required: true, message: t("through.needed") }]}
        >
          <DayInput />
        </Form.Item>
      </ActionForm>
    </Drawer>
  );
}
