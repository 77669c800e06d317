import { type DeclaredTie, useMe } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, Notice } from "@/shared/ui";
import { useHeldColumns } from "./parts.tsx";
import { Recording } from "./Recording.tsx";
import { texts } from "./texts.ts";

const PATH = "/api/v1/ties-declared";
const KINDS = ["employment", "secondment", "interest"] as const;

/** Ties of people to organisations where they have no seat: declared by everybody for themselves. */
export function Ties() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const me = useMe();
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const held = useHeldColumns<DeclaredTie>({
    path: PATH,
    kindOf: (row) => t.maybe(`tie.${row.kind}`),
    nameOf: (row) => spoken(row.user_name),
    // Nobody frees themselves of what they declared.
    mayEnd: (row) => row.user_id !== me.user,
    asked: (row) => ({ title: t("tie.end.title", { name: spoken(row.user_name) }), text: t("tie.end.text") }),
  });
  return (
    <>
      <Notice>{t("tie.note")}</Notice>
      <Recording
        path={PATH}
        title={t("tie.declare")}
        note={t("tie.effect")}
        organisations={[{ name: "organisation_id", label: w("organisation"), help: t("organisation.help") }]}
        kinds={KINDS.map((kind) => ({ value: kind, label: t(`tie.${kind}`) }))}
        sourceHelp={t("tie.source.help")}
        done={t("tie.declared")}
      />
      <ListTable<DeclaredTie>
        inner
        path={PATH}
        caption={t("tab.ties")}
        defaultOrder="-declared"
        nameOf={(row) => spoken(row.user_name)}
        empty={<Empty title={t("ties.none")}>{t("ties.none.text")}</Empty>}
        columns={[
          { key: "person", title: w("person"), main: true, render: (row) => spoken(row.user_name) },
          {
            key: "organisation",
            title: w("organisation"),
            render: (row) => organisationName(row.organisation_id, row.organisation_name),
          },
          ...held,
        ]}
      />
    </>
  );
}
