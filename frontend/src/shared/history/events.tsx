import type { AuditEvent } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName } from "@/shared/names";
import { fieldTexts } from "./fields.ts";
import styles from "./history.module.css";
import { texts } from "./texts.ts";
import { valueTexts } from "./values.ts";

const LONGEST = 160;
const ID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const HASH = /^[\da-f]{64}$/;

/** Says a value of an event as people do: names for organisations, words for states, the end of other ids. */
function useValueText(): (value: unknown) => string {
  const t = useTexts(texts);
  const f = useTexts(fieldTexts);
  const v = useTexts(valueTexts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const said = (value: unknown): string => {
    if (value === null || value === undefined || value === "") return t("nothing");
    if (typeof value === "boolean") return w(value ? "yes" : "no");
    if (Array.isArray(value)) return value.map(said).join(", ") || t("nothing");
    if (typeof value === "object") {
      return Object.entries(value)
        .map(([name, part]) => `${f.maybe(`field.${name}`, {}, name)}: ${said(part)}`)
        .join("; ");
    }
    const text = String(value);
    if (ID.test(text)) return organisationName(text, `…${text.slice(-6)}`);
    if (HASH.test(text)) return `${text.slice(0, 16)}…`;
    return v.maybe(`value.${text}`, {}, w.maybe(`role.${text}`, {}, text));
  };
  return (value) => {
    const text = said(value);
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  };
}

/** The two sides of a change as the record keeps them. */
export function sidesOf(change: unknown): { before: unknown; after: unknown } {
  if (Array.isArray(change)) return { before: change[0], after: change[1] };
  if (change !== null && typeof change === "object" && "new" in change) {
    return { before: "old" in change ? change.old : undefined, after: change.new };
  }
  return { before: undefined, after: change };
}

/** The old and new values of an event; said in words where the reader may not see them. */
export function Changes({ changes }: { changes: AuditEvent["changes"] }) {
  const t = useTexts(texts);
  const f = useTexts(fieldTexts);
  const valueText = useValueText();
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
          const { before, after } = sidesOf(change);
          return (
            <tr key={field}>
              <th scope="row">{f.maybe(`field.${field}`, {}, field.replaceAll("_", " "))}</th>
              <td>{valueText(before)}</td>
              <td>{valueText(after)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
