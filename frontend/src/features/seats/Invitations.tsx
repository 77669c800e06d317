import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import { asProblem, type Invitation, keys, request, useRoles } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { type BulkAction, ListTable } from "@/shared/table";
import { Empty, Page, type Standing, StateMark } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import { InviteDrawer } from "./InviteDrawer.tsx";
import styles from "./seats.module.css";
import { texts } from "./texts.ts";

export const PATH = "/api/v1/invitations";

type State = "open" | "over" | "accepted" | "withdrawn";

const STANDINGS: Record<State, Standing> = {
  open: "attention",
  over: "overdue",
  accepted: "fine",
  withdrawn: "closed",
};

/** What became of an invitation; one that has run out is open still, and can be sent anew. */
export function stateOf(row: Pick<Invitation, "state" | "expires_at">, now = Date.now()): State {
  if (row.state === "accepted" || row.state === "withdrawn") return row.state;
  return Date.parse(row.expires_at) <= now ? "over" : "open";
}

/** Who was invited to which seat, and what became of it. */
export function Invitations() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const [isInviting, setInviting] = useState(false);
  const bulk = useBulk();
  const roles = useRoles();
  const mayInvite = ["member_admin", "secretariat", "site_admin"].some((role) => roles.has(role));
  const invite = mayInvite && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setInviting(true)}>
      {t("invite")}
    </Button>
  );
  return (
    <Page title={t("invitations")} subtitle={t("invitations.lead")} primary={invite}>
      <ListTable<Invitation>
        path={PATH}
        caption={t("invitations")}
        defaultOrder="-created"
        nameOf={(row) => row.email}
        bulk={bulk}
        empty={
          <Empty title={t("invitations.none")} action={invite}>
            {mayInvite ? t("invitations.none.text") : t("invitations.none.read")}
          </Empty>
        }
        columns={[
          { key: "email", title: t("email"), main: true, render: (row) => row.email },
          {
            key: "organisation",
            title: w("organisation"),
            render: (row) => organisationName(row.organisation, row.organisation_name),
          },
          {
            key: "roles",
            title: t("roles"),
            render: (row) =>
              row.roles.length === 0 ? (
                "–"
              ) : (
                <span className={styles.roles}>
                  {row.roles.map((held) => (
                    <span
                      key={`${held.role}${held.alliance}${held.operating_entity}${held.purpose}`}
                      className={styles.role}
                    >
                      {w.maybe(`role.${held.role}`)}
                      {held.purpose && ` · ${w.maybe(`purpose.${held.purpose}`)}`}
                    </span>
                  ))}
                </span>
              ),
          },
          {
            key: "state",
            title: t("state"),
            render: (row) => (
              <StateMark standing={STANDINGS[stateOf(row)]}>{t(`invitation.${stateOf(row)}`)}</StateMark>
            ),
          },
          { key: "by", title: t("invited.by"), render: (row) => spoken(row.invited_by_name) },
          {
            key: "sent",
            title: t("sent"),
            order: "created",
            render: (row) => <Instant at={row.sent_at} />,
          },
          { key: "expires", title: t("expires"), render: (row) => <Instant at={row.expires_at} /> },
        ]}
      />
      <InviteDrawer open={isInviting} onClose={() => setInviting(false)} />
    </Page>
  );
}

/** Sending again and withdrawing, for those that are open. */
function useBulk(): BulkAction<Invitation>[] {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { modal, message } = App.useApp();
  const each = async (rows: readonly Invitation[], step: string, done: string) => {
    try {
      for (const row of rows) await request("POST", `${PATH}/${row.id}/${step}`);
      void message.success(done);
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await client.invalidateQueries({ queryKey: keys.lists(PATH) });
  };
  const refusal = (row: Invitation) => (row.state === "open" ? undefined : t("invitation.closed"));
  return [
    {
      key: "resend",
      label: t("resend"),
      refusal,
      run: (rows) => each(rows, "resending", t("resend.done")),
    },
    {
      key: "withdraw",
      label: t("withdraw"),
      danger: true,
      refusal,
      run: async (rows) => {
        const agreed = await modal.confirm({
          title: t("withdraw.title"),
          content: t("withdraw.text"),
          okText: t("withdraw"),
          okButtonProps: { danger: true },
        });
        if (agreed) await each(rows, "withdrawal", t("withdraw.done"));
      },
    },
  ];
}
