import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Form } from "antd";
import { useState } from "react";
import { api, keys, type TrialBalance as TrialBalanceDocument, take } from "@/shared/api";
import { Amount, CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { usePurposeName } from "@/shared/purposes";
import { FigureTable } from "@/shared/royalties";
import { Empty, Failure, Notice, Skeleton } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import styles from "./books.module.css";
import { EntityChoice, Side, useAccountName, useHolderName } from "./parts.tsx";
import { ENTITIES, useKept } from "./queries.ts";
import { texts } from "./texts.ts";

/** What all accounts come to beside each other at the end of a day: nothing is left over. */
export function TrialBalance() {
  const t = useTexts(texts);
  const [chosen, setChosen] = useState("");
  const [on, setOn] = useState<string | null>(null);
  const kept = useKept();
  const entity = chosen || kept[0]?.id || "";
  const found = useQuery({
    queryKey: [...keys.object(ENTITIES, entity), "trial-balance", on],
    queryFn: () =>
      take(
        api.GET("/api/v1/operating-entities/{entity_id}/trial-balance", {
          params: { path: { entity_id: entity }, query: on === null ? {} : { on } },
        }),
      ),
    enabled: entity !== "",
  });
  return (
    <>
      <Form layout="vertical" className={styles.choices ?? ""}>
        <EntityChoice value={entity} onChange={setChosen} />
        <Form.Item label={t("on")} htmlFor="balance-on">
          <DayInput id="balance-on" value={on} onChange={setOn} clearable />
        </Form.Item>
      </Form>
      {found.isError ? (
        <Failure error={found.error} retry={() => void found.refetch()} />
      ) : found.data ? (
        <Rows found={found.data} />
      ) : (
        <Skeleton />
      )}
    </>
  );
}

function Rows({ found }: { found: TrialBalanceDocument }) {
  const t = useTexts(texts);
  const purposeName = usePurposeName();
  const accountName = useAccountName();
  const holderName = useHolderName();
  if (found.rows.length === 0) return <Empty title={t("balance.none")}>{t("balance.none.text")}</Empty>;
  return (
    <>
      {found.closed_through && (
        <Notice>
          {t("closed_through")} <CalendarDay day={found.closed_through} />
        </Notice>
      )}
      {found.totals.some((total) => total.balance_minor !== 0) && (
        <Notice kind="attention">{t("balance.not_whole")}</Notice>
      )}
      {found.totals.map((total) => (
        <section key={`${total.purpose} ${total.currency}`} className={styles.part}>
          <h2>
            {purposeName(total.purpose)} · {total.currency}
          </h2>
          <FigureTable label={`${purposeName(total.purpose)} ${total.currency}`}>
            <thead>
              <tr>
                <th scope="col">{t("account")}</th>
                <th scope="col">{t("holder")}</th>
                <th scope="col" data-numeric data-wide>
                  {t("debits")}
                </th>
                <th scope="col" data-numeric data-wide>
                  {t("credits")}
                </th>
                <th scope="col" data-numeric>
                  {t("balance.debit")}
                </th>
                <th scope="col" data-numeric>
                  {t("balance.credit")}
                </th>
              </tr>
            </thead>
            <tbody>
              {found.rows
                .filter((row) => row.purpose === total.purpose && row.currency === total.currency)
                .map((row) => (
                  <tr key={row.id}>
                    <th scope="row">
                      <Link to={`/ledger-accounts/${row.id}`}>{accountName(row)}</Link>
                    </th>
                    <td>{holderName(row)}</td>
                    <td data-numeric data-wide>
                      <Amount minor={row.debit_minor} currency={row.currency} />
                    </td>
                    <td data-numeric data-wide>
                      <Amount minor={row.credit_minor} currency={row.currency} />
                    </td>
                    <td data-numeric>
                      <Side minor={row.balance_minor} currency={row.currency} />
                    </td>
                    <td data-numeric>
                      <Side minor={-row.balance_minor} currency={row.currency} />
                    </td>
                  </tr>
                ))}
              <tr data-total>
                <th scope="row">{t("total")}</th>
                <td />
                <td data-numeric data-wide>
                  <Amount minor={total.debit_minor} currency={total.currency} />
                </td>
                <td data-numeric data-wide>
                  <Amount minor={total.credit_minor} currency={total.currency} />
                </td>
                <td data-numeric colSpan={2}>
                  {t("left_over")} <Amount minor={total.balance_minor} currency={total.currency} />
                </td>
              </tr>
            </tbody>
          </FigureTable>
        </section>
      ))}
    </>
  );
}
