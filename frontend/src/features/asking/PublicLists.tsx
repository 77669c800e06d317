import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { ListVersion, Pool, PoolMember } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { Frame } from "@/shared/outside";
import { Empty, Failure, FailureLine, Skeleton } from "@/shared/ui";
import styles from "./asking.module.css";
import { POOLS } from "./queries.ts";
import { texts } from "./texts.ts";

const PUBLIC: ReadonlySet<string> = new Set(["launched", "closing", "closed"]);

/** The pools whose lists are public, with who has patents in them: where anybody begins who wants a licence. */
export function PublicLists() {
  const t = useTexts(texts);
  const pools = useEvery<Pool>(POOLS);
  const members = useEvery<PoolMember>("/api/v1/pool-members", { order: "code" });
  const versions = useEvery<ListVersion>("/api/v1/list-versions", { order: "-published" });
  // Whoever is signed in sees more pools than these.
  const open = useMemo(() => (pools.data ?? []).filter((pool) => PUBLIC.has(pool.state ?? "")), [pools.data]);
  const failed = [members, versions].find((one) => one.isError);
  return (
    <Frame wide title={t("lists")} lead={t("lists.lead")}>
      {pools.isError && <Failure error={pools.error} retry={() => void pools.refetch()} />}
      {pools.isPending && <Skeleton height={160} />}
      {pools.data !== undefined && open.length === 0 && (
        <Empty title={t("lists.none")}>{t("no_list.text")}</Empty>
      )}
      {failed && <FailureLine error={failed.error} retry={() => void failed.refetch()} />}
      <ul className={styles.lists} aria-label={t("lists")}>
        {open.map((pool) => (
          <li key={pool.id}>
            <PublicList
              pool={pool}
              members={members.data?.filter((row) => row.pool_id === pool.id)}
              version={versions.data?.find((row) => row.pool_id === pool.id)}
            />
          </li>
        ))}
      </ul>
      <p>
        <Link to="/sign-in">{t("lists.sign_in")}</Link>
      </p>
    </Frame>
  );
}

interface Props {
  pool: Pool;
  members: readonly PoolMember[] | undefined;
  /** The latest one, where one was published. */
  version: ListVersion | undefined;
}

function PublicList({ pool, members, version }: Props) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const together = new Intl.ListFormat(useLanguage(), { type: "conjunction" });
  const today = todayHere();
  const owners = (members ?? []).filter((row) => !row.leaves_on || row.leaves_on > today);
  return (
    <>
      <h2 className={styles.pool}>{spoken(pool.name)}</h2>
      {version && (
        <p className={styles.about}>
          {t("lists.version", { number: version.number })} · <CalendarDay day={version.effective_on} /> ·{" "}
          {t("patents.count", { count: version.patents })}
        </p>
      )}
      {owners.length > 0 && (
        <p className={styles.about}>
          {t("lists.owners", { owners: together.format(owners.map((row) => spoken(row.name))) })}
        </p>
      )}
      <Link to={`/asking/${pool.id}` as never}>{t("lists.ask", { pool: spoken(pool.name) })}</Link>
    </>
  );
}
