import { Link } from "@tanstack/react-router";
import { type ReportUse, type SalesReportDetail, useRoles } from "@/shared/api";
import { Amount, CalendarDay, Figure, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { FigureTable } from "@/shared/royalties";
import { Failure, Pairs, Panel, Skeleton, StateMark } from "@/shared/ui";
import { DoubtMark } from "../deductions/marks.tsx";
import { Head } from "../Head.tsx";
import { useDoubtsOf, useUses } from "../queries.ts";
import styles from "../reports.module.css";
import { texts } from "../texts.ts";
import { Kept } from "./Kept.tsx";
import { texts as filedTexts } from "./texts.ts";

/** Who signed a report, how its checks stand, and which closes and invoices came of it. */
export function About({ report }: { report: SalesReportDetail }) {
  return (
    <div className={styles.panels}>
      <Uses report={report} />
      <Checks report={report} />
      <Signature report={report} />
    </div>
  );
}

function Signature({ report }: { report: SalesReportDetail }) {
  const t = useTexts(texts);
  const f = useTexts(filedTexts);
  const spoken = useSpoken();
  return (
    <Panel title={t("sign.title")}>
      {report.statement ? (
        <blockquote className={styles.statement}>{report.statement}</blockquote>
      ) : (
        <p>{f(report.kind === "estimate" ? "unsigned.estimate" : "unsigned")}</p>
      )}
      <Pairs
        pairs={[
          ...(report.signatory_name
            ? [
                {
                  label: t("signatory"),
                  value: `${spoken(report.signatory_name)} · ${spoken(report.signatory_title ?? "")}`,
                },
              ]
            : []),
          ...(report.letter
            ? [
                {
                  label: t("letter"),
                  value: (
                    <>
                      {spoken(report.letter)} · {t("from")} <CalendarDay day={report.authorised_from} />
                    </>
                  ),
                },
              ]
            : []),
          { label: t("filed"), value: <Instant at={report.filed_at} /> },
          ...(report.file_sha256
            ? [{ label: f("hash.file"), value: <code className={styles.hash}>{report.file_sha256}</code> }]
            : []),
          { label: f("hash.lines"), value: <code className={styles.hash}>{report.lines_sha256}</code> },
        ]}
      />
    </Panel>
  );
}

function Checks({ report }: { report: SalesReportDetail }) {
  const f = useTexts(filedTexts);
  const roles = useRoles();
  const doubts = useDoubtsOf(report.id, roles.has("licensee") || roles.has("finance")).data ?? [];
  const read = Object.entries(report.names_read);
  return (
    <Panel title={f("checks")}>
      <ul className={styles.checks}>
        <li>
          <StateMark standing="fine">{f("check.lines")}</StateMark>{" "}
          {report.kind === "nil" ? (
            f("check.lines.nil")
          ) : (
            <>
              <Figure value={report.line_count ?? 0} /> {f("check.lines.text")}
            </>
          )}
        </li>
        <li>
          <Kept id={report.id} />
        </li>
        {read.length > 0 && (
          <li>
            <StateMark standing="fine">{f("check.names")}</StateMark>{" "}
            {read.map(([name, product]) => `${name} → ${product}`).join(" · ")}
          </li>
        )}
        {doubts.map((doubt) => (
          <li key={doubt.id}>
            <DoubtMark state={doubt.state} />{" "}
            <Link to={`/doubtful-deductions/${doubt.id}`}>
              {f("check.doubt", { brand: doubt.brand_name, product: doubt.product })}
            </Link>
          </li>
        ))}
        {report.superseded_by_id && (
          <li>
            <StateMark standing="closed">{f("superseded")}</StateMark> {f("check.superseded")}
          </li>
        )}
      </ul>
    </Panel>
  );
}

/** The posted closes that counted it, and what was billed by them. */
function Uses({ report }: { report: SalesReportDetail }) {
  const f = useTexts(filedTexts);
  const found = useUses(report.id);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={120} />;
  if (found.data.length === 0) {
    return (
      <Panel title={f("uses")}>
        <p>{f(report.superseded_by_id ? "uses.never" : "uses.none")}</p>
      </Panel>
    );
  }
  return (
    <Panel title={f("uses")} flush>
      <FigureTable label={f("uses")}>
        <Head labels={[f("uses.close"), f("uses.posted"), f("uses.invoice"), f("uses.amount")]} />
        <tbody>
          {found.data.map((use) => (
            <UseRows key={`${use.period} ${use.posted_at}`} use={use} />
          ))}
        </tbody>
      </FigureTable>
    </Panel>
  );
}

function UseRows({ use }: { use: ReportUse }) {
  const f = useTexts(filedTexts);
  const name = use.is_correction ? f("uses.correction", { period: use.period }) : use.period;
  const invoices = use.invoices.length > 0 ? use.invoices : [null];
  return invoices.map((invoice, place) => (
    <tr key={invoice?.id ?? use.period}>
      <th scope="row">
        {place === 0 && (use.run_id ? <Link to={`/closes/${use.run_id}`}>{name}</Link> : name)}
      </th>
      <td>{place === 0 && <Instant at={use.posted_at} />}</td>
      <td>
        {invoice === null ? (
          f("uses.unbilled")
        ) : (
          <Link to={`/invoices/${invoice.id}`}>
            {invoice.number || f("uses.draft")}
            {invoice.is_credit_note && ` · ${f("uses.credit_note")}`}
          </Link>
        )}
      </td>
      <td data-numeric>
        {invoice === null ? "–" : <Amount minor={invoice.gross_minor} currency={invoice.currency} />}
      </td>
    </tr>
  ));
}
