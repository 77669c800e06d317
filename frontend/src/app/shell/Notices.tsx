import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Badge, Button, Popover } from "antd";
import { useCallback, useState } from "react";
import { asProblem, currentSeat, keys, request } from "@/shared/api";
import { Amount, Instant } from "@/shared/format";
import { LaterEventText } from "@/shared/history/later";
import { useTexts } from "@/shared/i18n";
import { useCalled } from "@/shared/names";
import { topicOf, useTopic } from "@/shared/realtime";
import { pageOf } from "@/shared/subjects";
import type { PageOf } from "@/shared/table";
import { BellOutlined } from "@/shared/ui/icons";
import { Empty, FailureLine } from "@/shared/ui/States";
import styles from "./shell.module.css";
import { texts } from "./texts.ts";

interface NoticeRow {
  id: string;
  kind: string;
  values: Record<string, unknown>;
  subject_type: string;
  subject_id: string;
  at: string;
  read_at: string | null;
}

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
            <ul className={styles.noticeRows}>
              {rows.map((row) => (
                <NoticeLine key={row.id} row={row} onGo={() => setOpen(false)} />
              ))}
            </ul>
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

function NoticeLine({ row, onGo }: { row: NoticeRow; onGo: () => void }) {
  const t = useTexts(texts);
  const called = useCalled();
  const address = pageOf(row.subject_type, row.subject_id);
  const text = t.maybe(`notice.${row.kind}`, {}, "") || <LaterEventText kind={row.kind} />;
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
