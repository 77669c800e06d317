import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { type Dealing, type Programme, useRoles } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay, Deadline, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { DEALINGS, SUBJECT } from "./queries.ts";
import { DealingMark, STATES } from "./state.tsx";
import { texts } from "./texts/index.ts";

/** The dealings one takes part in, those first whose next day is nearest. */
export function Dealings() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const roles = useRoles();
  const navigate = useNavigate();
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const isOffice = roles.has("secretariat");
  const applies = roles.has("prospect") || roles.has("licensee");
  const programmes = useEvery<Programme>("/api/v1/programmes").data ?? [];
  const side = isOffice ? "office" : "prospect";
  const apply = applies && (
    <Link to="/dealings/new">
      <Button type="primary">{t("apply")}</Button>
    </Link>
  );
  return (
    <Page
      title={t("title")}
      subtitle={t(isOffice ? "lead.office" : "lead.prospect")}
      primary={apply}
      menu={
        isOffice
          ? [
              {
                key: "templates",
                label: t("templates"),
                onClick: () => void navigate({ to: "/contract-templates" }),
              },
            ]
          : []
      }
    >
      <ListTable<Dealing>
        path={DEALINGS}
        caption={t("title")}
        defaultOrder="next"
        subjectType={SUBJECT}
        nameOf={(row) => `${row.programme_code} ${row.prospect_name}`}
        addressOf={(row) => `/dealings/${row.id}`}
        empty={
          <Empty title={t("empty")} action={apply}>
            {t(isOffice ? "empty.office" : "empty.prospect")}
          </Empty>
        }
        filters={[
          {
            name: "turn",
            label: t("turn"),
            choices: [
              { value: side, label: t("turn.ours") },
              { value: isOffice ? "prospect" : "office", label: t("turn.theirs") },
            ],
          },
          {
            name: "state",
            label: w("state"),
            choices: STATES.map((state) => ({ value: state, label: t.maybe(`state.${state}`) })),
          },
          {
            name: "programme",
            label: t("programme"),
            choices: programmes.map((one) => ({ value: one.id, label: `${one.code} · ${spoken(one.name)}` })),
          },
        ]}
        columns={[
          isOffice
            ? {
                key: "prospect",
                title: t("prospect"),
                main: true,
                render: (row) => organisationName(row.prospect_id, row.prospect_name),
              }
            : {
                key: "programme",
                title: t("programme"),
                main: true,
                render: (row) => `${row.programme_code} · ${spoken(row.programme_name)}`,
              },
          ...(isOffice
            ? [{ key: "programme", title: t("programme"), render: (row: Dealing) => row.programme_code }]
            : []),
          { key: "state", title: w("state"), render: (row) => <DealingMark state={row.state} /> },
          {
            key: "turn",
            title: t("turn"),
            render: (row) => (row.turn ? t(row.turn === side ? "turn.ours" : "turn.theirs") : "–"),
          },
          {
            key: "next",
            title: t("next_by"),
            order: "next",
            render: (row) => (row.turn ? <Deadline day={row.next_by} /> : <CalendarDay day={row.next_by} />),
          },
          {
            key: "applied",
            title: t("applied_at"),
            extra: true,
            render: (row) => <Instant at={row.applied_at} />,
          },
          {
            key: "moved",
            title: t("moved_at"),
            order: "moved",
            render: (row) => <Instant at={row.moved_at} />,
          },
        ]}
      />
    </Page>
  );
}
