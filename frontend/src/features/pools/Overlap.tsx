import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Select } from "antd";
import { useState } from "react";
import { type Overlap as Found, keys, type Pool, request } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay, Figure } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useCloseNames } from "@/shared/royalties";
import { Empty, Facts, Failure, Panel, Skeleton } from "@/shared/ui";
import styles from "./pools.module.css";
import { PATH } from "./queries.ts";
import { texts } from "./texts.ts";

/** Which patents and families a pool has in common with another one: a licensee of both may pay for them twice. */
export function Overlap({ pool }: { pool: Pool }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const [other, setOther] = useState<string | null>(null);
  const pools = useEvery<Pool>(PATH);
  const others = (pools.data ?? []).filter((one) => one.id !== pool.id);
  return (
    <div className={styles.changes}>
      <Select
        aria-label={t("overlap.with")}
        placeholder={t("overlap.with")}
        showSearch={{ optionFilterProp: "label" }}
        loading={pools.isPending}
        value={other}
        onChange={setOther}
        options={others.map((one) => ({ value: one.id, label: spoken(one.name) }))}
      />
      {other === null ? (
        <Empty title={t("overlap.none")}>{t("overlap.none.text")}</Empty>
      ) : (
        <Compared pool={pool.id} other={other} />
      )}
    </div>
  );
}

function Compared({ pool, other }: { pool: string; other: string }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const names = useCloseNames();
  const found = useQuery({
    queryKey: keys.part(PATH, pool, "overlap", { with: other }),
    queryFn: ({ signal }) =>
      request<Found>("GET", `${PATH}/${pool}/overlap`, { query: { with: other }, signal }),
  });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  const { data } = found;
  return (
    <>
      <Facts
        facts={[
          { key: "day", label: t("list.day"), value: <CalendarDay day={data.day} /> },
          { key: "common", label: t("overlap.patents"), value: <Figure value={data.common.length} /> },
          {
            key: "families",
            label: t("overlap.families"),
            value: <Figure value={data.common_families.length} />,
          },
          {
            key: "sizes",
            label: t("overlap.sizes"),
            value: t("overlap.sizes.value", { own: data.families, other: data.other_families }),
          },
        ]}
      />
      {data.common_families.length === 0 ? (
        <Empty title={t("overlap.nothing")} />
      ) : (
        <>
          <Panel title={t("overlap.patents")}>
            <ul className={styles.lines}>
              {data.common.map((entry) => (
                <li key={entry.id}>
                  <Link to={`/patents/${entry.patent_id}`}>{entry.publication}</Link>{" "}
                  {names.country(entry.country)} · {organisationName(null, entry.owner_name)}
                </li>
              ))}
            </ul>
          </Panel>
          <Panel title={t("overlap.families")}>
            <p>{data.common_families.join(", ")}</p>
          </Panel>
        </>
      )}
    </>
  );
}
