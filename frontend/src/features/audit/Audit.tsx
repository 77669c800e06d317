import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button, Popover } from "antd";
import { type AuditEvent, type AuditSeal, asProblem, keys, request, useRoles } from "@/shared/api";
import { formatInstant, Instant } from "@/shared/format";
import { Changes, historyTexts, useEventWords } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { pageOf } from "@/shared/subjects";
import { downloadFile, ListTable, type PageOf } from "@/shared/table";
import { Empty, Page, PageTabs } from "@/shared/ui";
import { DownloadOutlined, SafetyCertificateOutlined } from "@/shared/ui/icons";
import styles from "./audit.module.css";
import { subjectTexts } from "./subjects.ts";
import { texts } from "./texts.ts";

const EVENTS = "/api/v1/audit-events";
const SEALS = "/api/v1/audit-seals";

const KINDS = [
  "close.closerun",
  "terms.programme",
  "terms.termsversion",
  "agreements.licence",
  "reports.salesreport",
  "composition.pool",
  "composition.poolmember",
  "composition.poolentry",
  "patents.patent",
  "memberships.membership",
  "identity.organisation",
  "identity.seat",
  "identity.roleassignment",
  "identity.user",
  "access.grant",
  "access.staffsession",
] as const;

/** What events are about begins their names: `close_run.approved`. */
const NAMES = {
  close_run: "close.closerun",
  licence: "agreements.licence",
  sales_report: "reports.salesreport",
  terms_version: "terms.termsversion",
  programme: "terms.programme",
  pool: "composition.pool",
  pool_member: "composition.poolmember",
  pool_entry: "composition.poolentry",
  patent: "patents.patent",
  membership: "memberships.membership",
  organisation: "identity.organisation",
  seat: "identity.seat",
  role: "identity.roleassignment",
  grant: "access.grant",
  staff_session: "access.staffsession",
  user: "identity.user",
} as const satisfies Record<string, (typeof KINDS)[number]>;

/** What was done: searched by who, what, when and to what; what the reader may not see of it is not shown. */
export function Audit() {
  const t = useTexts(texts);
  const roles = useRoles();
  // Seals are of the whole record, so only those who run something may read them.
  const seals = roles.has("site_admin") || roles.has("secretariat");
  const events = { key: "events", label: t("tab.events"), children: <Events /> };
  return (
    <Page title={t("title")} subtitle={t("lead")} primary={seals && <SealState />}>
      {seals ? (
        <PageTabs tabs={[events, { key: "seals", label: t("tab.seals"), children: <Seals /> }]} />
      ) : (
        <Events />
      )}
    </Page>
  );
}

function Events() {
  const t = useTexts(texts);
  const kinds = useTexts(subjectTexts);
  const words = useEventWords();
  const organisationName = useOrganisationName();
  return (
    <ListTable<AuditEvent>
      path={EVENTS}
      caption={t("title")}
      defaultOrder="-at"
      nameOf={(row) => words.what(row.name)}
      empty={<Empty title={t("empty")} />}
      filters={[
        { name: "q", label: t("words") },
        { name: "from", label: t("from"), kind: "day" },
        { name: "to", label: t("to"), kind: "day" },
        {
          name: "name",
          label: t("name"),
          choices: Object.entries(NAMES).map(([value, kind]) => ({ value, label: kinds(`subject.${kind}`) })),
        },
        {
          name: "subject_type",
          label: t("kind"),
          choices: KINDS.map((kind) => ({ value: kind, label: kinds(`subject.${kind}`) })),
        },
        { name: "subject_id", label: t("subject.id") },
      ]}
      columns={[
        { key: "event", title: t("event"), main: true, render: (row) => words.what(row.name) },
        { key: "at", title: t("at"), order: "at", render: (row) => <Instant at={row.at} /> },
        { key: "person", title: t("person"), render: (row) => words.who(row) },
        {
          key: "organisation",
          title: t("organisation"),
          render: (row) => (row.organisation ? organisationName(row.organisation, "–") : "–"),
        },
        { key: "subject", title: t("subject"), render: (row) => <Subject event={row} /> },
        { key: "contents", title: t("contents"), render: (row) => <Contents event={row} /> },
        {
          key: "request",
          title: t("request"),
          extra: true,
          render: (row) => <code>{row.request_id || "–"}</code>,
        },
      ]}
    />
  );
}

function Subject({ event }: { event: AuditEvent }) {
  const kinds = useTexts(subjectTexts);
  const address = pageOf(event.subject_type, event.subject_id);
  const text = (
    <>
      {kinds.maybe(`subject.${event.subject_type}`, {}, event.subject_type)}{" "}
      <code className={styles.id}>{event.subject_id.slice(-6)}</code>
    </>
  );
  return address ? <Link to={address}>{text}</Link> : <span>{text}</span>;
}

function Contents({ event }: { event: AuditEvent }) {
  const t = useTexts(texts);
  const h = useTexts(historyTexts);
  if (event.changes === null) return <span className={styles.hidden}>{t("contents.hidden")}</span>;
  const count = Object.keys(event.changes).length;
  if (count === 0) return <>–</>;
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      content={
        <div className={styles.changes}>
          <Changes changes={event.changes} />
        </div>
      }
    >
      <Button size="small" type="link" className={styles.count ?? ""}>
        {h("changes", { count })}
      </Button>
    </Popover>
  );
}

/** How far the record is sealed. */
function SealState() {
  const t = useTexts(texts);
  const last = useQuery({
    queryKey: keys.list(SEALS, { order: "-number", limit: 1 }),
    queryFn: ({ signal }) =>
      request<PageOf<AuditSeal>>("GET", SEALS, { query: { order: "-number", limit: 1 }, signal }),
    retry: false,
  });
  if (last.data === undefined) return null;
  const seal = last.data.items[0];
  return (
    <span className={styles.seal}>
      <SafetyCertificateOutlined aria-hidden />
      {seal
        ? `${t("seal.state", { row: seal.last_row })} ${t("seal.state.at", { at: formatInstant(seal.sealed_at) })}`
        : t("seal.state.none")}
    </span>
  );
}

function Seals() {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const keep = (seal: AuditSeal) =>
    void downloadFile(`${SEALS}/${seal.id}/head`, {}, `lianchi-audit-head-${seal.number}.json`).catch(
      (error: unknown) => message.error(asProblem(error).message),
    );
  return (
    <>
      <p className={styles.note}>{t("seals.note")}</p>
      <ListTable<AuditSeal>
        inner
        path={SEALS}
        caption={t("tab.seals")}
        defaultOrder="-number"
        nameOf={(row) => String(row.number)}
        empty={<Empty title={t("seal.none")} />}
        columns={[
          {
            key: "number",
            title: t("seal.number"),
            main: true,
            order: "number",
            render: (row) => row.number,
          },
          {
            key: "rows",
            title: t("seal.rows"),
            numeric: true,
            render: (row) => `${row.first_row} – ${row.last_row}`,
          },
          {
            key: "head",
            title: t("seal.head"),
            render: (row) => <code className={styles.head}>{row.head.slice(0, 24)}…</code>,
          },
          { key: "key", title: t("seal.key"), extra: true, render: (row) => <code>{row.key_id}</code> },
          { key: "at", title: t("seal.at"), render: (row) => <Instant at={row.sealed_at} /> },
          {
            key: "keep",
            title: t("seal.keep"),
            render: (row) => (
              <Button
                size="small"
                icon={<DownloadOutlined />}
                onClick={() => keep(row)}
                aria-label={`${t("seal.keep")} ${row.number}`}
              />
            ),
          },
        ]}
      />
    </>
  );
}
