import { Button, Dropdown, Select } from "antd";
import { useTexts } from "@/shared/i18n";
import { MoreMenu } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import styles from "./editor.module.css";
import { Field, Fields, Rest, Sum, Wrong } from "./Fields.tsx";
import { type FieldDef, NODES, type NodeKind, OF_NODE } from "./schema.ts";
import { texts } from "./texts.ts";
import { nodeAt, type Path, type Plain, pathText } from "./toml/index.ts";
import { keysOf, messagesAt, usePlain, useTable, useWriting } from "./writing.ts";

const EQUAL: Plain = { by: "equal" };
const ALWAYS = new Set(["shares", "points", "column", "id", "name"]);
const WHEN_FIELD: FieldDef = { key: "when", kind: "when" };
const SHARE: FieldDef = { key: "share", kind: "text" };

/** How members share: a tree, each node with what is below it. */
export function Allocation() {
  const t = useTexts(texts);
  const { written, put } = useWriting();
  const isThere = nodeAt(written.root, ["allocation"]) !== undefined;
  return (
    <section className={styles.section} aria-label={t("section.allocation")}>
      <h2>{t("section.allocation")}</h2>
      <p className={styles.help}>{t("help.allocation")}</p>
      {isThere ? (
        <TreeNode path={["allocation"]} depth={0} />
      ) : (
        <Button icon={<PlusOutlined />} onClick={() => put(["allocation"], EQUAL)}>
          {t("add.allocation")}
        </Button>
      )}
    </section>
  );
}

const OWN_PARTS: Partial<Record<NodeKind, Record<string, Plain>>> = {
  segment: { shares: { upstream: "50", downstream: "50" }, within: EQUAL },
  split: {
    branches: [
      { share: "50", to: EQUAL },
      { share: "50", to: EQUAL },
    ],
  },
  points: { points: {} },
  column: { column: "" },
  member: { id: "" },
  reserve: { name: "" },
};

function TreeNode({ path, depth, label }: { path: Path; depth: number; label?: string }) {
  const t = useTexts(texts);
  const { put, mistakes, readOnly } = useWriting();
  const by = usePlain([...path, "by"]);
  const keys = keysOf(useTable(path));
  const kind = NODES.find((one) => one === by);
  const own = kind ? OF_NODE[kind] : [];
  const change = (to: NodeKind) => {
    const kept = new Set(["by", "when", "otherwise", ...OF_NODE[to].map((field) => field.key)]);
    for (const key of [...own.map((field) => field.key), "within", "branches"]) {
      if (!kept.has(key)) put([...path, key], undefined);
    }
    put([...path, "by"], to);
    for (const [key, value] of Object.entries(OWN_PARTS[to] ?? {})) put([...path, key], value);
  };
  const fixed = own.filter((field) => ALWAYS.has(field.key));
  const further = [...own.filter((field) => !ALWAYS.has(field.key)), WHEN_FIELD];
  const known = ["by", "otherwise", "within", "branches", ...own.map((field) => field.key), "when"];
  return (
    <div className={styles.node} data-depth={Math.min(depth, 6)}>
      <div className={styles.nodeHead}>
        {label && <span className={styles.branch}>{label}</span>}
        <Select
          aria-label={t("node.by")}
          disabled={readOnly}
          {...(kind ? { value: kind } : {})}
          onChange={change}
          options={NODES.map((one) => ({ value: one, label: t(`node.${one}`) }))}
        />
        {!keys.includes("otherwise") && !readOnly && (
          <Dropdown
            trigger={["click"]}
            menu={{
              items: [{ key: "otherwise", label: t("add.otherwise") }],
              onClick: () => put([...path, "otherwise"], EQUAL),
            }}
          >
            <Button size="small" type="text" icon={<PlusOutlined />} aria-label={t("add.otherwise")} />
          </Dropdown>
        )}
      </div>
      <Wrong messages={[...messagesAt(mistakes, path), ...messagesAt(mistakes, [...path, "by"])]} />
      <Fields path={path} fixed={fixed} further={further} />
      <Rest path={path} known={known} />
      {kind === "segment" && (
        <div className={styles.below}>
          <TreeNode path={[...path, "within"]} depth={depth + 1} label={t("node.within")} />
        </div>
      )}
      {kind === "split" && <Branches path={[...path, "branches"]} depth={depth + 1} />}
      {keys.includes("otherwise") && (
        <div className={styles.below}>
          <TreeNode path={[...path, "otherwise"]} depth={depth + 1} label={t("node.otherwise")} />
          {!readOnly && (
            <Button size="small" type="text" onClick={() => put([...path, "otherwise"], undefined)}>
              {t("remove.otherwise")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function Branches({ path, depth }: { path: Path; depth: number }) {
  const t = useTexts(texts);
  const { written, put, swap, readOnly, mistakes } = useWriting();
  const list = nodeAt(written.root, path);
  const branches = list?.kind === "list" ? list.items : [];
  const shares = branches.map((branch) => {
    const share = nodeAt(branch, ["share"]);
    return share?.kind === "leaf" ? share.value : "";
  });
  return (
    <div className={styles.below}>
      <Wrong messages={messagesAt(mistakes, path)} />
      {branches.map((_, index) => (
        <div key={pathText([...path, index])} className={styles.branchRow}>
          <div className={styles.branchHead}>
            <Field path={[...path, index, "share"]} field={SHARE} />
            {!readOnly && (
              <MoreMenu
                items={[
                  {
                    key: "up",
                    label: t("move.up"),
                    disabled: index === 0,
                    onClick: () => swap(path, index - 1),
                  },
                  {
                    key: "down",
                    label: t("move.down"),
                    disabled: index === branches.length - 1,
                    onClick: () => swap(path, index),
                  },
                  {
                    key: "remove",
                    label: t("remove"),
                    danger: true,
                    onClick: () => put([...path, index], undefined),
                  },
                ]}
              />
            )}
          </div>
          <TreeNode path={[...path, index, "to"]} depth={depth} />
        </div>
      ))}
      <Sum parts={shares} />
      {!readOnly && (
        <Button
          size="small"
          icon={<PlusOutlined />}
          onClick={() => put([...path, branches.length], { share: "", to: EQUAL })}
        >
          {t("add.branch")}
        </Button>
      )}
    </div>
  );
}
