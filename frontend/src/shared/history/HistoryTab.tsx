import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { type AuditEvent, keys, request } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import type { PageOf } from "@/shared/table";
import { Empty, Failure, FailureLine, Skeleton } from "@/shared/ui";
import { Changes } from "./events.tsx";
import styles from "./history.module.css";
import { texts } from "./texts.ts";
import { useEventWords } from "./what.ts";

const PATH = "/api/v1/audit-events";

interface Props {
  subjectType: string;
  subjectId: string;
}

/** What was done to one thing, the latest first. */
export function HistoryTab({ subjectType, subjectId }: Props) {
  const t = useTexts(texts);
  const words = useEventWords();
  const organisationName = useOrganisationName();
  const query = { subject_type: subjectType, subject_id: subjectId, limit: 30 };
  const list = useInfiniteQuery({
    queryKey: keys.list(PATH, query),
    queryFn: ({ pageParam, signal }) =>
      request<PageOf<AuditEvent>>("GET", PATH, {
        query: { ...query, after: pageParam ?? undefined },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
  if (list.data === undefined) {
    if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />;
    return <Skeleton height={160} />;
  }
  const events = list.data.pages.flatMap((page) => page.items);
  if (events.length === 0) return <Empty title={t("empty")}>{t("empty.text")}</Empty>;
  return (
    <>
      <ol className={styles.history} aria-label={t("list")}>
        {events.map((event) => (
          <li key={event.id}>
            <span className={styles.at}>
              <Instant at={event.at} />
            </span>
            <div className={styles.event}>
              <p>
                <strong>{words.what(event.name)}</strong>
                <span className={styles.who}>
                  {words.who(event)}
                  {event.organisation && ` · ${organisationName(event.organisation, "")}`}
                </span>
              </p>
              {event.changes === null ? (
                <Changes changes={null} />
              ) : (
                Object.keys(event.changes).length > 0 && (
                  <details>
                    <summary>{t("changes", { count: Object.keys(event.changes).length })}</summary>
                    <Changes changes={event.changes} />
                  </details>
                )
              )}
            </div>
          </li>
        ))}
      </ol>
      {list.isError && (
        <FailureLine
          error={list.error}
          retry={() => void (list.isFetchNextPageError ? list.fetchNextPage() : list.refetch())}
        />
      )}
      {list.hasNextPage && (
        <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </>
  );
}
