import { useQuery } from "@tanstack/react-query";
import { type BankReceipt, keys, request } from "@/shared/api";
import { Amount } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { FigureTable } from "@/shared/royalties";
import { Notice } from "@/shared/ui";
import styles from "../treasury.module.css";
import { texts } from "./texts.ts";

const RECEIPTS = "/api/v1/bank-receipts";

/** What a line settled, as long as nobody took it back. */
export function Settled({ line }: { line: string }) {
  const t = useTexts(texts);
  const query = { statement_line: line };
  const found = useQuery({
    queryKey: keys.list(RECEIPTS, query),
    queryFn: ({ signal }) => request<{ items: BankReceipt[] }>("GET", RECEIPTS, { query, signal }),
  });
  const receipt = found.data?.items.find((one) => one.taken_back_at === null);
  if (receipt === undefined) return null;
  const ahead = receipt.prepaid_minor ?? 0;
  const amount = (minor: number) => <Amount minor={minor} currency={receipt.currency} />;
  return (
    <section className={styles.part}>
      <h2>{t("settled")}</h2>
      {receipt.is_automatic && <Notice>{t("automatic")}</Notice>}
      <FigureTable label={t("settled")}>
        <thead>
          <tr>
            <th scope="col">{t("part.invoice")}</th>
            <th scope="col">{t("licensee")}</th>
            <th scope="col" data-numeric>
              {t("part.amount")}
            </th>
            <th scope="col" data-numeric>
              {t("part.charge")}
            </th>
          </tr>
        </thead>
        <tbody>
          {receipt.allocations.map((one) => (
            <tr key={one.id}>
              <th scope="row">{one.invoice_number}</th>
              <td>{one.licensee_name}</td>
              <td data-numeric>{amount(one.amount_minor)}</td>
              <td data-numeric>{one.charge_minor ? amount(one.charge_minor) : "–"}</td>
            </tr>
          ))}
          {ahead > 0 && (
            <tr>
              <th scope="row">{t("paid_ahead.of")}</th>
              <td>{receipt.licensee_name}</td>
              <td data-numeric>{amount(ahead)}</td>
              <td data-numeric>–</td>
            </tr>
          )}
        </tbody>
      </FigureTable>
    </section>
  );
}
