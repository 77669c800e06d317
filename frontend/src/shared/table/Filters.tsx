import { Button, Dropdown, Input, Popover, Select } from "antd";
import { useState } from "react";
import { useTexts } from "@/shared/i18n";
import { CloseOutlined, PlusOutlined } from "@/shared/ui/icons";
import styles from "./table.module.css";
import { texts } from "./texts.ts";
import type { Filter } from "./types.ts";

interface FiltersProps {
  filters: readonly Filter[];
  values: Readonly<Record<string, string>>;
  onChange: (values: Record<string, string>) => void;
}

/** The filters of a list as chips; each is in the address, so that a filtered list is a link. */
export function FilterChips({ filters, values, onChange }: FiltersProps) {
  const t = useTexts(texts);
  const [asked, setAsked] = useState<string | null>(null);
  const set = filters.filter(({ name }) => values[name] || name === asked);
  const unset = filters.filter(({ name }) => !values[name] && name !== asked);
  const change = (name: string, value: string | undefined) => {
    const { [name]: _, ...rest } = values;
    onChange(value ? { ...rest, [name]: value } : rest);
    setAsked(null);
  };
  if (filters.length === 0) return null;
  return (
    <div className={styles.chips} role="group" aria-label={t("filters")}>
      {set.map((filter) => (
        <Chip
          key={filter.name}
          filter={filter}
          value={values[filter.name]}
          open={asked === filter.name}
          onOpen={(open) => setAsked(open ? filter.name : null)}
          onChange={(value) => change(filter.name, value)}
        />
      ))}
      {unset.length > 0 && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: unset.map(({ name, label }) => ({ key: name, label })),
            onClick: ({ key }) => setAsked(key),
          }}
        >
          <Button size="small" type="text" className={styles.addChip ?? ""} icon={<PlusOutlined />}>
            {t("filter.add")}
          </Button>
        </Dropdown>
      )}
      {Object.keys(values).length > 1 && (
        <Button size="small" type="link" onClick={() => onChange({})}>
          {t("filter.clear")}
        </Button>
      )}
    </div>
  );
}

interface ChipProps {
  filter: Filter;
  value: string | undefined;
  open: boolean;
  onOpen: (open: boolean) => void;
  onChange: (value: string | undefined) => void;
}

function Chip({ filter, value, open, onOpen, onChange }: ChipProps) {
  const t = useTexts(texts);
  const shown = filter.choices?.find((choice) => choice.value === value)?.label ?? value;
  return (
    <span className={styles.chip}>
      <Popover
        open={open}
        onOpenChange={onOpen}
        trigger="click"
        placement="bottomLeft"
        arrow={false}
        destroyOnHidden
        content={<Chooser filter={filter} value={value} onChange={onChange} />}
      >
        <button type="button" className={styles.chipText} title={t("filter.edit", { label: filter.label })}>
          <span className={styles.chipLabel}>{filter.label}</span>
          {shown && <span>{shown}</span>}
        </button>
      </Popover>
      <button
        type="button"
        className={styles.chipEnd}
        aria-label={t("filter.remove", { label: filter.label })}
        onClick={() => onChange(undefined)}
      >
        <CloseOutlined aria-hidden />
      </button>
    </span>
  );
}

function Chooser({ filter, value, onChange }: Omit<ChipProps, "open" | "onOpen">) {
  const t = useTexts(texts);
  if (filter.choices) {
    return (
      <Select
        autoFocus
        defaultOpen
        showSearch={{ optionFilterProp: "label" }}
        aria-label={filter.label}
        className={styles.chooser ?? ""}
        value={value ?? null}
        options={[...filter.choices]}
        onChange={(chosen: string | null) => onChange(chosen ?? undefined)}
      />
    );
  }
  return (
    <Input.Search
      autoFocus
      aria-label={filter.label}
      className={styles.chooser ?? ""}
      type={filter.kind === "day" ? "date" : "text"}
      defaultValue={value ?? ""}
      placeholder={t("filter.text")}
      enterButton={t("filter.apply")}
      onSearch={(text) => onChange(text.trim() || undefined)}
    />
  );
}
