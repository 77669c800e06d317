import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Badge, Button, Popover } from "antd";
import { lazy, Suspense, useCallback, useState } from "react";
import { asProblem, currentSeat, keys, request } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { topicOf, useTopic } from "@/shared/realtime";
import type { PageOf } from "@/shared/table";
import { BellOutlined } from "@/shared/ui/icons";
import { Empty, FailureLine } from "@/shared/ui/States";
import type { NoticeRow } from "./NoticeRows.tsx";
import styles from "./shell.module.css";
import { texts } from "./texts.ts";

const NoticeRows = lazy(() => import("./NoticeRows.tsx").then((found) => ({ default: found.NoticeRows })));

const PATH = "/api/v1/notices";
const SHOWN = 30;

/** What happened that concerns the acting seat; new ones come by themselves. */
export function Notices() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [isOpen, setOpen] = useState(false);
  const seat = currentSeat();
  const notices = useQuery({
    queryKey: keys.list(PATH, { limit: SHOWN }),
    queryFn: ({ signal }) => request<PageOf<NoticeRow>>("GET", PATH, { query: { limit: SHOWN }, signal }),
    retry: false,
  });
  const again = useCallback(() => void client.invalidateQueries({ queryKey: keys.lists(PATH) }), [client]);
  useTopic(seat ? topicOf("notices.inbox", seat) : undefined, again);
  // A notice goes with the right to see what it is about.
  useTopic(seat ? topicOf("identity.seat", seat) : undefined, again);
  const read = useMutation({
    mutationFn: () => request("POST", `${PATH}/read`, { body: {} }),
    onSuccess: again,
    onError: (error) => void message.error(asProblem(error).message),
  });
  const rows = notices.data?.items ?? [];
  const unread = rows.filter((row) => row.read_at === null).length;
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      // On a phone there is no room to the left of the bell for all of it.
      align={{ overflow: { adjustY: true, shiftX: true } }}
      arrow={false}
      open={isOpen}
      onOpenChange={setOpen}
      destroyOnHidden
      content={
        <div className={styles.notices}>
          <div className={styles.noticesHead}>
            <strong>{t("notices.label")}</strong>
            {unread > 0 && (
              <Button size="small" type="link" loading={read.isPending} onClick={() => read.mutate()}>
                {t("notices.read")}
              </Button>
            )}
          </div>
          {notices.isError && (
            <FailureLine
              error={notices.error}
              what={t("notices.unread_failed")}
              retry={() => void notices.refetch()}
            />
          )}
          {notices.isError && rows.length === 0 ? null : rows.length === 0 ? (
            <Empty title={t("notices.none")}>{t("notices.none.text")}</Empty>
          ) : (
            <Suspense fallback="…">
              <NoticeRows rows={rows} onGo={() => setOpen(false)} />
            </Suspense>
          )}
        </div>
      }
    >
      <Badge count={unread} size="small" offset={[-6, 6]}>
        <Button
          type="text"
          icon={<BellOutlined />}
          aria-label={unread > 0 ? t("notices.unread", { count: unread }) : t("notices.label")}
        />
      </Badge>
    </Popover>
  );
}
