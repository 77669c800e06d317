import type { Programme } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { PATH, SUBJECT } from "./queries.ts";
import { ProgrammeStateMark, STATES } from "./state.tsx";
import { texts } from "./texts.ts";

/** The programmes the acting seat may see. */
export function Programmes() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  return (
    <Page title={t("title")} subtitle={t("lead")}>
      <ListTable<Programme>
        path={PATH}
        caption={t("title")}
        defaultOrder="code"
        subjectType={SUBJECT}
        nameOf={(row) => spoken(row.name)}
        addressOf={(row) => `/programmes/${row.id}`}
        empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
        filters={[
          {
            name: "state",
            label: w("state"),
            choices: STATES.map((state) => ({ value: state, label: t(`state.${state}`) })),
          },
          { name: "code", label: t("code") },
        ]}
        columns={[
          { key: "name", title: t("name"), main: true, render: (row) => spoken(row.name) },
          { key: "code", title: t("code"), order: "code", render: (row) => <code>{row.code}</code> },
          { key: "currency", title: t("currency"), render: (row) => row.currency },
          { key: "state", title: w("state"), render: (row) => <ProgrammeStateMark state={row.state} /> },
        ]}
      />
    </Page>
  );
}
