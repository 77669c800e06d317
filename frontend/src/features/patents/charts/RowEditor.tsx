import { App, Button, Input } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { asProblem, type ClaimChart, request } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { DeleteOutlined, PlusOutlined } from "@/shared/ui/icons";
import styles from "./charts.module.css";
import { CHARTS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

export const PARTS = ["element", "place", "evidence"] as const;

type Part = (typeof PARTS)[number];
type Row = Record<Part, string> & { key: number };

const MOST_ROWS = 200;
const LONGEST = 5000;

interface Props {
  edited: { data: ClaimChart; etag: string };
  onDirty: (isDirty: boolean) => void;
}

/** The rows of a draft in a table that is filled in by keyboard: Enter adds a row, Alt with arrows moves one. */
export function RowEditor({ edited, onDirty }: Props) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const made = useRef(0);
  const fresh = (row?: Partial<Record<Part, string>>): Row => {
    made.current += 1;
    return {
      key: made.current,
      element: row?.element ?? "",
      place: row?.place ?? "",
      evidence: row?.evidence ?? "",
    };
  };
  const [rows, setRows] = useState<readonly Row[]>(() =>
    edited.data.rows.length > 0 ? edited.data.rows.map(fresh) : [fresh()],
  );
  const [note, setNote] = useState(edited.data.note ?? "");
  const [busy, setBusy] = useState(false);
  const fields = useRef(new Map<string, TextAreaRef>());
  const [wanted, setWanted] = useState<string | null>(null);
  useEffect(() => {
    if (wanted !== null) fields.current.get(wanted)?.focus();
    setWanted(null);
  }, [wanted]);

  const change = (next: readonly Row[]) => {
    setRows(next);
    onDirty(true);
  };
  const add = (after: number) => {
    if (rows.length >= MOST_ROWS) return;
    const row = fresh();
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
    if (event.nativeEvent.isComposing) return;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(place, place + (event.key === "ArrowUp" ? -1 : 1), part);
    } else if (event.key === "Enter" && !event.shiftKey && place === rows.length - 1) {
      event.preventDefault();
      add(place);
    }
  };
  const save = async () => {
    setBusy(true);
    try {
      // A row that nothing was written in is left out.
      const kept = rows
        .filter((row) => PARTS.some((part) => row[part].trim() !== ""))
        .map(({ element, place, evidence }) => ({ element, place, evidence }));
      await request("PATCH", `${CHARTS}/${edited.data.id}`, {
        body: { rows: kept, note },
        etag: edited.etag,
      });
      onDirty(false);
      void message.success(t("saved"));
      await refresh();
    } catch (error) {
      void message.error(asProblem(error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
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
                    disabled={rows.length === 1}
                    onClick={() => change(rows.filter((one) => one !== row))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.tools}>
        <Button icon={<PlusOutlined aria-hidden />} onClick={() => add(rows.length - 1)}>
          {t("rows.add")}
        </Button>
      </p>
      <Input.TextArea
        aria-label={t("note")}
        placeholder={t("note")}
        rows={2}
        maxLength={500}
        value={note}
        onChange={(event) => {
          setNote(event.target.value);
          onDirty(true);
        }}
      />
      <p className={styles.tools}>
        <Button type="primary" loading={busy} onClick={() => void save()}>
          {t("save")}
        </Button>
      </p>
    </>
  );
}
