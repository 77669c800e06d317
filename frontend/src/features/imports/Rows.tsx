import { App, Button, Segmented } from "antd";
import { useState } from "react";
import { asProblem, type ImportedRow, type WholeImport } from "@/shared/api";
import { CalendarDay, formatNumber } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { downloadFile } from "@/shared/table";
import { Empty, FailureLine, Skeleton } from "@/shared/ui";
import { DownloadOutlined } from "@/shared/ui/icons";
import styles from "./imports.module.css";
import { OUTCOMES, type Outcome, PATH, useRows } from "./queries.ts";
import { OutcomeMark } from "./state.tsx";
import { texts } from "./texts.ts";

type Values = Record<string, string | string[] | null | undefined>;

/** The rows of a file as they were understood, by what they would do. */
export function Rows({ found }: { found: WholeImport }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const { message } = App.useApp();
  const [outcome, setOutcome] = useState<Outcome | "all">("all");
  const rows = useRows(found, outcome === "all" ? undefined : outcome);
  const all = rows.data?.pages.flatMap((page) => page.rows) ?? [];
  const download = async () => {
    try {
      await downloadFile(`${PATH}/${found.id}/refused`, {}, "refused.csv");
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  const present = OUTCOMES.filter((one) => (found.counts[one] ?? 0) > 0);
  return (
    <>
      <div className={styles.tools}>
        <Segmented<Outcome | "all">
          value={outcome}
          onChange={setOutcome}
          options={[
            { value: "all", label: t("outcome.all") },
            ...present.map((one) => ({
              value: one,
              label: `${t(`outcome.${one}`)} ${formatNumber(found.counts[one] ?? 0, language)}`,
            })),
          ]}
        />
        {(found.counts.refused ?? 0) > 0 && (
          <Button icon={<DownloadOutlined aria-hidden />} onClick={() => void download()}>
            {t("refused.download")}
          </Button>
        )}
      </div>
      {rows.isError && <FailureLine error={rows.error} retry={() => void rows.refetch()} />}
      {rows.isPending && (
        <div aria-busy="true">
          <Skeleton width="80%" />
          <Skeleton width="64%" />
        </div>
      )}
      {rows.isSuccess && all.length === 0 && <Empty title={t("rows.none")} />}
      {all.length > 0 && (
        <div className={styles.scroll}>
          <table className={styles.rows} aria-label={t("tab.rows")}>
            <thead>
              <tr>
                <th scope="col" className={styles.number}>
                  {t("line")}
                </th>
                <th scope="col">{t("outcome")}</th>
                <th scope="col">{t("number")}</th>
                <th scope="col">{t("field.title")}</th>
                <th scope="col">{t("field.owners")}</th>
                <th scope="col">{t("field.filed_on")}</th>
                <th scope="col">{t("field.granted_on")}</th>
              </tr>
            </thead>
            <tbody>
              {all.map((row) => (
                <Row key={row.line + row.outcome + String((row.values as Values).publication)} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.hasNextPage && (
        <Button
          className={styles.more ?? ""}
          loading={rows.isFetchingNextPage}
          onClick={() => void rows.fetchNextPage()}
        >
          {t("rows.more")}
        </Button>
      )}
    </>
  );
}

function Row({ row }: { row: ImportedRow }) {
  const t = useTexts(texts);
  const values = row.values as Values;
  const named = [values.publication, values.application].filter(Boolean);
  const people = [values.owners, values.applicants].find((names) => Array.isArray(names) && names.length > 0);
  return (
    <tr>
      <td className={styles.number} data-label={t("line")}>
        {row.line}
      </td>
      <td>
        <OutcomeMark outcome={row.outcome} />
      </td>
      <td>
        {named.map((number) => (
          <div key={String(number)} className={styles.code}>
            {String(number)}
          </div>
        ))}
      </td>
      <td className={styles.title}>
        {String(values.title ?? "") || "–"}
        {row.problems.map((problem) => (
          <p key={problem.code + problem.field} className={styles.problem}>
            {problem.field && `${t.maybe(`field.${problem.field}`, {}, problem.field)}: `}
            {problem.detail}
          </p>
        ))}
      </td>
      <td data-label={t("field.owners")}>{Array.isArray(people) ? people.join(" · ") : "–"}</td>
      <td data-label={t("field.filed_on")}>
        <CalendarDay day={values.filed_on as string | null} />
      </td>
      <td data-label={t("field.granted_on")}>
        <CalendarDay day={values.granted_on as string | null} />
      </td>
    </tr>
  );
}
