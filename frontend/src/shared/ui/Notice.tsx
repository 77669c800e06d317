import type { ReactNode } from "react";
import {
  CheckCircleOutlined,
  ClockCircleOutlined,
  ExclamationCircleOutlined,
  InfoCircleOutlined,
} from "@/shared/ui/icons";
import styles from "./ui.module.css";

const KINDS = {
  plain: { icon: InfoCircleOutlined, style: "" },
  fine: { icon: CheckCircleOutlined, style: styles.noticeFine },
  attention: { icon: ClockCircleOutlined, style: styles.noticeAttention },
  overdue: { icon: ExclamationCircleOutlined, style: styles.noticeOverdue },
};

interface NoticeProps {
  kind?: keyof typeof KINDS;
  children: ReactNode;
  action?: ReactNode;
  /** Read out as soon as it appears. */
  alert?: boolean;
}

/** A sentence above what it is about. */
export function Notice({ kind = "plain", children, action, alert = false }: NoticeProps) {
  const { icon: Icon, style } = KINDS[kind];
  return (
    <div className={`${styles.notice} ${style}`} role={alert ? "alert" : "status"}>
      <Icon className={styles.noticeIcon} aria-hidden />
      <div>{children}</div>
      {action}
    </div>
  );
}
