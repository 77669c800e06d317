import type { Affiliation } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, Notice } from "@/shared/ui";
import { useHeldColumns, useIsOffice } from "./parts.tsx";
import { Recording } from "./Recording.tsx";
import { texts } from "./texts.ts";

const PATH = "/api/v1/affiliations";
const KINDS = ["control", "common_control", "other"] as const;

/** Which organisations belong together: whoever is tied to the one is tied to the other. */
export function Affiliations() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const isOffice = useIsOffice();
  const held = useHeldColumns<Affiliation>({
    path: PATH,
    kindOf: (row) => t.maybe(`affiliation.${row.kind}`),
    nameOf: (row) => `${row.first_name} · ${row.second_name}`,
    mayEnd: () => true,
    asked: () => ({ title: t("affiliation.end.title"), text: t("affiliation.end.text") }),
  });
  return (
    <>
      <Notice>{t("affiliation.note")}</Notice>
      {isOffice && (
        <Recording
          path={PATH}
          title={t("affiliation.record")}
          organisations={[
            { name: "first_id", label: w("organisation") },
            { name: "second_id", label: t("affiliation.second") },
          ]}
          kinds={KINDS.map((kind) => ({ value: kind, label: t(`affiliation.${kind}`) }))}
          sourceHelp={t("affiliation.source.help")}
          done={t("done")}
        />
      )}
      <ListTable<Affiliation>
        inner
        path={PATH}
        caption={t("tab.affiliations")}
        defaultOrder="-recorded"
        nameOf={(row) => `${row.first_name} ${row.second_name}`}
        empty={
          <Empty title={t("affiliations.none")}>
            {isOffice ? t("affiliations.none.office") : t("affiliations.none.text")}
          </Empty>
        }
        columns={[
          {
            key: "first",
            title: w("organisation"),
            main: true,
            render: (row) => organisationName(row.first_id, row.first_name),
          },
          {
            key: "second",
            title: t("affiliation.second"),
            render: (row) => organisationName(row.second_id, row.second_name),
          },
          ...held,
        ]}
      />
    </>
  );
}
