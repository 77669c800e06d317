import { Button, Select } from "antd";
import { useTexts } from "@/shared/i18n";
import { MoreMenu } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import styles from "./editor.module.css";
import { Fields, Rest, Wrong } from "./Fields.tsx";
import {
  AMOUNT,
  type FieldDef,
  FORMS,
  type Form,
  LIMIT_FURTHER,
  type Limits,
  OF_FORM,
  RATE_FURTHER,
} from "./schema.ts";
import { texts } from "./texts.ts";
import { nodeAt, type Path, type Plain, pathText } from "./toml/index.ts";
import { keysOf, messagesAt, usePlain, useTable, useWriting } from "./writing.ts";

const ID: FieldDef = { key: "id", kind: "text" };
const STARTS: Record<Form, Plain> = {
  per_unit: "",
  bands: [{ above: "0", per_unit: "" }],
  steps: [{ above: "0", fee: "" }],
  percent: "",
  percent_per_patent: "",
  flat: "",
};

/** The entries of one list of the document, in their order, which decides. */
export function Entries({ name }: { name: "rates" | Limits }) {
  const t = useTexts(texts);
  const { written, put, readOnly } = useWriting();
  const list = nodeAt(written.root, [name]);
  const entries = list?.kind === "list" ? list.items : [];
  const add = () =>
    put([name, entries.length], {
      id: `${name.slice(0, -1)}-${entries.length + 1}`,
      [name === "rates" ? "per_unit" : AMOUNT[name]]: "",
    });
  return (
    <section className={styles.section} aria-label={t(`section.${name}`)}>
      <h2>{t(`section.${name}`)}</h2>
      <p className={styles.help}>{t(`help.${name}`)}</p>
      {entries.map((_, index) => (
        <Entry key={pathText([name, index])} name={name} index={index} last={index === entries.length - 1} />
      ))}
      {!readOnly && (
        <Button icon={<PlusOutlined />} onClick={add}>
          {t(`add.${name}`)}
        </Button>
      )}
    </section>
  );
}

function Entry({ name, index, last }: { name: "rates" | Limits; index: number; last: boolean }) {
  const t = useTexts(texts);
  const path: Path = [name, index];
  const { put, swap, mistakes, readOnly } = useWriting();
  const id = usePlain([...path, "id"]);
  const title = typeof id === "string" && id !== "" ? id : t("unnamed");
  return (
    <article className={styles.entry} aria-label={`${t(`section.${name}`)}: ${title}`}>
      <div className={styles.entryHead}>
        <h3>
          <span className={styles.number}>{index + 1}</span> {title}
        </h3>
        {!readOnly && (
          <MoreMenu
            items={[
              {
                key: "up",
                label: t("move.up"),
                disabled: index === 0,
                onClick: () => swap([name], index - 1),
              },
              { key: "down", label: t("move.down"), disabled: last, onClick: () => swap([name], index) },
              { key: "remove", label: t("remove"), danger: true, onClick: () => put(path, undefined) },
            ]}
          />
        )}
      </div>
      <Wrong messages={messagesAt(mistakes, path)} />
      {name === "rates" ? (
        <RateFields path={path} />
      ) : (
        <>
          <Fields
            path={path}
            fixed={[ID, { key: AMOUNT[name], kind: "text" }]}
            further={LIMIT_FURTHER[name]}
          />
          <Rest path={path} known={["id", AMOUNT[name], ...LIMIT_FURTHER[name].map((field) => field.key)]} />
        </>
      )}
    </article>
  );
}

/** A rate: what kind of price it asks, the price, and for what and whom it is. */
function RateFields({ path }: { path: Path }) {
  const t = useTexts(texts);
  const { put, readOnly } = useWriting();
  const keys = keysOf(useTable(path));
  const form = FORMS.find((one) => keys.includes(one)) ?? "per_unit";
  const [price, ...more] = OF_FORM[form];
  // Each kind has fields of its own; those of the kind before would only be mistakes.
  const change = (to: Form) => {
    const kept = new Set(OF_FORM[to].map((field) => field.key));
    for (const field of OF_FORM[form]) if (!kept.has(field.key)) put([...path, field.key], undefined);
    put([...path, to], STARTS[to]);
    if (to === "flat") put([...path, "flat_per"], "year");
  };
  const fixed = [ID, ...(price ? [price] : []), ...(form === "flat" ? more : [])];
  const further = [...(form === "flat" ? [] : more), ...RATE_FURTHER];
  return (
    <>
      <div className={styles.form}>
        <span>{t("form")}</span>
        <Select
          aria-label={t("form")}
          disabled={readOnly}
          value={form}
          onChange={change}
          options={FORMS.map((one) => ({ value: one, label: t(`form.${one}`) }))}
        />
      </div>
      <Fields path={path} fixed={fixed} further={further} />
      <Rest path={path} known={[...fixed, ...further].map((field) => field.key)} />
    </>
  );
}
