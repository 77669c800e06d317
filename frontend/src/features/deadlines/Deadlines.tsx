import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import {
  type Deadline as DeadlineRow,
  type DeadlineRun,
  type OpenAnnuity,
  type Organisation,
  useMe,
  useRoles,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { Amount, CalendarDay, Deadline, Figure, Instant } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { nameIn, useOrganisationName, useSpoken } from "@/shared/names";
import { type Column, type Filter, ListTable } from "@/shared/table";
import { Empty, Notice, Page, PageTabs, StateMark } from "@/shared/ui";
import { Calendars } from "./Calendars.tsx";
import { DeadlineMark } from "./marks.tsx";
import { ANNUITIES, COST_DESK, DEADLINE, DEADLINES, KINDS, RUNS, STATES } from "./queries.ts";
import { type Step, useBulk, useSteps } from "./steps.tsx";
import { texts } from "./texts.ts";

/** What has to be done by a day, by urgency: what is due, what it costs to wait, and what each day did about it. */
export function Deadlines() {
  const t = useTexts(texts);
  const roles = useRoles();
  const seesCosts = [...COST_DESK, "operator"].some((role) => roles.has(role));
  const pays = COST_DESK.some((role) => roles.has(role));
  return (
    <Page
      title={t("title")}
      subtitle={t("lead")}
      primary={
        pays && (
          <Link to="/payment-orders">
            <Button>{t("orders")}</Button>
          </Link>
        )
      }
    >
      <PageTabs
        tabs={[
          { key: "open", label: t("tab.open"), children: <Open /> },
          ...(seesCosts ? [{ key: "fees", label: t("tab.fees"), children: <Fees pays={pays} /> }] : []),
          { key: "all", label: t("tab.all"), children: <All /> },
          ...(roles.has("secretariat") ? [{ key: "runs", label: t("tab.runs"), children: <Runs /> }] : []),
          { key: "calendar", label: t("tab.calendar"), children: <Calendars /> },
        ]}
      />
    </Page>
  );
}

function useColumns(): Column<DeadlineRow>[] {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  return [
    { key: "what", title: t("what"), main: true, render: (row) => row.what },
    {
      key: "due",
      title: t("due"),
      order: "due",
      render: (row) =>
        row.state === "open" ? <Deadline day={row.due_on} /> : <CalendarDay day={row.due_on} />,
    },
    {
      key: "last_day",
      title: t("last_day"),
      order: "last_day",
      render: (row) => <CalendarDay day={row.last_day} />,
    },
    {
      key: "owner",
      title: t("owner"),
      render: (row) =>
        row.organisation_name ? organisationName(row.organisation_id, row.organisation_name) : "–",
    },
    {
      key: "responsible",
      title: t("responsible"),
      render: (row) => (row.responsible_name ? spoken(row.responsible_name) : t("responsible.none")),
    },
    { key: "state", title: w("state"), render: (row) => <DeadlineMark state={row.state ?? "open"} /> },
    { key: "rule", title: t("rule"), extra: true, render: (row) => row.rule || "–" },
    { key: "note", title: t("note"), extra: true, render: (row) => row.note || "–" },
  ];
}

function useFilters(): Filter[] {
  const t = useTexts(texts);
  const me = useMe();
  const language = useLanguage();
  const isOffice = useRoles().has("secretariat");
  const organisations = useEvery<Organisation>("/api/v1/organisations", {}, isOffice);
  return [
    { name: "kind", label: t("kind"), choices: KINDS.map((value) => ({ value, label: t(`kind.${value}`) })) },
    ...(me.seat
      ? [
          {
            name: "responsible",
            label: t("responsible"),
            choices: [{ value: me.seat, label: t("responsible.mine") }],
          },
        ]
      : []),
    ...(isOffice
      ? [
          {
            name: "organisation",
            label: t("owner"),
            choices: (organisations.data ?? []).map((one) => ({
              value: one.id,
              label: nameIn(language, one),
            })),
          },
        ]
      : []),
  ];
}

function Open() {
  const t = useTexts(texts);
  const columns = useColumns();
  const filters = useFilters();
  const [ask, dialogue] = useSteps();
  const bulk = useBulk<DeadlineRow>(["settle", "assign", "waive"], ask, (step, row) =>
    row.allowed_steps.includes(step === "waive" ? "waive" : "settle")
      ? undefined
      : t(step === "waive" ? "cannot.waive" : "cannot.settle"),
  );
  return (
    <>
      <ListTable<DeadlineRow>
        path={DEADLINES}
        fixed={{ state: "open" }}
        caption={t("tab.open")}
        defaultOrder="due"
        subjectType={DEADLINE}
        nameOf={(row) => row.what}
        addressOf={(row) => `/deadlines/${row.id}`}
        empty={<Empty title={t("empty.open")}>{t("empty.open.text")}</Empty>}
        filters={filters}
        columns={columns.filter((column) => column.key !== "state")}
        bulk={bulk}
      />
      {dialogue}
    </>
  );
}

function All() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const filters = useFilters();
  return (
    <ListTable<DeadlineRow>
      inner
      path={DEADLINES}
      caption={t("tab.all")}
      defaultOrder="-changed"
      subjectType={DEADLINE}
      nameOf={(row) => row.what}
      addressOf={(row) => `/deadlines/${row.id}`}
      empty={<Empty title={t("empty.all")} />}
      filters={[
        {
          name: "state",
          label: w("state"),
          choices: STATES.map((value) => ({ value, label: t(`state.${value}`) })),
        },
        ...filters,
      ]}
      columns={useColumns()}
    />
  );
}

/** What is due for the patents of the own portfolio: until when, how much today, and what waiting costs. */
function Fees({ pays }: { pays: boolean }) {
  const t = useTexts(texts);
  const [ask, dialogue] = useSteps();
  const bulk = useBulk<OpenAnnuity>(["order"] satisfies Step[], ask, (_step, row) =>
    row.state === "open" ? undefined : t("cannot.order"),
  );
  return (
    <>
      <ListTable<OpenAnnuity>
        inner
        path={ANNUITIES}
        fixed={{ state: "open" }}
        caption={t("tab.fees")}
        defaultOrder="due"
        nameOf={(row) => row.title}
        addressOf={(row) => `/patents/${row.patent_id}?tab=annuities`}
        empty={<Empty title={t("empty.fees")}>{t("empty.open.text")}</Empty>}
        bulk={pays ? bulk : []}
        columns={[
          { key: "patent", title: t("patent"), main: true, render: (row) => row.title },
          { key: "year", title: t("year"), numeric: true, render: (row) => <Figure value={row.year} /> },
          { key: "due", title: t("due"), order: "due", render: (row) => <Deadline day={row.due_on} /> },
          {
            key: "last_day",
            title: t("last_day"),
            order: "last_day",
            render: (row) => <CalendarDay day={row.last_day} />,
          },
          {
            key: "amount",
            title: t("amount"),
            numeric: true,
            render: (row) =>
              row.total_minor === null ? (
                t("amount.unknown")
              ) : (
                <Amount minor={row.total_minor} currency={row.currency} />
              ),
          },
          {
            key: "surcharge",
            title: t("surcharge"),
            numeric: true,
            render: (row) =>
              row.surcharge_minor ? <Amount minor={row.surcharge_minor} currency={row.currency} /> : "–",
          },
          {
            key: "rises",
            title: t("rises"),
            render: (row) =>
              row.rises_on && row.rises_by_minor !== null ? (
                <>
                  <Amount minor={row.rises_by_minor} currency={row.currency} signed />{" "}
                  {t("rises.by", { day: row.rises_on })}
                </>
              ) : (
                "–"
              ),
          },
          {
            key: "verified",
            title: t("rule"),
            extra: true,
            render: (row) =>
              row.is_verified ? "–" : <StateMark standing="attention">{t("unverified")}</StateMark>,
          },
        ]}
      />
      {dialogue}
    </>
  );
}

/** What each day did: the office sees that no day was left out, and what nobody heard. */
function Runs() {
  const t = useTexts(texts);
  return (
    <>
      <Notice>{t("runs.note")}</Notice>
      <ListTable<DeadlineRun>
        inner
        path={RUNS}
        caption={t("tab.runs")}
        defaultOrder="-day"
        nameOf={(row) => row.day}
        empty={<Empty title={t("empty.runs")} />}
        columns={[
          {
            key: "day",
            title: t("day"),
            main: true,
            order: "day",
            render: (row) => <CalendarDay day={row.day} />,
          },
          {
            key: "caught_up",
            title: t("caught_up"),
            render: (row) => (
              <StateMark standing={row.caught_up ? "attention" : "fine"}>
                {t(row.caught_up ? "caught_up.yes" : "caught_up.no")}
              </StateMark>
            ),
          },
          { key: "open", title: t("open"), numeric: true, render: (row) => <Figure value={row.open ?? 0} /> },
          {
            key: "reminders",
            title: t("reminders.count"),
            numeric: true,
            render: (row) => <Figure value={row.reminders ?? 0} />,
          },
          {
            key: "together",
            title: t("together"),
            numeric: true,
            extra: true,
            render: (row) => <Figure value={row.taken_together ?? 0} />,
          },
          {
            key: "people",
            title: t("people"),
            numeric: true,
            render: (row) => <Figure value={row.people ?? 0} />,
          },
          {
            key: "missed",
            title: t("missed"),
            numeric: true,
            render: (row) => <Figure value={row.missed ?? 0} />,
          },
          {
            key: "unreached",
            title: t("unreached"),
            numeric: true,
            render: (row) => <Figure value={row.unreached ?? 0} />,
          },
          { key: "ran_at", title: t("ran_at"), extra: true, render: (row) => <Instant at={row.ran_at} /> },
        ]}
      />
    </>
  );
}
