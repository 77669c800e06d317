import { Button, Input } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useTexts } from "@/shared/i18n";
import { Notice } from "@/shared/ui";
import { DeleteOutlined, PlusOutlined } from "@/shared/ui/icons";
import styles from "./charts.module.css";
import { type Draft, freshRow, PARTS, type Part, type Row } from "./draft.ts";
import { texts } from "./texts.ts";

const MOST_ROWS = 200;
const LONGEST = 5000;

/** The rows of a draft in a table that is filled in by keyboard: Enter adds a row, Alt with arrows moves one. */
export function RowEditor({ draft }: { draft: Draft }) {
  const t = useTexts(texts);
  const { rows, busy } = draft;
  const note = useId();
  const fields = useRef(new Map<string, TextAreaRef>());
  const [wanted, setWanted] = useState<string | null>(null);
  useEffect(() => {
    if (wanted !== null) fields.current.get(wanted)?.focus();
    setWanted(null);
  }, [wanted]);

  const change = (next: readonly Row[]) => draft.write({ rows: next });
  const add = (after: number) => {
    if (rows.length >= MOST_ROWS) return;
    const row = freshRow();
    change([...rows.slice(0, after + 1), row, ...rows.slice(after + 1)]);
    setWanted(`${row.key}.element`);
  };
  const move = (from: number, to: number, part: Part) => {
    const row = rows[from];
    if (row === undefined || to < 0 || to >= rows.length) return;
    const left = rows.filter((_, place) => place !== from);
    change([...left.slice(0, to), row, ...left.slice(to)]);
    setWanted(`${row.key}.${part}`);
  };
  const press = (event: KeyboardEvent, place: number, part: Part) => {
    if (event.nativeEvent.isComposing || busy) return;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(place, place + (event.key === "ArrowUp" ? -1 : 1), part);
    } else if (event.key === "Enter" && !event.shiftKey && place === rows.length - 1) {
      event.preventDefault();
      add(place);
    }
  };
  return (
    <>
      {draft.isBehind && (
        <Notice
          kind="attention"
          alert
          action={
            <Button size="small" onClick={() => void draft.leave()}>
              {t("behind.leave")}
            </Button>
          }
        >
          {t("behind")}
        </Notice>
      )}
      <p className={styles.help}>{t("rows.help")}</p>
      <div className={styles.scroll}>
        <table className={styles.table} aria-label={t("rows")}>
          <thead>
            <tr>
              {PARTS.map((part) => (
                <th key={part} scope="col">
                  {t(part)}
                </th>
              ))}
              <td data-tool />
            </tr>
          </thead>
          <tbody>
            {rows.map((row, place) => (
              <tr key={row.key}>
                {PARTS.map((part) => (
                  <td key={part}>
                    <Input.TextArea
                      ref={(field) => {
                        if (field) fields.current.set(`${row.key}.${part}`, field);
                        else fields.current.delete(`${row.key}.${part}`);
                      }}
                      rows={3}
                      className={styles.cell ?? ""}
                      maxLength={LONGEST}
                      readOnly={busy}
                      aria-label={t("rows.part", { part: t(part), number: place + 1 })}
                      value={row[part]}
                      onChange={(event) =>
                        change(
                          rows.map((one) => (one === row ? { ...row, [part]: event.target.value } : one)),
                        )
                      }
                      onKeyDown={(event) => press(event, place, part)}
                    />
                  </td>
                ))}
                <td data-tool>
                  <Button
                    type="text"
                    icon={<DeleteOutlined aria-hidden />}
                    aria-label={t("rows.remove", { number: place + 1 })}
                    disabled={rows.length === 1 || busy}
                    onClick={() => change(rows.filter((one) => one !== row))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.tools}>
        <Button icon={<PlusOutlined aria-hidden />} disabled={busy} onClick={() => add(rows.length - 1)}>
          {t("rows.add")}
        </Button>
      </p>
      <label htmlFor={note}>{t("note")}</label>
      <p id={`${note}-help`} className={styles.help}>
        {t("note.help")}
      </p>
      <Input.TextArea
        id={note}
        aria-describedby={`${note}-help`}
        rows={2}
        maxLength={500}
        readOnly={busy}
        value={draft.note}
        onChange={(event) => draft.write({ note: event.target.value })}
      />
      <p className={styles.tools}>
        <Button type="primary" loading={busy} onClick={() => void draft.save()}>
          {t("save")}
        </Button>
      </p>
    </>
  );
}
