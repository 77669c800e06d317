import { Button } from "antd";
import { useState } from "react";
import { type Organisation, useRoles } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { nameIn, otherName } from "@/shared/names";
import { countryName } from "@/shared/royalties/countries";
import { type Column, type Filter, ListTable } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { PlusOutlined } from "@/shared/ui/icons";
import { OrganisationForm } from "./OrganisationForm.tsx";
import styles from "./organisations.module.css";
import { PATH, SUBJECT } from "./queries.ts";
import { texts } from "./texts.ts";

export const KINDS = [
  "company",
  "association",
  "university",
  "institute",
  "bank",
  "fund",
  "agency",
  "public_body",
  "person",
  "other",
] as const;

/** All organisations the acting seat may see. */
export function Organisations() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const language = useLanguage();
  const roles = useRoles();
  const [isRegistering, setRegistering] = useState(false);
  const mayRegister = roles.has("secretariat") || roles.has("site_admin");

  const columns: Column<Organisation>[] = [
    {
      key: "name",
      title: t("name"),
      main: true,
      order: "name",
      render: (row) => nameIn(language, row),
    },
    {
      key: "other",
      title: language === "en" ? t("name_zh") : t("name_en"),
      render: (row) => (
        <span className={styles.other} lang={language === "en" ? "zh-Hans" : "en"}>
          {otherName(language, row)}
        </span>
      ),
    },
    { key: "kind", title: t("kind"), render: (row) => w.maybe(`kind.${row.kind}`) },
    { key: "country", title: t("country"), render: (row) => countryName(row.country ?? "", language) },
    { key: "uscc", title: t("uscc"), render: (row) => <code>{row.uscc || "–"}</code> },
    {
      key: "created",
      title: t("created"),
      order: "created",
      extra: true,
      render: (row) => <Instant at={row.created_at} />,
    },
  ];
  const filters: Filter[] = [
    {
      name: "kind",
      label: t("kind"),
      choices: KINDS.map((kind) => ({ value: kind, label: w(`kind.${kind}`) })),
    },
    { name: "country", label: t("country") },
  ];
  const register = mayRegister && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setRegistering(true)}>
      {t("register")}
    </Button>
  );
  return (
    <Page title={t("title")} subtitle={t("lead")} primary={register}>
      <ListTable<Organisation>
        path={PATH}
        caption={t("title")}
        columns={columns}
        filters={filters}
        defaultOrder="name"
        subjectType={SUBJECT}
        nameOf={(row) => nameIn(language, row)}
        addressOf={(row) => `/organisations/${row.id}`}
        empty={
          <Empty title={t("empty")} action={register}>
            {t("empty.text")}
          </Empty>
        }
      />
      <OrganisationForm open={isRegistering} onClose={() => setRegistering(false)} />
    </Page>
  );
}
