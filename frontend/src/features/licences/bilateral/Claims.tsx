import { useNavigate } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import {
  type BilateralClaim,
  type BilateralClaimLine,
  type Licence,
  type PoolMember,
  type Programme,
  request,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice, StateMark } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { PATH } from "../state.ts";
import styles from "./bilateral.module.css";
import { CLAIM_STANDINGS, CLAIM_SUBJECT, CLAIMS, useClaimRoles, useRefreshClaims } from "./queries.ts";
import { claimTexts } from "./texts.ts";

/** Claims that licensees hold licences from members: of one licence, or all that the seat may see. */
export function Claims({ licence }: { licence?: string }) {
  const t = useTexts(claimTexts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const { claims } = useClaimRoles();
  const [isClaiming, setClaiming] = useState(false);
  return (
    <>
      <div className={styles.tools}>
        <p className={styles.lead}>{t("lead")}</p>
        {claims && (
          <Button {...(licence ? {} : { type: "primary" })} onClick={() => setClaiming(true)}>
            {t("claim")}
          </Button>
        )}
      </div>
      <ListTable<BilateralClaimLine>
        inner
        path={CLAIMS}
        caption={t("claims")}
        defaultOrder="-claimed"
        {...(licence ? { fixed: { licence } } : {})}
        subjectType={CLAIM_SUBJECT}
        nameOf={(row) => `${row.licence_code} ${row.member_name}`}
        addressOf={(row) => `/bilateral-claims/${row.id}`}
        empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: w("state"),
            choices: Object.keys(CLAIM_STANDINGS).map((state) => ({
              value: state,
              label: t.maybe(`state.${state}`),
            })),
          },
        ]}
        columns={[
          {
            key: "member",
            title: t("member"),
            main: true,
            render: (row) => organisationName(null, row.member_name),
          },
          ...(licence
            ? []
            : [
                {
                  key: "licensee",
                  title: t("licensee"),
                  render: (row: BilateralClaimLine) => organisationName(null, row.licensee_name),
                },
                {
                  key: "licence",
                  title: t("licence"),
                  render: (row: BilateralClaimLine) => <code>{row.licence_code}</code>,
                },
              ]),
          { key: "state", title: w("state"), render: (row) => <ClaimMark claim={row} /> },
          { key: "from", title: t("starts"), render: (row) => <CalendarDay day={row.starts_on} /> },
          {
            key: "to",
            title: t("ends"),
            render: (row) => (row.ends_on ? <CalendarDay day={row.ends_on} /> : t("open")),
          },
        ]}
      />
      <Drawer
        open={isClaiming}
        onClose={() => setClaiming(false)}
        title={t("claim")}
        size={520}
        destroyOnHidden
      >
        <ClaimForm licence={licence} onClose={() => setClaiming(false)} />
      </Drawer>
    </>
  );
}

/** How far a claim has come. */
export function ClaimMark({ claim }: { claim: Pick<BilateralClaimLine, "state"> }) {
  const t = useTexts(claimTexts);
  const state = claim.state ?? "claimed";
  return <StateMark standing={CLAIM_STANDINGS[state]}>{t(`state.${state}`)}</StateMark>;
}

/** States of licences that are or were in force: what was held then is credited for then. */
const BINDING = new Set(["in_force", "suspended", "expired", "terminated"]);

interface Values {
  licence_id: string;
  member_id: string;
  starts_on?: string | null;
  ends_on?: string | null;
  stands_in: string;
}

function ClaimForm({ licence, onClose }: { licence: string | undefined; onClose: () => void }) {
  const t = useTexts(claimTexts);
  const navigate = useNavigate();
  const refresh = useRefreshClaims();
  const { message } = App.useApp();
  const organisationName = useOrganisationName();
  const [form] = Form.useForm<Values>();
  const chosen = Form.useWatch("licence_id", form) ?? licence;
  const licences = useEvery<Licence>(PATH, { order: "code" });
  const programmes = useEvery<Programme>("/api/v1/programmes").data ?? [];
  const binding = (licences.data ?? []).filter((one) => BINDING.has(one.state ?? "draft"));
  const of = (licences.data ?? []).find((one) => one.id === chosen);
  const pool = programmes.find((one) => one.id === of?.programme_id)?.pool_id;
  const needed = { required: true, message: t("needed") };
  return (
    <>
      <Notice>{t("claim.note")}</Notice>
      <ActionForm<Values>
        form={form}
        submit={t("claim")}
        onCancel={onClose}
        initialValues={licence ? { licence_id: licence } : {}}
        send={async (values, key) => {
          const made = await request<BilateralClaim>("POST", CLAIMS, { key, body: values });
          await refresh();
          void navigate({ to: `/bilateral-claims/${made.id}`, search: { tab: "papers" } as never });
        }}
        onDone={() => {
          void message.success(t("claimed"));
          onClose();
        }}
      >
        <Form.Item name="licence_id" label={t("licence")} rules={[needed]}>
          <Select
            showSearch={{ optionFilterProp: "label" }}
            loading={licences.isPending}
            disabled={licence !== undefined}
            options={binding.map((one) => ({
              value: one.id,
              label: `${one.code} · ${organisationName(one.licensee_id, one.licensee_name)}`,
            }))}
          />
        </Form.Item>
        <Form.Item name="member_id" label={t("member")} rules={[needed]}>
          <MemberSelect pool={pool} />
        </Form.Item>
        <Form.Item
          name="stands_in"
          label={t("stands_in")}
          extra={t("stands_in.help")}
          rules={[{ ...needed, whitespace: true }]}
        >
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
        <Form.Item name="starts_on" label={t("starts")}>
          <DayInput clearable />
        </Form.Item>
        <Form.Item name="ends_on" label={t("ends")} extra={t("ends.help")}>
          <DayInput clearable />
        </Form.Item>
      </ActionForm>
    </>
  );
}

/** The members of the pool that a licence is of. */
function MemberSelect({ pool, ...props }: { pool: string | undefined; id?: string; value?: string }) {
  const t = useTexts(claimTexts);
  const organisationName = useOrganisationName();
  const members = useEvery<PoolMember>(
    "/api/v1/pool-members",
    pool ? { pool, order: "code" } : { order: "code" },
    pool !== undefined,
  );
  return (
    <Select
      {...props}
      showSearch={{ optionFilterProp: "label" }}
      loading={members.isLoading}
      disabled={pool === undefined}
      notFoundContent={t("member.none")}
      options={(members.data ?? []).map((one) => ({
        value: one.id,
        label: organisationName(null, one.name),
      }))}
    />
  );
}
