import type { SalesReportDetail } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { Failure, Notice } from "@/shared/ui";
import { Why } from "../Preview.tsx";
import { useMistakes } from "../queries.ts";
import styles from "../reports.module.css";
import { texts } from "./texts.ts";

/** For what in a report a close could not be worked out, and whose step is next: an estimate is nobody's to correct. */
export function Mistakes({ report }: { report: SalesReportDetail }) {
  const f = useTexts(texts);
  const found = useMistakes(report.id);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined || found.data.count === 0) return null;
  const { period, count, mistakes } = found.data;
  return (
    <Notice kind="overdue" alert>
      <p>{f("mistakes", { period, count })}</p>
      <ul className={styles.mistakes}>
        {mistakes.map((mistake) => (
          <li key={`${mistake.code} ${mistake.column} ${mistake.line} ${mistake.value}`}>
            <Why
              reason={{
                code: mistake.code,
                column: mistake.column ?? "",
                value: mistake.value ?? "",
                line: mistake.line ?? null,
                lines: 1,
              }}
            />
          </li>
        ))}
      </ul>
      {count > mistakes.length && <p>{f("mistakes.more", { shown: mistakes.length })}</p>}
      <p>{f(report.kind === "estimate" ? "mistakes.do.estimate" : "mistakes.do")}</p>
    </Notice>
  );
}
