import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Input } from "antd";
import { useState } from "react";
import { asProblem, keys, type Problem, type RoleAssignment, request, type Seat, useMe } from "@/shared/api";
import { useAllianceName } from "@/shared/choosing";
import { CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ActionForm, Empty, FormProblem, Notice, Pairs } from "@/shared/ui";
import { RoleFields } from "./RoleFields.tsx";
import { type RoleValues, roleBody } from "./roles.ts";
import styles from "./seats.module.css";
import { texts } from "./texts.ts";
import { useEnding } from "./urgent.tsx";

export const ROLES = "/api/v1/role-assignments";

interface Props {
  seat: Seat | null;
  roles: readonly RoleAssignment[];
  onClose: () => void;
}

/** One seat: whose it is, what it may do, and giving and ending roles. */
export function SeatDrawer({ seat, roles, onClose }: Props) {
  const spoken = useSpoken();
  return (
    <Drawer
      open={seat !== null}
      onClose={onClose}
      title={spoken(seat?.user_name ?? "")}
      size={520}
      destroyOnHidden
    >
      {seat && <SeatParts seat={seat} roles={roles} />}
    </Drawer>
  );
}

function SeatParts({ seat, roles }: { seat: Seat; roles: readonly RoleAssignment[] }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const me = useMe();
  const organisationName = useOrganisationName();
  const [isGiving, setGiving] = useState(false);
  const isOwn = seat.user === me.user;
  return (
    <>
      <Pairs
        pairs={[
          {
            label: w("organisation"),
            value: organisationName(seat.organisation, seat.organisation_name),
          },
          { label: t("position"), value: seat.title || "–" },
          { label: t("since"), value: <Instant at={seat.created_at} /> },
        ]}
      />
      {seat.waits && !seat.ended_at && <Waits seat={seat} isOwn={isOwn} />}
      <section className={styles.part} aria-label={t("roles")}>
        <h2>{t("roles")}</h2>
        {roles.length === 0 ? (
          <Empty title={t("roles.none")} />
        ) : (
          <ul className={styles.held}>
            {roles.map((held) => (
              <RoleLine key={held.id} held={held} />
            ))}
          </ul>
        )}
        {isOwn ? (
          <Notice>{t("role.own")}</Notice>
        ) : isGiving ? (
          <GiveRole seat={seat} onClose={() => setGiving(false)} />
        ) : (
          !seat.ended_at && <Button onClick={() => setGiving(true)}>{t("role.give")}</Button>
        )}
      </section>
    </>
  );
}

/** Says that a seat was given from outside, and lets a second person confirm it; who that is the server says. */
function Waits({ seat, isOwn }: { seat: Seat; isOwn: boolean }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isDone, setDone] = useState(false);
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setProblem(null);
    setBusy(true);
    try {
      await request("POST", `/api/v1/seats/${seat.id}/confirmation`);
      setDone(true);
      void message.success(t("waits.done"));
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
    await client.invalidateQueries({ queryKey: keys.lists("/api/v1/seats") });
  };
  if (isDone) return null;
  return (
    <section className={styles.part} aria-label={t("waits")}>
      <Notice kind="attention">
        <p>{t("waits.text", { name: spoken(seat.prepared_by_name ?? "–") })}</p>
      </Notice>
      <FormProblem problem={problem} />
      {!isOwn && (
        <Button type="primary" loading={busy} onClick={() => void confirm()}>
          {t("waits.confirm")}
        </Button>
      )}
    </section>
  );
}

function RoleLine({ held }: { held: RoleAssignment }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const allianceName = useAllianceName();
  const client = useQueryClient();
  const { modal, message } = App.useApp();
  const ending = useEnding();
  const end = async () => {
    const agreed = await modal.confirm({
      title: t("role.end.title", { role: w.maybe(`role.${held.role}`) }),
      content: t("role.end.text"),
      okText: t("role.end"),
      okButtonProps: { danger: true },
    });
    if (!agreed) return;
    try {
      const ended = await ending((reason) =>
        request("POST", `${ROLES}/${held.id}/end`, { body: reason ? { urgent_reason: reason } : {} }),
      );
      if (ended) void message.success(t("role.ended"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await client.invalidateQueries({ queryKey: keys.lists(ROLES) });
  };
  return (
    <li>
      <div className={styles.heldText}>
        <p>
          {w.maybe(`role.${held.role}`)}
          {held.purpose && ` · ${w.maybe(`purpose.${held.purpose}`)}`}
        </p>
        <p className={styles.note}>
          {held.alliance && `${allianceName(held.alliance, "")} · `}
          <CalendarDay day={held.starts_at} /> –{" "}
          {held.ends_at ? <CalendarDay day={held.ends_at} /> : t("role.open")}
          {held.reason && held.reason !== "invitation" && ` · ${held.reason}`}
        </p>
      </div>
      <Button
        size="small"
        danger
        aria-label={t("role.end.of", { role: w.maybe(`role.${held.role}`) })}
        onClick={() => void end()}
      >
        {t("role.end")}
      </Button>
    </li>
  );
}

function GiveRole({ seat, onClose }: { seat: Seat; onClose: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const client = useQueryClient();
  const { message } = App.useApp();
  return (
    <ActionForm<RoleValues & { reason?: string }>
      submit={t("role.give")}
      onCancel={onClose}
      send={async (values, key) => {
        await request("POST", ROLES, {
          key,
          body: { ...roleBody(values), seat: seat.id, reason: values.reason ?? "" },
        });
        await client.invalidateQueries({ queryKey: keys.lists(ROLES) });
      }}
      onDone={() => {
        void message.success(t("role.given"));
        onClose();
      }}
    >
      <RoleFields required />
      <Form.Item name="reason" label={w("reason")}>
        <Input maxLength={200} />
      </Form.Item>
    </ActionForm>
  );
}
