import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { asProblem, request } from "@/shared/api";
import { formatInstant } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { STAFF_SESSIONS, useOpenStaffSession } from "@/shared/staff";
import { Notice } from "@/shared/ui/Notice";
import styles from "./shell.module.css";
import { texts } from "./texts.ts";

/** Says plainly, on every page, that a staff session is open, whose data it opens, and until when. */
export function StaffBanner() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const session = useOpenStaffSession();
  if (session === undefined) return null;
  const end = async () => {
    try {
      await request("POST", `${STAFF_SESSIONS}/${session.id}/end`);
      void message.success(t("staff.ended"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await client.invalidateQueries();
  };
  return (
    <section className={styles.banner} aria-label={t("staff.label")}>
      <Notice
        kind="overdue"
        action={
          <Button size="small" danger onClick={() => void end()}>
            {t("staff.end")}
          </Button>
        }
      >
        <strong>{t("staff.open", { alliance: session.alliance_name })}</strong>{" "}
        {t("staff.until", { time: formatInstant(session.ends_at), reason: session.reason })}
      </Notice>
    </section>
  );
}
