import { useQuery } from "@tanstack/react-query";
import { type FiledMonth, keys, request } from "@/shared/api";
import { Instant } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { Empty, Failure, Panel, Skeleton, StateMark } from "@/shared/ui";
import styles from "./licences.module.css";
import { quartersOf } from "./quarters.ts";
import { PATH } from "./state.ts";
import { texts } from "./texts.ts";

/** Which months were reported, quarter by quarter, without any figures. */
export function Filed({ licence }: { licence: string }) {
  const t = useTexts(texts);
  const found = useQuery({
    queryKey: keys.part(PATH, licence, "filed months"),
    queryFn: ({ signal }) => request<FiledMonth[]>("GET", `${PATH}/${licence}/filed-months`, { signal }),
    retry: false,
  });
  return (
    <Panel title={t("filed.title")} note={t("filed.note")}>
      {found.isError ? (
        <Failure error={found.error} retry={() => void found.refetch()} />
      ) : found.data === undefined ? (
        <Skeleton height={120} />
      ) : found.data.length === 0 ? (
        <Empty title={t("filed.none")} />
      ) : (
        <ol className={styles.quarters}>
          {quartersOf(found.data, todayHere()).map(({ quarter, months, isOver }) => (
            <li key={quarter}>
              <h3>{quarter}</h3>
              <ul className={styles.months}>
                {months.map((row) => (
                  <li key={row.month}>
                    <span className={styles.month}>{row.month}</span>
                    {row.filed_at ? (
                      <StateMark standing="fine">{t("filed.yes")}</StateMark>
                    ) : isOver ? (
                      <StateMark standing="overdue">{t("filed.no")}</StateMark>
                    ) : (
                      <StateMark standing="closed">{t("filed.later")}</StateMark>
                    )}
                    {row.filed_at && (
                      <span className={styles.at}>
                        <Instant at={row.filed_at} />
                      </span>
                    )}
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
