import type { Difference } from "@/shared/api";
import { Instant } from "@/shared/format";
import { formatInstant } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { useCloseNames } from "@/shared/royalties";
import { type Column, ListTable } from "@/shared/table";
import { Empty, Page, type Standing, StateMark } from "@/shared/ui";
import recordStyles from "../record/record.module.css";
import { DIFFERENCES, useDeciding } from "./deciding.tsx";
import { texts } from "./texts.ts";

const SUBJECT = "patents.difference";
const STATES = ["open", "accepted", "kept", "settled"] as const;
const STANDINGS: Record<(typeof STATES)[number], Standing> = {
  open: "attention",
  accepted: "fine",
  kept: "fine",
  settled: "closed",
};
const FIELDS = [
  "legal_status",
  "owners",
  "ends_on",
  "granted_on",
  "filed_on",
  "right",
  "claims_count",
  "priority_on",
  "priorities",
  "applicants",
  "inventors",
  "ipc",
  "cpc",
  "standards",
  "title",
  "title_en",
  "agency",
  "agents",
] as const;

/** Where others say otherwise than our record of the patents one keeps. */
export function Differences() {
  const t = useTexts(texts);
  return (
    <Page title={t("title")} subtitle={t("lead")}>
      <DifferenceTable />
    </Page>
  );
}

/** The differences of all patents one keeps, or of one; the largest risk first. */
export function DifferenceTable({ patent }: { patent?: string }) {
  const t = useTexts(texts);
  const names = useCloseNames();
  const { actions, drawer } = useDeciding();
  const said = useSaid();
  const about: Column<Difference>[] = patent
    ? [{ key: "field", title: t("field"), main: true, render: (row) => t.maybe(`field.${row.field}`) }]
    : [
        { key: "publication", title: t("publication"), main: true, render: (row) => row.publication },
        { key: "country", title: t("country"), extra: true, render: (row) => names.country(row.country) },
        { key: "field", title: t("field"), render: (row) => t.maybe(`field.${row.field}`) },
      ];
  return (
    <>
      <ListTable<Difference>
        inner={patent !== undefined}
        path={DIFFERENCES}
        {...(patent ? { fixed: { patent } } : {})}
        caption={t("title")}
        defaultOrder="-risk"
        subjectType={SUBJECT}
        bulk={actions}
        nameOf={(row) => `${row.publication} ${t.maybe(`field.${row.field}`)}`}
        {...(patent ? {} : { addressOf: (row: Difference) => `/patents/${row.patent_id}?tab=differences` })}
        empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: t("state"),
            choices: STATES.map((value) => ({ value, label: t(`state.${value}`) })),
          },
          {
            name: "field",
            label: t("field"),
            choices: FIELDS.map((value) => ({ value, label: t(`field.${value}`) })),
          },
          { name: "country", label: t("country") },
        ]}
        columns={[
          ...about,
          { key: "own", title: t("own"), render: (row) => said(row.own) },
          { key: "office", title: t("office"), render: (row) => said(row.office, row.office_read_at) },
          { key: "docket", title: t("docket"), render: (row) => said(row.docket, row.docket_read_at) },
          { key: "risk", title: t("risk"), order: "risk", render: (row) => <Risk risk={row.risk} /> },
          {
            key: "state",
            title: t("state"),
            render: (row) =>
              row.state && <StateMark standing={STANDINGS[row.state]}>{t(`state.${row.state}`)}</StateMark>,
          },
          { key: "reason", title: t("reason"), extra: true, render: (row) => row.reason || "–" },
          {
            key: "noted",
            title: t("noted"),
            order: "noted",
            extra: true,
            render: (row) => <Instant at={row.noted_at} />,
          },
        ]}
      />
      {drawer}
    </>
  );
}

function Risk({ risk }: { risk: number }) {
  const t = useTexts(texts);
  if (risk >= 80) return <StateMark standing="overdue">{t("risk.high", { risk })}</StateMark>;
  if (risk >= 40) return <StateMark standing="attention">{t("risk.medium", { risk })}</StateMark>;
  return <StateMark standing="closed">{t("risk.low", { risk })}</StateMark>;
}

/** Says what one side says of a field, and of which day that is. */
function useSaid(): (values: readonly string[], readAt?: string | null) => React.ReactNode {
  const t = useTexts(texts);
  const spoken = useSpoken();
  return (values, readAt) => {
    if (values.length === 0) return "–";
    const text = values.map((value) => t.maybe(`value.${value}`, {}, spoken(value))).join(" · ");
    return (
      <span className={recordStyles.field}>
        <span>{text}</span>
        {readAt && <span className={recordStyles.from}>{formatInstant(readAt)}</span>}
      </span>
    );
  };
}
