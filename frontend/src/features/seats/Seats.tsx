import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import { api, asProblem, keys, type RoleAssignment, request, type Seat, useRoles } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { type BulkAction, ListTable, type PageOf } from "@/shared/table";
import { Empty, Page, StateMark } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import { InviteDrawer } from "./InviteDrawer.tsx";
import { ROLES, SeatDrawer } from "./SeatDrawer.tsx";
import styles from "./seats.module.css";
import { texts } from "./texts.ts";
import { useEnding } from "./urgent.tsx";

const PATH = "/api/v1/seats";
const MANAGERS = ["site_admin", "member_admin", "secretariat"];

/** The seats the acting seat may see, with the roles they hold now. */
export function Seats() {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const rolesOf = useRolesOfSeats();
  const ends = useEndingOfSeats();
  const roles = useRoles();
  const manages = MANAGERS.some((role) => roles.has(role));
  const [managed, setManaged] = useState<Seat | null>(null);
  const [isInviting, setInviting] = useState(false);
  const invite = manages && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setInviting(true)}>
      {t("invite")}
    </Button>
  );
  return (
    <Page title={t("title")} subtitle={t("lead")} primary={invite}>
      <ListTable<Seat>
        path={PATH}
        caption={t("title")}
        defaultOrder="person"
        subjectType="identity.seat"
        nameOf={(row) => spoken(row.user_name)}
        bulk={ends}
        empty={<Empty title={t("empty")} />}
        columns={[
          {
            key: "person",
            title: t("person"),
            main: true,
            order: "person",
            render: (row) => spoken(row.user_name),
          },
          {
            key: "organisation",
            title: w("organisation"),
            render: (row) => organisationName(row.organisation, row.organisation_name),
          },
          { key: "position", title: t("position"), render: (row) => spoken(row.title ?? "") || "–" },
          {
            key: "roles",
            title: t("roles"),
            render: (row) => (
              <span className={styles.roles}>
                {rolesOf(row.id).map((held) => (
                  <span key={held.id} className={styles.role}>
                    {w.maybe(`role.${held.role}`)}
                    {held.purpose && ` · ${w.maybe(`purpose.${held.purpose}`)}`}
                    {held.ends_at && (
                      <>
                        {" "}
                        – <CalendarDay day={held.ends_at} />
                      </>
                    )}
                  </span>
                ))}
              </span>
            ),
          },
          {
            key: "state",
            title: t("state"),
            render: (row) => (
              <StateMark standing={row.ended_at ? "closed" : row.waits ? "attention" : "fine"}>
                {row.ended_at ? t("active.no") : row.waits ? t("waits") : t("active")}
              </StateMark>
            ),
          },
          {
            key: "since",
            title: t("since"),
            order: "created",
            render: (row) => <Instant at={row.created_at} />,
          },
          { key: "ended", title: t("ended"), extra: true, render: (row) => <Instant at={row.ended_at} /> },
          ...(manages
            ? [
                {
                  key: "manage",
                  title: t("manage"),
                  render: (row: Seat) => (
                    <Button
                      size="small"
                      aria-label={t("manage.of", { name: spoken(row.user_name) })}
                      onClick={() => setManaged(row)}
                    >
                      {t("roles")}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      <SeatDrawer
        seat={managed}
        roles={managed ? rolesOf(managed.id) : []}
        onClose={() => setManaged(null)}
      />
      <InviteDrawer open={isInviting} onClose={() => setInviting(false)} />
    </Page>
  );
}

const SIZE = 200;
const PAGES_AT_MOST = 5;

function useRolesOfSeats(): (seat: string) => RoleAssignment[] {
  const found = useQuery({
    queryKey: [...keys.lists(ROLES), "by seat"],
    queryFn: async ({ signal }) => {
      const bySeat = new Map<string, RoleAssignment[]>();
      let after: string | undefined;
      for (let page = 0; page < PAGES_AT_MOST; page += 1) {
        const part: PageOf<RoleAssignment> = await request("GET", ROLES, {
          query: { limit: SIZE, after },
          signal,
        });
        for (const held of part.items) {
          if (held.ends_at && Date.parse(held.ends_at) <= Date.now()) continue;
          bySeat.set(held.seat, [...(bySeat.get(held.seat) ?? []), held]);
        }
        if (part.next === null) break;
        after = part.next;
      }
      return bySeat;
    },
  });
  return (seat) => found.data?.get(seat) ?? [];
}

/** Ending seats, offered to those whose roles manage them; the server has the last word on each. */
function useEndingOfSeats(): BulkAction<Seat>[] {
  const t = useTexts(texts);
  const roles = useRoles();
  const client = useQueryClient();
  const { modal, message } = App.useApp();
  const ending = useEnding();
  if (!MANAGERS.some((role) => roles.has(role))) return [];
  const end = async (rows: readonly Seat[]) => {
    const agreed = await modal.confirm({
      title: t("end.title"),
      content: rows.map((row) => (
        <p key={row.id}>{t("end.text", { name: row.user_name, organisation: row.organisation_name })}</p>
      )),
      okText: t("end"),
      okButtonProps: { danger: true },
    });
    if (!agreed) return;
    try {
      let ended = 0;
      for (const row of rows) {
        const done = await ending((reason) =>
          api.POST("/api/v1/seats/{seat_id}/end", {
            params: { path: { seat_id: row.id } },
            body: reason ? { urgent_reason: reason } : {},
          }),
        );
        if (done) ended += 1;
      }
      if (ended > 0) void message.success(t("end.done"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await client.invalidateQueries({ queryKey: keys.lists(PATH) });
  };
  return [
    {
      key: "end",
      label: t("end"),
      danger: true,
      refusal: (row) => (row.ended_at ? t("end.already") : undefined),
      run: end,
    },
  ];
}
