import { Button } from "antd";
import { useState } from "react";
import type { Call, Opinion, Submission } from "@/shared/api";
import { useRoles } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useCloseNames } from "@/shared/royalties";
import { ListTable } from "@/shared/table";
import { Empty, Page, PageTabs } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import { CallDrawer } from "./CallDrawer.tsx";
import { CALL, CALLS, OPINIONS, SUBMISSION, SUBMISSIONS, titleOf } from "./queries.ts";
import { CallMark, ResultMark, STATES, SubmissionMark } from "./state.tsx";
import { texts } from "./texts.ts";

/** What was submitted to pools, the calls it answers, and what came out in the end. */
export function Submissions() {
  const t = useTexts(texts);
  const isOffice = useRoles().has("secretariat");
  const [isDrafting, setDrafting] = useState(false);
  return (
    <Page
      title={t("title")}
      subtitle={t("lead")}
      primary={
        isOffice && (
          <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setDrafting(true)}>
            {t("call.new")}
          </Button>
        )
      }
    >
      <PageTabs
        tabs={[
          { key: "submissions", label: t("tab.submissions"), children: <SubmissionList /> },
          { key: "calls", label: t("tab.calls"), children: <CallList /> },
          { key: "results", label: t("tab.results"), children: <Results /> },
        ]}
      />
      <CallDrawer open={isDrafting} onClose={() => setDrafting(false)} />
    </Page>
  );
}

export function SubmissionList({ fixed = {} }: { fixed?: Record<string, string> }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const names = useCloseNames();
  return (
    <ListTable<Submission>
      inner
      path={SUBMISSIONS}
      fixed={fixed}
      caption={t("title")}
      defaultOrder="-submitted"
      subjectType={SUBMISSION}
      nameOf={(row) => row.publication}
      addressOf={(row) => `/submissions/${row.id}`}
      empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
      filters={[
        {
          name: "state",
          label: w("state"),
          choices: STATES.map((state) => ({ value: state, label: t(`state.${state}`) })),
        },
        { name: "publication", label: t("publication") },
      ]}
      columns={[
        {
          key: "publication",
          title: t("publication"),
          main: true,
          order: "publication",
          render: (row) => row.publication,
        },
        { key: "state", title: w("state"), render: (row) => <SubmissionMark state={row.state} /> },
        { key: "pool", title: t("pool"), render: (row) => spoken(row.pool_name) },
        { key: "owner", title: t("owner"), render: (row) => organisationName(null, row.owner_name) },
        { key: "country", title: t("country"), extra: true, render: (row) => names.country(row.country) },
        { key: "due", title: t("due"), order: "due", render: (row) => <CalendarDay day={row.due_on} /> },
        { key: "submitted", title: t("submitted"), render: (row) => <Instant at={row.submitted_at} /> },
      ]}
    />
  );
}

function CallList() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const language = useLanguage();
  const spoken = useSpoken();
  return (
    <ListTable<Call>
      inner
      path={CALLS}
      caption={t("calls")}
      defaultOrder="-written"
      subjectType={CALL}
      nameOf={(row) => titleOf(language, row)}
      addressOf={(row) => `/calls/${row.id}`}
      empty={<Empty title={t("calls.none")}>{t("calls.none.text")}</Empty>}
      columns={[
        { key: "title", title: t("call.name"), main: true, render: (row) => titleOf(language, row) },
        { key: "state", title: w("state"), render: (row) => <CallMark state={row.state} /> },
        { key: "pool", title: t("pool"), render: (row) => spoken(row.pool_name) },
        { key: "standard", title: t("standard"), render: (row) => row.standard },
        {
          key: "opens",
          title: t("call.opens"),
          order: "opens",
          render: (row) => <CalendarDay day={row.opens_on} />,
        },
        { key: "until", title: t("call.until"), render: (row) => <CalendarDay day={row.submit_by_on} /> },
      ]}
    />
  );
}

function Results() {
  const t = useTexts(texts);
  const names = useCloseNames();
  return (
    <ListTable<Opinion>
      inner
      path={OPINIONS}
      caption={t("tab.results")}
      defaultOrder="-written"
      nameOf={(row) => row.publication}
      addressOf={(row) => (row.submission_id ? `/submissions/${row.submission_id}?tab=opinions` : "")}
      empty={<Empty title={t("results.none")}>{t("results.none.text")}</Empty>}
      columns={[
        { key: "publication", title: t("publication"), main: true, render: (row) => row.publication },
        { key: "country", title: t("country"), render: (row) => names.country(row.country) },
        { key: "result", title: t("result"), render: (row) => <ResultMark result={row.result} /> },
        { key: "given", title: t("given"), render: (row) => <Instant at={row.given_at} /> },
        { key: "final", title: t("final"), render: (row) => <CalendarDay day={row.final_on} /> },
      ]}
    />
  );
}
