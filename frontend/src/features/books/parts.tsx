import { Form, Select } from "antd";
import type { LedgerAccount } from "@/shared/api";
import { Amount } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn, useOrganisationName } from "@/shared/names";
import { PURPOSES, usePurposeName } from "@/shared/purposes";
import type { Filter } from "@/shared/table";
import { useKept } from "./queries.ts";
import { texts } from "./texts.ts";

interface Kinded {
  kind_zh: string;
  kind_en: string;
}

/** What a kind of account is called, as the room that has it says. */
export function useKindName(): (row: Kinded) => string {
  const language = useLanguage();
  return (row) => nameIn(language, { name_zh: row.kind_zh, name_en: row.kind_en });
}

/** What an account is called beside others: its kind, and which of several it is. */
export function useAccountName(): (row: Kinded & { label?: string | undefined }) => string {
  const kindName = useKindName();
  return (row) => (row.label ? `${kindName(row)} · ${row.label}` : kindName(row));
}

/** A balance as people read it: what is owed to somebody is no negative amount. */
export function Balance({ row }: { row: LedgerAccount }) {
  const minor = row.is_debit_side || row.balance_minor === 0 ? row.balance_minor : -row.balance_minor;
  return <Amount minor={minor} currency={row.currency} />;
}

/** An amount under debit or under credit, nothing under the other. */
export function Side({ minor, currency }: { minor: number; currency: string }) {
  return minor > 0 ? <Amount minor={minor} currency={currency} /> : null;
}

export function usePurposeFilter(): Filter {
  const t = useTexts(texts);
  const purposeName = usePurposeName();
  return {
    name: "purpose",
    label: t("purpose"),
    choices: PURPOSES.map((value) => ({ value, label: purposeName(value) })),
  };
}

/** The operating entities one keeps the books of, as a filter where there are several. */
export function useEntityFilter(): Filter[] {
  const t = useTexts(texts);
  const language = useLanguage();
  const kept = useKept();
  if (kept.length < 2) return [];
  return [
    {
      name: "operating_entity",
      label: t("entity"),
      choices: kept.map((one) => ({ value: one.id, label: nameIn(language, one) })),
    },
  ];
}

/** Chooses the operating entity whose books are shown; nothing to choose where there is one. */
export function EntityChoice({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const kept = useKept();
  if (kept.length < 2) return null;
  return (
    <Form.Item label={t("entity")} htmlFor="books-entity">
      <Select
        id="books-entity"
        value={value}
        onChange={onChange}
        options={kept.map((one) => ({ value: one.id, label: nameIn(language, one) }))}
      />
    </Form.Item>
  );
}

/** Whose balance an account is; the entity's own accounts are nobody else's. */
export function useHolderName(): (row: { holder_id: string; holder_name: string }) => string {
  const organisationName = useOrganisationName();
  return (row) => organisationName(row.holder_id, row.holder_name);
}
