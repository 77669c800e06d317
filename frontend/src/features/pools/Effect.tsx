import { useQuery } from "@tanstack/react-query";
import dayjs from "dayjs";
import { useState } from "react";
import { keys, type ListEffect, type Pool, request } from "@/shared/api";
import { Amount, Figure } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useCloseNames } from "@/shared/royalties";
import { Empty, Failure, Panel, Skeleton } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import styles from "./pools.module.css";
import { PATH } from "./queries.ts";
import { texts } from "./texts.ts";

/** What entries and exits on record will do by a day: to the list, and to what is shared out, for who may know. */
export function Effect({ pool }: { pool: Pool }) {
  const t = useTexts(texts);
  const [on, setOn] = useState(() => dayjs().add(1, "month").startOf("month").format("YYYY-MM-DD"));
  const found = useQuery({
    queryKey: keys.part(PATH, pool.id, "list-effect", { on }),
    queryFn: ({ signal }) =>
      request<ListEffect>("GET", `${PATH}/${pool.id}/list-effect`, { query: { on }, signal }),
    retry: false,
  });
  return (
    <div className={styles.changes}>
      <div>
        <label htmlFor="effect-day">{t("effect.on")}</label>{" "}
        <DayInput id="effect-day" value={on} from={todayHere()} onChange={(day) => day && setOn(day)} />
      </div>
      {found.isError ? (
        <Failure error={found.error} retry={() => void found.refetch()} />
      ) : found.data === undefined ? (
        <Skeleton height={160} />
      ) : (
        <Shown effect={found.data} />
      )}
    </div>
  );
}

function Shown({ effect }: { effect: ListEffect }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const names = useCloseNames();
  const moved = effect.members.filter(
    (row) => row.patents !== row.patents_then || row.families !== row.families_then,
  );
  return (
    <>
      <Panel title={t("effect.list")}>
        {moved.length === 0 ? (
          <Empty title={t("effect.none")} />
        ) : (
          <ul className={styles.lines}>
            {moved.map((row) => (
              <li key={row.code}>
                <strong>{organisationName(null, row.name)}</strong> · {t("patents")}{" "}
                <Figure value={row.patents} /> → <Figure value={row.patents_then} /> · {t("effect.families")}{" "}
                <Figure value={row.families} /> → <Figure value={row.families_then} />
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {effect.programmes.map((one) => (
        <Panel
          key={one.programme_id}
          title={spoken(one.name)}
          note={one.period ? t("effect.period", { period: one.period }) : undefined}
        >
          {one.withheld ? (
            <p>{t.maybe(`effect.${one.withheld}`)}</p>
          ) : (
            <ul className={styles.lines}>
              {one.payees.map((payee) => (
                <li key={payee.payee}>
                  {names.payee(payee.payee, organisationName(null, payee.name))} ·{" "}
                  <Amount minor={payee.before_minor} currency={one.currency} /> →{" "}
                  <Amount minor={payee.after_minor} currency={one.currency} />
                </li>
              ))}
            </ul>
          )}
        </Panel>
      ))}
    </>
  );
}
