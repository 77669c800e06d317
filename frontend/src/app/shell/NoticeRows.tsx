import { Link } from "@tanstack/react-router";
import { Amount, Instant } from "@/shared/format";
import { LaterEventText } from "@/shared/history/later";
import { useTexts } from "@/shared/i18n";
import { useCalled } from "@/shared/names";
import { pageOf } from "@/shared/subjects";
import { noticeTexts } from "./noticeTexts.ts";
import styles from "./shell.module.css";

export interface NoticeRow {
  id: string;
  kind: string;
  values: Record<string, unknown>;
  subject_type: string;
  subject_id: string;
  at: string;
  read_at: string | null;
}

/** Where work that came to nothing says why: at the address of what it was to make. */
const OF_WORK: Record<string, string> = { "deduction_comparison.failed": "/deduction-comparisons" };

/** What happened, a line each, in words that are fetched with it. */
export function NoticeRows({ rows, onGo }: { rows: readonly NoticeRow[]; onGo: () => void }) {
  return (
    <ul className={styles.noticeRows}>
      {rows.map((row) => (
        <NoticeLine key={row.id} row={row} onGo={onGo} />
      ))}
    </ul>
  );
}

function NoticeLine({ row, onGo }: { row: NoticeRow; onGo: () => void }) {
  const t = useTexts(noticeTexts);
  const called = useCalled();
  const work = OF_WORK[row.kind];
  const address = work ? `${work}/${row.subject_id}` : pageOf(row.subject_type, row.subject_id);
  const text = t.maybe(row.kind, {}, "") || <LaterEventText kind={row.kind} />;
  const about = ["programme", "period", "label", "name", "organisation"].flatMap((key) => {
    const value = row.values[key];
    return typeof value === "string" ? [value] : [];
  });
  const minor = row.values.amount_minor ?? row.values.distributed_minor;
  const currency = row.values.currency;
  return (
    <li className={styles.noticeRow} data-unread={row.read_at === null || undefined}>
      <p>
        {address ? (
          <Link to={address} onClick={onGo}>
            {text}
          </Link>
        ) : (
          text
        )}{" "}
        {about.map(called).join(" ")}
      </p>
      <p className={styles.foundDetail}>
        {(typeof minor === "number" || typeof minor === "string") && typeof currency === "string" && (
          <>
            <Amount minor={minor} currency={currency} /> ·{" "}
          </>
        )}
        <Instant at={row.at} relative />
      </p>
    </li>
  );
}
