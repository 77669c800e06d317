import type { ReactNode } from "react";
import type { Patent as PatentDocument, PatentRecord } from "@/shared/api";
import { CalendarDay } from "@/shared/format";
import { formatInstant } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { useCloseNames } from "@/shared/royalties";
import { type Pair, Pairs, Panel } from "@/shared/ui";
import { texts as patentTexts } from "../texts.ts";
import { useRecord } from "./queries.ts";
import styles from "./record.module.css";
import { texts } from "./texts.ts";

type Field = keyof PatentRecord;

/** What the documents of a patent say of it; of each field, quietly, whose word it is and of when. */
export function Bibliography({ patent }: { patent: PatentDocument }) {
  const t = useTexts(texts);
  const p = useTexts(patentTexts);
  const spoken = useSpoken();
  const names = useCloseNames();
  const record = useRecord(patent.id);
  const from = useSources(record);
  const pair = (field: Field, label: string, value: ReactNode): Pair[] =>
    isBlank(record[field]) ? [] : [{ label, value: <Told from={from(field)}>{value}</Told> }];
  const list = (values: readonly string[]) => values.map(spoken).join(" · ");
  return (
    <div className={styles.stack}>
      <Panel title={t("about")}>
        <Pairs
          pairs={[
            { label: p("publication"), value: <code>{patent.publication}</code> },
            { label: p("application"), value: <code>{patent.application || "–"}</code> },
            { label: p("country"), value: names.country(patent.country) },
            { label: p("family"), value: <code>{patent.family_code}</code> },
            ...pair("right", t("right"), record.right && t(`right.${record.right}`)),
            ...pair("title", t("title"), spoken(record.title)),
            ...pair("title_en", t("title_en"), record.title_en),
            ...pair("filed_on", t("filed_on"), <CalendarDay day={record.filed_on} />),
            {
              label: p("granted"),
              value: (
                <Told from={from("granted_on")}>
                  <CalendarDay day={patent.granted_on} />
                </Told>
              ),
            },
            {
              label: p("ends"),
              value: (
                <Told from={from("ends_on")}>
                  <CalendarDay day={patent.ends_on} />
                </Told>
              ),
            },
            ...pair("priority_on", t("priority_on"), <CalendarDay day={record.priority_on} />),
            ...pair(
              "priorities",
              t("priorities"),
              record.priorities.map(({ number, on }) => [number, on].filter(Boolean).join(" ")).join(" · "),
            ),
            ...pair("applicants", t("applicants"), list(record.applicants)),
            ...pair("inventors", t("inventors"), list(record.inventors)),
            ...pair("address", t("address"), record.address),
            ...pair("agency", t("agency"), spoken(record.agency)),
            ...pair("agents", t("agents"), list(record.agents)),
            ...pair("ipc", t("ipc"), <code>{record.ipc.join(" · ")}</code>),
            ...pair("cpc", t("cpc"), <code>{record.cpc.join(" · ")}</code>),
            ...pair("claims_count", t("claims_count"), record.claims_count),
            ...pair("standards", t("standards"), record.standards.join(" · ")),
            ...pair("office_status", t("office_status"), record.office_status),
          ]}
        />
      </Panel>
      <Panel title={t("publications")}>
        {record.publications.length === 0 ? (
          <p className={styles.from}>{t("publications.none")}</p>
        ) : (
          <ul className={styles.plain} aria-label={t("publications")}>
            {record.publications.map((document) => (
              <li key={document.number}>
                <code>{document.number}</code> · <CalendarDay day={document.published_on} />
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {(["abstract", "first_claim"] as const).map(
        (field) =>
          record[field] && (
            <Panel key={field} title={t(field)}>
              <Told from={from(field)}>
                <p className={styles.long}>{record[field]}</p>
              </Told>
            </Panel>
          ),
      )}
    </div>
  );
}

function isBlank(value: PatentRecord[Field]): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function Told({ from, children }: { from: string; children: ReactNode }) {
  return (
    <span className={styles.field}>
      <span>{children}</span>
      {from && <span className={styles.from}>{from}</span>}
    </span>
  );
}

/** Says where the value of a field is from: whose word, of when, and for those who may know it, which file. */
function useSources(record: PatentRecord): (field: string) => string {
  const t = useTexts(texts);
  const known = new Map(record.sources.map((source) => [source.field, source]));
  return (field) => {
    const source = known.get(field);
    if (source === undefined) return "";
    return [t(`kind.${source.kind}`), formatInstant(source.read_at), source.name].filter(Boolean).join(" · ");
  };
}
