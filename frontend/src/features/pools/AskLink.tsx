import { Link } from "@tanstack/react-router";
import type { Pool } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import styles from "./pools.module.css";
import { texts } from "./texts.ts";

const PUBLIC: ReadonlySet<string> = new Set(["launched", "closing", "closed"]);

/** The way from a public list to its owners: what is in a pool can also be licensed from its owner alone. */
export function AskLink({ pool }: { pool: Pick<Pool, "id" | "state"> }) {
  const t = useTexts(texts);
  if (!PUBLIC.has(pool.state ?? "")) return null;
  return (
    <p className={styles.ask}>
      <Link to={`/asking/${pool.id}` as never}>{t("ask")}</Link>
    </p>
  );
}
