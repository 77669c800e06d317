import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { api, asProblem, keys, request, type Session } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import type { PageOf } from "@/shared/table";
import { Failure, Panel, Skeleton, StateMark } from "@/shared/ui";
import styles from "./account.module.css";
import { deviceOf } from "./device.ts";
import { texts } from "./texts.ts";

const PATH = "/api/v1/me/sessions";

/** Where the account is signed in, and how to end that. */
export function Sessions() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const found = useQuery({
    queryKey: keys.lists(PATH),
    queryFn: ({ signal }) => request<PageOf<Session>>("GET", PATH, { signal }),
    staleTime: 0,
  });
  const end = useMutation({
    mutationFn: async (session: Session | null) => {
      if (session === null) await api.DELETE("/api/v1/me/sessions");
      else
        await api.DELETE("/api/v1/me/sessions/{session_id}", {
          params: { path: { session_id: session.id } },
        });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.lists(PATH) });
      void message.success(t("sessions.ended"));
    },
    onError: (error) => void message.error(asProblem(error).message),
  });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.isPending) return <Skeleton height={200} />;
  const sessions = found.data.items;
  return (
    <div className={styles.stack}>
      <Panel
        flush
        title={t("tab.sessions")}
        extra={
          sessions.length > 1 && (
            <Button size="small" danger loading={end.isPending} onClick={() => end.mutate(null)}>
              {t("sessions.end_others")}
            </Button>
          )
        }
      >
        <ul className={styles.items}>
          <li className={styles.item}>
            <p className={styles.itemNote}>{t("sessions.note")}</p>
          </li>
          {sessions.map((session) => (
            <li key={session.id} className={styles.item}>
              <div className={styles.itemText}>
                <p className={styles.itemTitle}>
                  <DeviceName session={session} />
                  {session.current && <StateMark standing="fine">{t("sessions.current")}</StateMark>}
                </p>
                <p className={styles.itemNote}>
                  {session.address} · {t("sessions.seen")} <Instant at={session.seen_at} relative /> ·{" "}
                  {t("sessions.started")} <Instant at={session.started_at} />
                </p>
              </div>
              {!session.current && (
                <Button size="small" onClick={() => end.mutate(session)}>
                  {t("sessions.end")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

function DeviceName({ session }: { session: Session }) {
  const t = useTexts(texts);
  const found = deviceOf(session.device ?? "");
  return <span title={session.device}>{found ? t("sessions.on", found) : t("sessions.unknown")}</span>;
}
