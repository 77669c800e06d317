import type { PreviewReason } from "@/shared/api";
import { Amount, Figure } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { FigureTable, useCloseNames, useReasonText } from "@/shared/royalties";
import { Facts, Failure, Notice, Panel, Skeleton } from "@/shared/ui";
import { Head } from "./Head.tsx";
import { usePreview } from "./queries.ts";
import styles from "./reports.module.css";
import { texts } from "./texts.ts";

/** Why no royalty can be told: in which line, what stands there, and what is to be done about it. */
export function Why({ reason }: { reason: PreviewReason }) {
  const t = useTexts(texts);
  const { code, column, value, line, lines } = reason;
  const blank = code === "bad_value" && column === "net_amount" && !value ? "net_amount" : code;
  const parts = [
    line !== null && t("mistake.row", { row: line }),
    lines > 1 && t("reason.lines", { count: lines }),
    column && t.maybe(column),
    value,
    t.maybe(`reason.${blank}`, {}, t("reason.bad_value")),
  ];
  return parts.filter(Boolean).join(" · ");
}

/** What a draft would bear, or why that cannot be told. */
export function Preview({ id }: { id: string }) {
  const t = useTexts(texts);
  const found = usePreview(id, true);
  const say = useReasonText(found.data?.currency ?? "");
  const names = useCloseNames();
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  const { data } = found;
  if (!data.is_known) {
    return (
      <Notice kind="attention">
        <p>{t("preview.unknown")}</p>
        <ul>
          {data.reasons.map((reason) => (
            <li key={`${reason.code} ${reason.column} ${reason.value} ${reason.line}`}>
              <Why reason={reason} />
            </li>
          ))}
        </ul>
        {data.reasons.some((reason) => reason.line !== null) && <p>{t("preview.unknown.own")}</p>}
      </Notice>
    );
  }
  return (
    <>
      <Notice>{t("preview.own")}</Notice>
      {data.in_group && <Notice kind="attention">{t("preview.group")}</Notice>}
      <Facts
        facts={[
          {
            key: "royalty",
            label: t("preview.royalty"),
            value: <Amount minor={data.royalty_minor} currency={data.currency} />,
          },
          {
            key: "credit",
            label: t("preview.credit"),
            value: <Amount minor={data.credit_minor} currency={data.currency} />,
          },
          {
            key: "due",
            label: t("preview.due"),
            value: (
              <strong>
                <Amount minor={data.due_minor} currency={data.currency} />
              </strong>
            ),
          },
        ]}
      />
      <Panel title={t("preview")} flush>
        <FigureTable label={t("preview")}>
          <Head
            labels={[t("period"), t("product"), t("sold_in"), t("units"), t("amount"), t("rate")]}
            numeric={[3, 4]}
          />
          <tbody>
            {data.rows.map((row) => (
              <tr key={`${row.period} ${row.product} ${row.sold_in} ${row.rate_id}`}>
                <th scope="row">{row.period}</th>
                <td>{names.product(row.product)}</td>
                <td className={styles.place}>{row.sold_in ? names.country(row.sold_in) : "–"}</td>
                <td data-numeric>
                  <Figure value={row.units} />
                </td>
                <td data-numeric>
                  <Figure value={row.amount} /> {data.currency}
                  {row.bears_nothing.map((why) => (
                    <p key={why} className={styles.why}>
                      {t(`nothing.${why}`)}
                    </p>
                  ))}
                </td>
                <td>
                  <div className={styles.rate}>{row.rate ? say(row.rate) : "–"}</div>
                </td>
              </tr>
            ))}
          </tbody>
        </FigureTable>
      </Panel>
    </>
  );
}
