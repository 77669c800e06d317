import type { ReactNode } from "react";
import {
  CheckCircleOutlined,
  ClockCircleOutlined,
  ExclamationCircleOutlined,
  MinusCircleOutlined,
} from "@/shared/ui/icons";
import styles from "./ui.module.css";

/** The four states everything on screen can be in. */
export type Standing = "fine" | "attention" | "overdue" | "closed";

const ICONS = {
  fine: CheckCircleOutlined,
  attention: ClockCircleOutlined,
  overdue: ExclamationCircleOutlined,
  closed: MinusCircleOutlined,
};

/** A state as a tag, told apart by its icon and its words, and by colour besides. */
export function StateMark({ standing, children }: { standing: Standing; children: ReactNode }) {
  const Icon = ICONS[standing];
  return (
    <span className={`${styles.state} ${styles[standing]}`}>
      <Icon aria-hidden />
      <span>{children}</span>
    </span>
  );
}
