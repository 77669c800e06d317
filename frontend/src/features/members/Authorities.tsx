import { useQuery } from "@tanstack/react-query";
import { App, Button, Checkbox, Drawer, Form, Input } from "antd";
import { useState } from "react";
import { asProblem, keys, type Membership, request, type SeatAuthority } from "@/shared/api";
import { SeatSelect } from "@/shared/choosing";
import { Period } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { PaperDownload, PaperField } from "@/shared/papers";
import type { PageOf } from "@/shared/table";
import { ActionForm, Empty, Failure, Skeleton, StateMark } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import styles from "./members.module.css";
import { SUBJECT, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

const PATH = "/api/v1/seat-authorities";
const ACTS = ["charter", "instruction", "ballot", "contract", "report"] as const;

interface Props {
  membership: Membership;
  /** Whether recording is offered: to the office that has seen the letter. */
  mayRecord: boolean;
}

/** By which letters seats of a member may bind it, and to what. */
export function Authorities({ membership, mayRecord }: Props) {
  const t = useTexts(texts);
  const [isRecording, setRecording] = useState(false);
  const query = { membership: membership.id, limit: 200 };
  const found = useQuery({
    queryKey: keys.list(PATH, query),
    queryFn: ({ signal }) => request<PageOf<SeatAuthority>>("GET", PATH, { query, signal }),
    staleTime: 0,
  });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={120} />;
  const record = mayRecord && <Button onClick={() => setRecording(true)}>{t("authority.record")}</Button>;
  return (
    <>
      {found.data.items.length === 0 ? (
        <Empty title={t("authorities.none")} action={record}>
          {mayRecord ? t("authorities.none.office") : t("authorities.none.text")}
        </Empty>
      ) : (
        <>
          {record && <div className={styles.tools}>{record}</div>}
          <ul className={styles.rows} aria-label={t("tab.authorities")}>
            {found.data.items.map((row) => (
              <AuthorityLine key={row.id} row={row} />
            ))}
          </ul>
        </>
      )}
      <Drawer
        open={isRecording}
        onClose={() => setRecording(false)}
        title={t("authority.record")}
        size={520}
        destroyOnHidden
      >
        <RecordForm membership={membership} onClose={() => setRecording(false)} />
      </Drawer>
    </>
  );
}

function AuthorityLine({ row }: { row: SeatAuthority }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const refresh = useRefresh();
  const { modal, message } = App.useApp();
  const today = todayHere();
  const isOver = Boolean(row.ends_on && row.ends_on <= today);
  const end = async () => {
    const agreed = await modal.confirm({
      title: t("authority.end.title", { name: spoken(row.person_name) }),
      content: t("authority.end.text"),
      okText: t("authority.end"),
      okButtonProps: { danger: true },
    });
    if (!agreed) return;
    try {
      await request("POST", `${PATH}/${row.id}/end`, { body: {} });
      void message.success(t("authority.ended"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  return (
    <li>
      <div className={styles.rowText}>
        <p className={styles.stepTitle}>
          <strong>{spoken(row.person_name)}</strong> {spoken(row.title)}
          <StateMark standing={isOver ? "closed" : row.starts_on > today ? "attention" : "fine"}>
            {isOver
              ? t("authority.over")
              : row.starts_on > today
                ? t("authority.coming")
                : t("authority.holds")}
          </StateMark>
        </p>
        <p className={styles.note}>{row.acts.map((act) => t.maybe(`act.${act}`)).join(" · ")}</p>
        <p className={styles.note}>
          <Period from={row.starts_on} to={row.ends_on} />
        </p>
      </div>
      <div className={styles.rowTools}>
        <PaperDownload id={row.letter_id} label={t("letter")} />
        {!isOver && (
          <Button size="small" danger onClick={() => void end()}>
            {t("authority.end")}
          </Button>
        )}
      </div>
    </li>
  );
}

interface Values {
  seat_id: string;
  acts: string[];
  title: string;
  letter_id: string;
  starts_on: string;
  ends_on?: string | null;
}

function RecordForm({ membership, onClose }: { membership: Membership; onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const starts = Form.useWatch("starts_on", form);
  return (
    <ActionForm<Values>
      form={form}
      submit={t("authority.record")}
      onCancel={onClose}
      send={async (values, key) => {
        await request("POST", PATH, { key, body: { ...values, membership_id: membership.id } });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("authority.recorded"));
        onClose();
      }}
      initialValues={{ acts: ["charter"], starts_on: todayHere() }}
    >
      <Form.Item
        name="seat_id"
        label={t("authority.seat")}
        extra={t("authority.seat.help")}
        rules={[{ required: true, message: t("authority.seat.needed") }]}
      >
        <SeatSelect organisation={membership.organisation_id} />
      </Form.Item>
      <Form.Item
        name="acts"
        label={t("authority.acts")}
        rules={[
          {
            // Told by a validator: a group of boxes must not be marked as required for those who hear it.
            validator: (_, chosen: string[] | undefined) =>
              chosen?.length ? Promise.resolve() : Promise.reject(new Error(t("authority.acts.needed"))),
          },
        ]}
      >
        <Checkbox.Group options={ACTS.map((act) => ({ value: act, label: t(`act.${act}`) }))} />
      </Form.Item>
      <Form.Item
        name="title"
        label={t("authority.title")}
        extra={t("authority.title.help")}
        rules={[{ required: true, whitespace: true, message: t("authority.title.needed") }]}
      >
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item
        name="letter_id"
        label={t("letter")}
        extra={t("letter.help")}
        rules={[{ required: true, message: t("letter.needed") }]}
      >
        <PaperField subjectType={SUBJECT} subjectId={membership.id} title={t("letter")} />
      </Form.Item>
      <Form.Item
        name="starts_on"
        label={t("authority.from")}
        rules={[{ required: true, message: t("effective.needed") }]}
      >
        <DayInput />
      </Form.Item>
      <Form.Item name="ends_on" label={t("authority.to")} extra={t("authority.to.help")}>
        <DayInput clearable {...(starts ? { from: starts } : {})} />
      </Form.Item>
    </ActionForm>
  );
}
