import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Dropdown, Input, Popover } from "antd";
import { useState } from "react";
import { asProblem, keys, newKey, request } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { DeleteOutlined, DownloadOutlined, LayoutOutlined, TableOutlined } from "@/shared/ui/icons";
import { useWhatToDo } from "@/shared/ui/States";
import { downloadFile } from "./exporting.ts";
import styles from "./table.module.css";
import { texts } from "./texts.ts";
import type { Column, PageOf } from "./types.ts";

interface ColumnsProps<Row> {
  columns: readonly Column<Row>[];
  shown: readonly string[];
  onChange: (chosen: readonly string[] | null) => void;
}

/** Which columns a list shows. */
export function ColumnChoice<Row>({ columns, shown, onChange }: ColumnsProps<Row>) {
  const t = useTexts(texts);
  const free = columns.filter((column) => !column.main);
  if (free.length === 0) return null;
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      content={
        <div className={styles.menu}>
          <p className={styles.menuTitle}>{t("columns.choose")}</p>
          <Checkbox.Group
            className={styles.menuColumn ?? ""}
            value={free.filter((column) => shown.includes(column.key)).map((column) => column.key)}
            options={free.map(({ key, title }) => ({ value: key, label: title }))}
            onChange={(chosen) => onChange(chosen as string[])}
          />
          <Button size="small" type="link" onClick={() => onChange(null)}>
            {t("columns.reset")}
          </Button>
        </div>
      }
    >
      <Button size="small" type="text" icon={<TableOutlined />}>
        <span className={styles.toolText}>{t("columns")}</span>
      </Button>
    </Popover>
  );
}

interface ExportProps {
  path: string;
  query: Record<string, string | undefined>;
}

/** The rows under the present filters and order as a file, all of them, with the rights of the acting seat. */
export function ExportMenu({ path, query }: ExportProps) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const save = async (format: string) => {
    setBusy(true);
    try {
      await downloadFile(path, { ...query, format }, `${path.split("/").pop()}.${format}`);
    } catch (error) {
      const problem = asProblem(error);
      void message.error(problem.detail || problem.title || t("export.failed"));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dropdown
      trigger={["click"]}
      placement="bottomRight"
      menu={{
        items: [
          {
            key: "note",
            type: "group",
            label: t("export.note"),
            children: [
              { key: "xlsx", label: t("export.xlsx") },
              { key: "csv", label: t("export.csv") },
            ],
          },
        ],
        onClick: ({ key }) => void save(key),
      }}
    >
      <Button size="small" type="text" icon={<DownloadOutlined />} loading={busy}>
        <span className={styles.toolText}>{t("export")}</span>
      </Button>
    </Dropdown>
  );
}

interface SavedView {
  id: string;
  page: string;
  name: string;
  query: string;
}

const VIEWS = "/api/v1/saved-views";

interface ViewsProps {
  page: string;
  query: string;
  onChoose: (query: string) => void;
}

/** Named views of a list, kept for the acting person. */
export function SavedViews({ page, query, onChoose }: ViewsProps) {
  const t = useTexts(texts);
  const [open, setOpen] = useState(false);
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      content={
        <ViewList
          page={page}
          query={query}
          onChoose={(chosen) => {
            setOpen(false);
            onChoose(chosen);
          }}
        />
      }
    >
      <Button size="small" type="text" icon={<LayoutOutlined />}>
        <span className={styles.toolText}>{t("views")}</span>
      </Button>
    </Popover>
  );
}

function ViewList({ page, query, onChoose }: ViewsProps) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const w = useTexts(words);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [name, setName] = useState("");
  const views = useQuery({
    queryKey: keys.list(VIEWS, { page }),
    queryFn: () => request<PageOf<SavedView>>("GET", VIEWS, { query: { page } }),
  });
  const again = () => client.invalidateQueries({ queryKey: keys.lists(VIEWS) });
  const save = useMutation({
    mutationFn: (given: string) =>
      request("POST", VIEWS, { body: { page, name: given, query }, key: newKey() }),
    onSuccess: async () => {
      setName("");
      await again();
      void message.success(t("views.saved"));
    },
  });
  const remove = useMutation({
    mutationFn: (id: string) => request("DELETE", `${VIEWS}/${id}`),
    onSuccess: again,
    onError: (error) => void message.error(asProblem(error).message),
  });
  const failed = useWhatToDo(save.error ? asProblem(save.error) : null);
  return (
    <div className={styles.menu}>
      <ul className={styles.views}>
        <li>
          <button type="button" className={styles.viewName} onClick={() => onChoose("")}>
            {t("views.all")}
          </button>
        </li>
        {views.data?.items.map((view) => (
          <li key={view.id}>
            <button type="button" className={styles.viewName} onClick={() => onChoose(view.query)}>
              {spoken(view.name)}
            </button>
            <Button
              size="small"
              type="text"
              icon={<DeleteOutlined />}
              aria-label={t("views.delete", { name: spoken(view.name) })}
              onClick={() => remove.mutate(view.id)}
            />
          </li>
        ))}
      </ul>
      <Input.Search
        size="small"
        maxLength={80}
        value={name}
        aria-label={t("views.name")}
        placeholder={t("views.name")}
        enterButton={w("save")}
        loading={save.isPending}
        onChange={(event) => setName(event.target.value)}
        onSearch={(text) => text.trim() && save.mutate(text.trim())}
      />
      {failed && (
        <p className={styles.menuProblem} role="alert">
          {failed}
        </p>
      )}
    </div>
  );
}
