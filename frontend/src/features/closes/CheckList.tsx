import { Link } from "@tanstack/react-router";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { CheckCircleOutlined, ClockCircleOutlined, ExclamationCircleOutlined } from "@/shared/ui/icons";
import styles from "./closes.module.css";

export interface Finding {
  standing: "fine" | "attention" | "overdue";
  text: string;
  to?: string;
}

const ICONS = {
  fine: CheckCircleOutlined,
  attention: ClockCircleOutlined,
  overdue: ExclamationCircleOutlined,
};

/** What was checked, each with how it stands. */
export function CheckList({ title, findings }: { title: string; findings: readonly Finding[] }) {
  const w = useTexts(words);
  return (
    <section className={styles.checks} aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {findings.map(({ standing, text, to }) => {
          const Icon = ICONS[standing];
          return (
            <li key={text} data-standing={standing}>
              <Icon aria-label={w(`life.${standing}`)} />
              <span>
                {text} {to && <Link to={to}>{w("open")}</Link>}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
