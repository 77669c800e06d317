import { Select } from "antd";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn } from "@/shared/names";
import { useProfiles } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  value?: string;
  onChange?: (code: string) => void;
  id?: string;
}

/** One of the banks whose statements are known, with whether that was ever tried. */
export function ProfileSelect(props: Props) {
  const t = useTexts(texts);
  const language = useLanguage();
  return (
    <Select
      {...props}
      allowClear
      placeholder={t("profile.choose")}
      options={useProfiles().map((one) => ({
        value: one.code,
        label: one.verified ? nameIn(language, one) : `${nameIn(language, one)} · ${t("unverified")}`,
      }))}
    />
  );
}
