import { Button, Dropdown, Input, Select } from "antd";
import { type ReactNode, useId, useState } from "react";
import { useTexts } from "@/shared/i18n";
import { CloseOutlined, PlusOutlined } from "@/shared/ui/icons";
import styles from "./editor.module.css";
import { type FieldDef, REACH, sumOf, WHEN } from "./schema.ts";
import { texts } from "./texts.ts";
import { nodeAt, type Path, type Plain, pathText } from "./toml/index.ts";
import { keysOf, messagesAt, usePlain, useTable, useWriting } from "./writing.ts";

/** The fields that are written, or always shown, and a menu of those that may be added. */
export function Fields({
  path,
  fixed,
  further,
}: {
  path: Path;
  fixed: readonly FieldDef[];
  further: readonly FieldDef[];
}) {
  const t = useTexts(texts);
  const { put, readOnly } = useWriting();
  const table = useTable(path);
  const written = further.filter((field) => table?.entries.has(field.key));
  const open = further.filter((field) => !table?.entries.has(field.key));
  return (
    <>
      <div className={styles.fields}>
        {fixed.map((field) => (
          <Field key={field.key} path={[...path, field.key]} field={field} />
        ))}
        {written.map((field) => (
          <Field
            key={field.key}
            path={[...path, field.key]}
            field={field}
            onRemove={() => put([...path, field.key], undefined)}
          />
        ))}
      </div>
      {open.length > 0 && !readOnly && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: open.map((field) => ({
              key: field.key,
              label: t.maybe(`field.${field.key}`, {}, field.key),
            })),
            onClick: ({ key }) => put([...path, key], blank(open.find((field) => field.key === key))),
          }}
        >
          <Button size="small" type="text" icon={<PlusOutlined />}>
            {t("add.field")}
          </Button>
        </Dropdown>
      )}
    </>
  );
}

function blank(field: FieldDef | undefined): Plain {
  switch (field?.kind) {
    case "list":
      return [];
    case "weights":
    case "when":
    case "reach":
      return {};
    case "choice":
      return field.choices?.[0] ?? "";
    default:
      return "";
  }
}

export function Field({ path, field, onRemove }: { path: Path; field: FieldDef; onRemove?: () => void }) {
  const t = useTexts(texts);
  const id = useId();
  const { mistakes, readOnly } = useWriting();
  const wrong = messagesAt(mistakes, path);
  const label = t.maybe(`field.${field.key}`, {}, field.key);
  const isWide = !["text", "choice"].includes(field.kind);
  const status = wrong.length > 0 ? ("error" as const) : undefined;
  return (
    <div className={isWide ? styles.wide : styles.field} data-place={path.join(".")}>
      <div className={styles.label}>
        <label htmlFor={id}>{label}</label>
        {onRemove && !readOnly && (
          <Button
            size="small"
            type="text"
            icon={<CloseOutlined />}
            aria-label={t("remove.named", { name: label })}
            onClick={onRemove}
          />
        )}
      </div>
      <Value id={id} path={path} field={field} status={status} />
      <Wrong messages={wrong} />
    </div>
  );
}

interface ValueProps {
  id: string;
  path: Path;
  field: FieldDef;
  status?: "error" | undefined;
}

function Value({ id, path, field, status }: ValueProps) {
  const t = useTexts(texts);
  const { put, readOnly } = useWriting();
  const value = usePlain(path);
  const state = status ? { status } : {};
  switch (field.kind) {
    case "list":
      return (
        <Select
          id={id}
          mode="tags"
          open={false}
          suffixIcon={null}
          disabled={readOnly}
          value={Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)]}
          onChange={(chosen: string[]) => put(path, chosen.length === 1 && chosen[0] === "*" ? "*" : chosen)}
          tokenSeparators={[",", "，", " "]}
          placeholder={t("list.placeholder")}
          {...state}
        />
      );
    case "choice":
      return (
        <Select
          id={id}
          disabled={readOnly}
          value={value === undefined ? (field.choices?.[0] ?? "") : String(value)}
          onChange={(chosen: string) => put(path, chosen)}
          options={(field.choices ?? []).map((one) => ({
            value: one,
            label: t.maybe(`choice.${field.key}.${one}`, {}, one),
          }))}
          {...state}
        />
      );
    case "weights":
      return <Weights path={path} {...(field.sums ? { sums: true } : {})} />;
    case "tiers":
      return <Tiers path={path} amount={field.amount ?? "per_unit"} />;
    case "when":
      return <Nested path={path} fields={WHEN} />;
    case "reach":
      return <Nested path={path} fields={REACH} all />;
    default:
      return <Text id={id} path={path} {...(status ? { status } : {})} />;
  }
}

/** A text that is put into the document when it is left, so that each key pressed does not rewrite it. */
export function Text({
  id,
  path,
  label,
  status,
}: {
  id?: string;
  path: Path;
  label?: string;
  status?: "error";
}) {
  const { put, readOnly } = useWriting();
  const value = usePlain(path);
  const shown = typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
  const [typed, setTyped] = useState<{ from: string; now: string }>();
  const current = typed?.from === shown ? typed.now : shown;
  const leave = () => {
    if (typed && current !== shown) put(path, current);
    setTyped(undefined);
  };
  return (
    <Input
      {...(id ? { id } : {})}
      {...(label ? { "aria-label": label } : {})}
      {...(status ? { status } : {})}
      value={current}
      disabled={readOnly || (value !== undefined && typeof value !== "string")}
      onChange={(event) => setTyped({ from: shown, now: event.target.value })}
      onBlur={leave}
      onPressEnter={leave}
      autoComplete="off"
    />
  );
}

function Nested({ path, fields, all = false }: { path: Path; fields: readonly FieldDef[]; all?: boolean }) {
  return (
    <div className={styles.nested}>
      <Fields path={path} fixed={all ? fields : []} further={all ? [] : fields} />
    </div>
  );
}

/** Rows from which number of units on which amount holds. */
function Tiers({ path, amount }: { path: Path; amount: string }) {
  const t = useTexts(texts);
  const { written, put, mistakes, readOnly } = useWriting();
  const list = nodeAt(written.root, path);
  const rows = list?.kind === "list" ? list.items : [];
  const named = { above: t("field.above"), amount: t.maybe(`field.${amount}`, {}, amount) };
  return (
    <div className={styles.tiers}>
      <div className={styles.tierHead} aria-hidden>
        <span>{named.above}</span>
        <span>{named.amount}</span>
      </div>
      {rows.map((_, index) => {
        const wrong = ["above", amount].flatMap((key) => messagesAt(mistakes, [...path, index, key]));
        return (
          <div key={pathText([...path, index])} className={styles.tier}>
            <Text path={[...path, index, "above"]} label={`${named.above} ${index + 1}`} />
            <Text path={[...path, index, amount]} label={`${named.amount} ${index + 1}`} />
            {!readOnly && (
              <Button
                type="text"
                icon={<CloseOutlined />}
                aria-label={t("remove.named", { name: `${t("tier")} ${index + 1}` })}
                onClick={() => put([...path, index], undefined)}
              />
            )}
            <Wrong messages={wrong} />
          </div>
        );
      })}
      {!readOnly && (
        <Button
          size="small"
          type="text"
          icon={<PlusOutlined />}
          onClick={() => put([...path, rows.length], { above: rows.length === 0 ? "0" : "", [amount]: "" })}
        >
          {t("add.tier")}
        </Button>
      )}
    </div>
  );
}

/** Names with what each counts; where they are parts of a whole, what they add up to is told beside them. */
function Weights({ path, sums = false }: { path: Path; sums?: boolean }) {
  const t = useTexts(texts);
  const { put, mistakes, readOnly } = useWriting();
  const table = useTable(path);
  const [name, setName] = useState("");
  const names = keysOf(table);
  const parts = usePlain(path);
  const values = typeof parts === "object" && !Array.isArray(parts) ? Object.values(parts).map(String) : [];
  const add = () => {
    const key = name.trim();
    if (key !== "" && !names.includes(key)) put([...path, key], "");
    setName("");
  };
  return (
    <div className={styles.tiers}>
      {names.map((key) => (
        <div key={key} className={styles.tier}>
          <span className={styles.weightName}>{t.maybe(`segment.${key}`, {}, key)}</span>
          <Text path={[...path, key]} label={key} />
          {!readOnly && (
            <Button
              type="text"
              icon={<CloseOutlined />}
              aria-label={t("remove.named", { name: key })}
              onClick={() => put([...path, key], undefined)}
            />
          )}
          <Wrong messages={messagesAt(mistakes, [...path, key])} />
        </div>
      ))}
      {sums && <Sum parts={values} />}
      {!readOnly && (
        <div className={styles.tier}>
          <Input
            size="small"
            value={name}
            onChange={(event) => setName(event.target.value)}
            onPressEnter={add}
            placeholder={t("weights.placeholder")}
            aria-label={t("weights.placeholder")}
          />
          <Button size="small" icon={<PlusOutlined />} onClick={add} disabled={name.trim() === ""}>
            {t("add.row")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Parts are shares of their sum, whatever it is; one hundred is what reads as percent. */
export function Sum({ parts }: { parts: readonly string[] }) {
  const t = useTexts(texts);
  const sum = sumOf(parts);
  if (sum === null || parts.length === 0) return null;
  const isWhole = sum === "100";
  return (
    <p className={isWhole ? styles.sumWhole : styles.sum} role="status">
      {t(isWhole ? "sum.whole" : "sum.other", { sum })}
    </p>
  );
}

export function Wrong({ messages }: { messages: readonly ReactNode[] }) {
  if (messages.length === 0) return null;
  return (
    <ul className={styles.wrong}>
      {messages.map((message) => (
        <li key={String(message)}>{message}</li>
      ))}
    </ul>
  );
}

/** What the form has no field for, as it is written. */
export function Rest({ path, known }: { path: Path; known: readonly string[] }) {
  const t = useTexts(texts);
  const { text, mistakes } = useWriting();
  const table = useTable(path);
  const rest = [...(table?.entries ?? [])].filter(([key]) => !known.includes(key));
  if (rest.length === 0) return null;
  return (
    <div className={styles.rest}>
      <p>{t("rest")}</p>
      {rest.map(([key, { node }]) => (
        <div key={key}>
          <pre>{`${key} = ${text.slice(node.start, node.end)}`}</pre>
          <Wrong messages={messagesAt(mistakes, [...path, key])} />
        </div>
      ))}
    </div>
  );
}
