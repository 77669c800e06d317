import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, InputNumber, Modal, Radio } from "antd";
import { useState } from "react";
import {
  api,
  keys,
  type OperatingEntity,
  type PlannedDecision,
  request,
  takeVersion,
  useRoles,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { nameIn, useSpoken } from "@/shared/names";
import { ActionForm, Empty, Failure, Pairs, Panel, ReasonField, Skeleton, StateMark } from "@/shared/ui";
import styles from "./alliances.module.css";
import { PATH } from "./queries.ts";
import { texts } from "./texts.ts";

/** Whether there are two independent people for each decision that takes two, and what the rules say of admission. */
export function RolePlan({ alliance }: { alliance: string }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const spoken = useSpoken();
  const entities = useEvery<OperatingEntity>("/api/v1/operating-entities", { alliance });
  const found = useQuery({
    queryKey: keys.part(PATH, alliance, "role-plan"),
    queryFn: ({ signal }) => request<PlannedDecision[]>("GET", `${PATH}/${alliance}/role-plan`, { signal }),
    retry: false,
    staleTime: 0,
  });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  const placeOf = (id: string | null | undefined) => {
    const entity = entities.data?.find((one) => one.id === id);
    return entity ? nameIn(language, entity) : t("plan.alliance");
  };
  return (
    <div className={styles.stack}>
      <Panel title={t("plan")} note={t("plan.note")}>
        {found.data.length === 0 ? (
          <Empty title={t("plan.none")} />
        ) : (
          <ul className={styles.plan} aria-label={t("plan")}>
            {found.data.map((row) => (
              <li key={`${row.decision} ${row.operating_entity}`}>
                <p className={styles.decision}>
                  <strong>{t.maybe(`decision.${row.decision}`)}</strong>
                  <StateMark standing={row.enough ? "fine" : "overdue"}>
                    {row.enough ? t("plan.enough") : t("plan.lacking")}
                  </StateMark>
                </p>
                <p className={styles.note}>{placeOf(row.operating_entity)}</p>
                <p>
                  {row.people.length === 0
                    ? t("plan.nobody")
                    : row.people.map((one) => spoken(one.name)).join(language === "en" ? ", " : "、")}
                </p>
                {!row.enough && <p className={styles.note}>{row.tied ? t("plan.tied") : t("plan.what")}</p>}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Rules alliance={alliance} />
    </div>
  );
}

interface Rules {
  admission_needs_second_person: boolean;
  longest_notice_days: number;
  reason: string;
}

/** How members are admitted and leave; set apart from the office, by who keeps the installation. */
function Rules({ alliance }: { alliance: string }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const isAdmin = useRoles().has("site_admin");
  const client = useQueryClient();
  const { message } = App.useApp();
  const [isEditing, setEditing] = useState(false);
  const key = keys.part(PATH, alliance, "membership-rules");
  const found = useQuery({
    queryKey: key,
    queryFn: () =>
      takeVersion(
        api.GET("/api/v1/alliances/{alliance_id}/membership-rules", {
          params: { path: { alliance_id: alliance } },
        }),
      ),
    retry: false,
  });
  if (found.data === undefined) return null;
  const { data, etag } = found.data;
  const second = data.admission_needs_second_person ?? true;
  const notice = data.longest_notice_days ?? 366;
  return (
    <Panel
      title={t("rules")}
      extra={
        isAdmin && (
          <Button size="small" onClick={() => setEditing(true)}>
            {w("edit")}
          </Button>
        )
      }
    >
      <Pairs
        pairs={[
          { label: t("rules.admission"), value: second ? t("rules.two") : t("rules.one") },
          { label: t("rules.notice"), value: t("rules.days", { count: notice }) },
          { label: t("rules.reason"), value: data.reason || t("rules.default") },
        ]}
      />
      <Modal
        open={isEditing}
        onCancel={() => setEditing(false)}
        title={t("rules")}
        footer={null}
        destroyOnHidden
      >
        <ActionForm<Rules>
          submit={w("save")}
          onCancel={() => setEditing(false)}
          send={async (values) => {
            await request("PUT", `${PATH}/${alliance}/membership-rules`, { body: values, etag });
            await client.invalidateQueries({ queryKey: keys.everything() });
          }}
          onDone={() => {
            void message.success(t("rules.saved"));
            setEditing(false);
          }}
          initialValues={{
            admission_needs_second_person: second,
            longest_notice_days: notice,
            reason: data.reason,
          }}
        >
          <Form.Item name="admission_needs_second_person" label={t("rules.admission")}>
            <Radio.Group
              options={[
                { value: true, label: t("rules.two") },
                { value: false, label: t("rules.one") },
              ]}
            />
          </Form.Item>
          <Form.Item
            name="longest_notice_days"
            label={t("rules.notice")}
            extra={t("rules.notice.help")}
            rules={[
              { required: true, type: "integer", min: 1, max: 3660, message: t("rules.notice.needed") },
            ]}
          >
            <InputNumber min={1} max={3660} precision={0} />
          </Form.Item>
          <ReasonField
            label={t("rules.reason")}
            help={t("rules.reason.help")}
            needed={t("rules.reason.help")}
          />
        </ActionForm>
      </Modal>
    </Panel>
  );
}
