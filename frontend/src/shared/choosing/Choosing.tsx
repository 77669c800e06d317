import { Select } from "antd";
import type { Alliance, OperatingEntity, Organisation, Seat } from "@/shared/api";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn, useOrganisationName, useSpoken } from "@/shared/names";
import { useEvery } from "./every.ts";
import { texts } from "./texts.ts";

interface ChoiceProps {
  value?: string;
  onChange?: (value: string) => void;
  id?: string;
  disabled?: boolean;
  allowClear?: boolean;
  /** Where no label of a form stands before it. */
  label?: string;
}

/** One of the open seats one may see, perhaps only of one organisation. */
export function SeatSelect({ organisation, ...props }: ChoiceProps & { organisation?: string }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const seats = useEvery<Seat>("/api/v1/seats");
  const options = (seats.data ?? [])
    .filter((seat) => !seat.ended_at && (organisation === undefined || seat.organisation === organisation))
    .map((seat) => ({
      value: seat.id,
      label: `${spoken(seat.user_name)} · ${organisationName(seat.organisation, seat.organisation_name)}`,
    }));
  return (
    <Select
      {...props}
      showSearch={{ optionFilterProp: "label" }}
      loading={seats.isPending}
      placeholder={t("seat.find")}
      options={options}
    />
  );
}

/** What was merged into another one is no choice any more. */
const isItself = (organisation: Organisation) => !organisation.merged_into;

/** One of the organisations one may see. */
export function OrganisationSelect({ label, ...props }: ChoiceProps) {
  const language = useLanguage();
  const t = useTexts(texts);
  const found = useEvery<Organisation>("/api/v1/organisations");
  return (
    <Select
      {...props}
      {...(label === undefined ? {} : { "aria-label": label })}
      showSearch={{ optionFilterProp: "label" }}
      loading={found.isPending}
      placeholder={t("organisation.choose")}
      options={(found.data ?? [])
        .filter(isItself)
        .map((one) => ({ value: one.id, label: nameIn(language, one) }))}
    />
  );
}

/** Several of the organisations one may see. */
export function OrganisationsSelect({
  value,
  onChange,
  id,
}: {
  value?: string[];
  onChange?: (value: string[]) => void;
  id?: string;
}) {
  const language = useLanguage();
  const t = useTexts(texts);
  const found = useEvery<Organisation>("/api/v1/organisations");
  return (
    <Select<string[]>
      mode="multiple"
      {...(id === undefined ? {} : { id })}
      {...(value === undefined ? {} : { value })}
      onChange={(chosen) => onChange?.(chosen)}
      showSearch={{ optionFilterProp: "label" }}
      loading={found.isPending}
      placeholder={t("organisations.choose")}
      options={(found.data ?? [])
        .filter(isItself)
        .map((one) => ({ value: one.id, label: nameIn(language, one) }))}
    />
  );
}

/** The alliances one may see. */
export function useAlliances() {
  return useEvery<Alliance>("/api/v1/alliances");
}

/** Returns a function that names an alliance in the reader's language. */
export function useAllianceName(): (id: string | null | undefined, otherwise?: string) => string {
  const language = useLanguage();
  const found = useAlliances();
  return (id, otherwise = "–") => {
    const one = id ? found.data?.find((row) => row.id === id) : undefined;
    return (one && nameIn(language, one)) || otherwise;
  };
}

export function AllianceSelect(props: ChoiceProps) {
  const language = useLanguage();
  const t = useTexts(texts);
  const found = useAlliances();
  return (
    <Select
      {...props}
      loading={found.isPending}
      placeholder={t("alliance.choose")}
      options={(found.data ?? []).map((one) => ({ value: one.id, label: nameIn(language, one) }))}
    />
  );
}

export function EntitySelect(props: ChoiceProps) {
  const language = useLanguage();
  const t = useTexts(texts);
  const found = useEvery<OperatingEntity>("/api/v1/operating-entities");
  return (
    <Select
      {...props}
      loading={found.isPending}
      placeholder={t("entity.choose")}
      options={(found.data ?? []).map((one) => ({ value: one.id, label: nameIn(language, one) }))}
    />
  );
}
