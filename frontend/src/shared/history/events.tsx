import type { AuditEvent } from "@/shared/api";
import { useLanguage, useTexts } from "@/shared/i18n";
import styles from "./history.module.css";
import { texts } from "./texts.ts";

/** Says what was done, who did it and to which kind of thing, in the reader's words. */
export function useEventWords() {
  const t = useTexts(texts);
  return {
    what: (name: string) => t.maybe(`event.${name}`, {}, name.replaceAll("_", " ").replace(".", ": ")),
    subject: (type: string) => t.maybe(`subject.${type}`, {}, type),
    who: (event: Pick<AuditEvent, "user_name" | "work">) => event.user_name ?? (event.work || t("system")),
  };
}

const LONGEST = 160;

function valueText(value: unknown, nothing: string): string {
  if (value === null || value === undefined || value === "") return nothing;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** The old and new values of an event; said in words where the reader may not see them. */
export function Changes({ changes }: { changes: AuditEvent["changes"] }) {
  const t = useTexts(texts);
  useLanguage();
  if (changes === null) return <p className={styles.hidden}>{t("changes.hidden")}</p>;
  const rows = Object.entries(changes);
  if (rows.length === 0) return <p className={styles.hidden}>{t("changes.none")}</p>;
  return (
    <table className={styles.changes}>
      <thead>
        <tr>
          <th scope="col">{t("changes.field")}</th>
          <th scope="col">{t("changes.before")}</th>
          <th scope="col">{t("changes.after")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([field, change]) => {
          const [before, after] = Array.isArray(change) ? change : [undefined, change];
          return (
            <tr key={field}>
              <th scope="row">
                <code>{field}</code>
              </th>
              <td>{valueText(before, t("nothing"))}</td>
              <td>{valueText(after, t("nothing"))}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
