import { Select } from "antd";
import { useState } from "react";
import type { Tariff } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { RateList } from "@/shared/royalties";
import { Empty } from "@/shared/ui";
import styles from "./programmes.module.css";
import { inForce } from "./queries.ts";
import { texts } from "./texts.ts";

/** The rates of one version of the terms, in the words of contracts; another version can be chosen. */
export function Rates({ versions, currency }: { versions: readonly Tariff[]; currency: string }) {
  const t = useTexts(texts);
  const [chosen, setChosen] = useState<string>();
  const shown = versions.find((version) => version.id === chosen) ?? inForce(versions) ?? versions[0];
  if (shown === undefined) return <Empty title={t("rates.none")} />;
  return (
    <>
      <div className={styles.versions}>
        <VersionChoice versions={versions} value={shown.id} onChange={setChosen} />
        <span className={styles.note}>{t("rates.note")}</span>
      </div>
      <RateList rates={shown.rates} currency={currency} />
    </>
  );
}

interface Version {
  id: string;
  number: number;
  in_force_from: string;
  published_at?: string | null;
}

export function VersionChoice({
  versions,
  value,
  onChange,
}: {
  versions: readonly Version[];
  value: string;
  onChange: (id: string) => void;
}) {
  const t = useTexts(texts);
  return (
    <Select
      aria-label={t("version")}
      className={styles.version ?? ""}
      value={value}
      onChange={onChange}
      options={versions.map((version) => ({
        value: version.id,
        label: t(version.published_at ? "version.label" : "version.draft", {
          number: version.number,
          day: version.in_force_from,
        }),
      }))}
    />
  );
}
