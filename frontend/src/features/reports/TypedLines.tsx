import { Button, Checkbox, Input } from "antd";
import { type ClipboardEvent, useState } from "react";
import { useTexts } from "@/shared/i18n";
import { Notice } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import styles from "./reports.module.css";
import { texts } from "./texts.ts";

const MAIN = ["month", "product", "made_in", "sold_in", "units", "net_amount", "currency"] as const;
const DETAILS = ["brand_or_customer", "model", "first_sold_in", "exclusion_code", "evidence"] as const;
export type Column = (typeof MAIN)[number] | (typeof DETAILS)[number];
export type TypedLine = { id: string } & Partial<Record<Column, string>>;

export function emptyLine(given: Partial<Record<Column, string>> = {}): TypedLine {
  return { id: crypto.randomUUID(), ...given };
}

/** What is sent of the lines: rows that were left empty are not. */
export function linesSent(lines: readonly TypedLine[]): Record<Column, string>[] {
  return lines
    .filter((line) => line.units || line.net_amount || line.made_in || line.sold_in)
    .map(
      (line) =>
        Object.fromEntries([...MAIN, ...DETAILS].map((name) => [name, (line[name] ?? "").trim()])) as Record<
          Column,
          string
        >,
    );
}

/** The places of the lines that are sent, in their order: lines that are left empty are not. */
export function linesBySent(lines: readonly TypedLine[]): number[] {
  return lines.flatMap((line, at) => (linesSent([line]).length > 0 ? [at] : []));
}

/** Puts a piece of a table, as it is copied from one, into lines from a cell on. */
export function pasted(
  lines: readonly TypedLine[],
  at: number,
  column: Column,
  text: string,
  columns: readonly Column[],
): TypedLine[] {
  const rows = text.replace(/\r?\n$/, "").split(/\r?\n/);
  const first = columns.indexOf(column);
  const made = [...lines];
  for (const [down, row] of rows.entries()) {
    const line: TypedLine = { ...(made[at + down] ?? emptyLine()) };
    for (const [along, cell] of row.split("\t").entries()) {
      const name = columns[first + along];
      if (name) line[name] = cell.trim();
    }
    made[at + down] = line;
  }
  return made;
}

interface Props {
  lines: readonly TypedLine[];
  onChange: (lines: TypedLine[]) => void;
  /** Mistakes by the number of the line, the first being 2 as in a file, and by column. */
  mistakes: ReadonlyMap<string, string>;
}

/** Lines typed into a table, or pasted from one. */
export function TypedLines({ lines, onChange, mistakes }: Props) {
  const t = useTexts(texts);
  const [showsDetails, setShowsDetails] = useState(false);
  const columns: readonly Column[] = showsDetails ? [...MAIN, ...DETAILS] : MAIN;
  const set = (at: number, column: Column, value: string) =>
    onChange(lines.map((line, index) => (index === at ? { ...line, [column]: value } : line)));
  const paste = (event: ClipboardEvent, at: number, column: Column) => {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    onChange(pasted(lines, at, column, text, columns));
  };
  const sent = linesBySent(lines);
  return (
    <>
      <Notice
        action={
          <Checkbox checked={showsDetails} onChange={(event) => setShowsDetails(event.target.checked)}>
            {t("details.show")}
          </Checkbox>
        }
      >
        {t("line.paste")}
      </Notice>
      <div className={styles.scroll}>
        <table aria-label={t("lines.title")}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {t(column)}
                </th>
              ))}
              <th scope="col">
                <span className="visually-hidden">{t("line.remove")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, at) => {
              const number = sent.indexOf(at) + 2;
              return (
                <tr key={line.id}>
                  {columns.map((column) => {
                    const mistake = number > 1 ? mistakes.get(`${number}/${column}`) : undefined;
                    return (
                      <td key={column}>
                        <Input
                          className={styles.cell ?? ""}
                          value={line[column] ?? ""}
                          aria-label={`${t(column)} ${at + 1}`}
                          status={mistake ? "error" : ""}
                          title={mistake}
                          onChange={(event) => set(at, column, event.target.value)}
                          onPaste={(event) => paste(event, at, column)}
                        />
                      </td>
                    );
                  })}
                  <td>
                    <Button
                      size="small"
                      aria-label={`${t("line.remove")} ${at + 1}`}
                      onClick={() => onChange(lines.filter((_, index) => index !== at))}
                    >
                      ×
                    </Button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <Button
        className={styles.add ?? ""}
        icon={<PlusOutlined />}
        onClick={() => {
          const last = lines.at(-1);
          onChange([
            ...lines,
            emptyLine({
              month: last?.month ?? "",
              product: last?.product ?? "",
              currency: last?.currency ?? "",
            }),
          ]);
        }}
      >
        {t("line.add")}
      </Button>
    </>
  );
}
