import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Select } from "antd";
import { useState } from "react";
import {
  api,
  keys,
  type ListChanges,
  type ListLine,
  type ListVersion,
  type Pool,
  request,
  take,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay, Figure, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { plainDecimal, useCloseNames } from "@/shared/royalties";
import { ListTable } from "@/shared/table";
import { Empty, Facts, Failure, Page, PageTabs, Panel, Skeleton } from "@/shared/ui";
import { AskLink } from "./AskLink.tsx";
import styles from "./pools.module.css";
import { LISTS, usePool } from "./queries.ts";
import { texts } from "./texts.ts";

/** One version of a pool's list: what stands in it, and what is different from another one. */
export function PoolList() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const spoken = useSpoken();
  const { data } = useSuspenseQuery({
    queryKey: keys.object(LISTS, id),
    queryFn: () =>
      take(api.GET("/api/v1/list-versions/{version_id}", { params: { path: { version_id: id } } })),
  });
  const pool = usePool(data.pool_id).data;
  return (
    <Page
      title={`${spoken(pool.name)} · ${t("list.version", { number: data.number })}`}
      subtitle={data.note}
      trail={[
        { label: t("title"), to: "/pools" },
        { label: spoken(pool.name), to: `/pools/${pool.id}?tab=lists` },
      ]}
      id={data.id}
    >
      <Facts
        facts={[
          { key: "day", label: t("list.day"), value: <CalendarDay day={data.effective_on} /> },
          { key: "patents", label: t("patents"), value: <Figure value={data.patents} /> },
          { key: "published", label: t("list.published"), value: <Instant at={data.published_at} /> },
        ]}
      />
      <PageTabs
        tabs={[
          { key: "lines", label: t("list.lines"), children: <Lines version={id} pool={pool} /> },
          { key: "changes", label: t("list.changes"), children: <Changes version={data} /> },
        ]}
      />
    </Page>
  );
}

function Lines({ version, pool }: { version: string; pool: Pool }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const names = useCloseNames();
  return (
    <>
      <AskLink pool={pool} />
      <ListTable<ListLine>
        inner
        path="/api/v1/list-lines"
        fixed={{ list_version: version }}
        caption={t("list.lines")}
        defaultOrder="publication"
        nameOf={(row) => row.publication}
        empty={<Empty title={t("entries.none")} />}
        columns={[
          { key: "publication", title: t("publication"), main: true, render: (row) => row.publication },
          { key: "country", title: t("country"), render: (row) => names.country(row.country) },
          { key: "family", title: t("family"), render: (row) => <code>{row.family_code}</code> },
          { key: "owner", title: t("owner"), render: (row) => organisationName(null, row.owner_name) },
          { key: "share", title: t("share"), numeric: true, render: (row) => plainDecimal(row.share) },
          { key: "class", title: t("class"), render: (row) => row.class_label || "–" },
          { key: "enters", title: t("enters"), render: (row) => <CalendarDay day={row.enters_on} /> },
          { key: "leaves", title: t("leaves"), render: (row) => <CalendarDay day={row.leaves_on} /> },
        ]}
      />
    </>
  );
}

function Changes({ version }: { version: ListVersion }) {
  const t = useTexts(texts);
  const [since, setSince] = useState<string | undefined>(undefined);
  const versions = useEvery<ListVersion>(LISTS, { pool: version.pool_id });
  const changes = useQuery({
    queryKey: keys.part(LISTS, version.id, "changes", { since }),
    queryFn: ({ signal }) =>
      request<ListChanges>("GET", `${LISTS}/${version.id}/changes`, { query: { since }, signal }),
  });
  const others = (versions.data ?? []).filter((one) => one.id !== version.id);
  if (changes.isError) return <Failure error={changes.error} retry={() => void changes.refetch()} />;
  if (changes.data === undefined) return <Skeleton height={160} />;
  const { added, removed, changed } = changes.data;
  return (
    <div className={styles.changes}>
      <Select
        aria-label={t("list.since")}
        allowClear
        placeholder={t("list.since.last")}
        value={since ?? null}
        onChange={(chosen: string | null) => setSince(chosen ?? undefined)}
        options={others.map((one) => ({ value: one.id, label: t("list.version", { number: one.number }) }))}
      />
      <Group title={t("list.added", { number: added.length })} lines={added} />
      <Group title={t("list.removed", { number: removed.length })} lines={removed} />
      <Group
        title={t("list.changed", { number: changed.length })}
        lines={changed.map((pair) => pair.after)}
      />
    </div>
  );
}

function Group({ title, lines }: { title: string; lines: readonly ListLine[] }) {
  const organisationName = useOrganisationName();
  const names = useCloseNames();
  return (
    <Panel title={title}>
      <ul className={styles.lines}>
        {lines.map((line) => (
          <li key={line.id}>
            <code>{line.publication}</code> {names.country(line.country)} ·{" "}
            {organisationName(null, line.owner_name)}
            {line.class_label && ` · ${line.class_label}`}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
