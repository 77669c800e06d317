import { Link, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import type { CharterVersionLine } from "@/shared/api";
import { useRoles } from "@/shared/api";
import { useAllianceName } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { HistoryTab } from "@/shared/history";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { ListTable } from "@/shared/table";
import { Empty, Facts, Page, PageTabs, StateMark } from "@/shared/ui";
import { DraftDrawer } from "./DraftDrawer.tsx";
import { CHARTER, STANDINGS, titleOf, useCharter, useVersions, VERSION, VERSIONS } from "./queries.ts";
import { texts } from "./texts.ts";

/** One document that every member signs, with its versions. */
export function Charter() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const w = useTexts(words);
  const language = useLanguage();
  const allianceName = useAllianceName();
  const live = useLive(CHARTER, id);
  const { data, refetch } = useCharter(id);
  const versions = useVersions(id).data ?? [];
  const isOffice = useRoles().has("secretariat");
  const [isDrafting, setDrafting] = useState(false);
  const draft = versions.find((one) => one.state === "draft");
  const present = inForce(versions);
  const write = isOffice && !draft && (
    <Button type="primary" onClick={() => setDrafting(true)}>
      {versions.length === 0 ? t("draft.first") : t("draft.next")}
    </Button>
  );
  return (
    <Page
      title={titleOf(language, data)}
      trail={[{ label: t("title"), to: "/charters" }]}
      id={data.id}
      live={live}
      onRefresh={() => refetch({ throwOnError: true })}
      primary={write}
    >
      <Facts
        facts={[
          { key: "kind", label: t("kind"), value: t.maybe(`kind.${data.kind}`) },
          { key: "alliance", label: w("alliance"), value: allianceName(data.alliance_id) },
          {
            key: "present",
            label: t("present"),
            value: present ? (
              <Link to={`/charter-versions/${present.id}`}>{t("version", { number: present.number })}</Link>
            ) : (
              t("present.none")
            ),
          },
          { key: "since", label: t("effective"), value: <CalendarDay day={present?.effective_on} /> },
        ]}
      />
      <PageTabs
        tabs={[
          {
            key: "versions",
            label: t("tab.versions"),
            children: (
              <ListTable<CharterVersionLine>
                inner
                path={VERSIONS}
                caption={t("tab.versions")}
                fixed={{ charter: id }}
                defaultOrder="-number"
                subjectType={VERSION}
                nameOf={(row) => t("version", { number: row.number })}
                addressOf={(row) => `/charter-versions/${row.id}`}
                empty={
                  <Empty title={t("versions.none")} action={write}>
                    {isOffice ? t("versions.none.office") : t("versions.none.text")}
                  </Empty>
                }
                columns={[
                  {
                    key: "number",
                    title: t("tab.versions"),
                    main: true,
                    order: "number",
                    render: (row) => t("version", { number: row.number }),
                  },
                  {
                    key: "state",
                    title: w("state"),
                    render: (row) => (
                      <StateMark standing={STANDINGS[row.state ?? ""] ?? "attention"}>
                        {t.maybe(`state.${row.state}`)}
                      </StateMark>
                    ),
                  },
                  {
                    key: "effective",
                    title: t("effective"),
                    render: (row) => <CalendarDay day={row.effective_on} />,
                  },
                  {
                    key: "sign_by",
                    title: t("sign_by"),
                    render: (row) => <CalendarDay day={row.sign_by_on} />,
                  },
                ]}
              />
            ),
          },
          {
            key: "papers",
            label: t("tab.papers"),
            children: <Papers subjectType={CHARTER} subjectId={id} mayAttach={isOffice} />,
          },
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={CHARTER} subjectId={id} />,
          },
        ]}
      />
      <DraftDrawer open={isDrafting} charter={id} onClose={() => setDrafting(false)} />
    </Page>
  );
}

function inForce(versions: readonly CharterVersionLine[]): CharterVersionLine | undefined {
  const today = todayHere();
  return versions
    .filter((one) => one.state === "published" && (one.effective_on ?? "9999") <= today)
    .sort((one, other) => other.number - one.number)[0];
}
