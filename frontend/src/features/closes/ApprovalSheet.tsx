import { Button, Modal } from "antd";
import { useState } from "react";
import type { CloseRunDetail } from "@/shared/api";
import { Amount, Instant } from "@/shared/format";
import { formatMinor } from "@/shared/format/plain";
import { type Translate, useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { nameIn } from "@/shared/names";
import { percentOf, useCloseNames } from "@/shared/royalties";
import { CheckList, type Finding } from "./CheckList.tsx";
import { nameOf, Sum } from "./Closes.tsx";
import styles from "./closes.module.css";
import { usePayees, usePrevious } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  run: CloseRunDetail;
  open: boolean;
  onClose: () => void;
  onApprove: () => Promise<void>;
}

/** What the second person puts a name to: the totals, who gets what beside last time, and what was checked. */
export function ApprovalSheet({ run, open, onClose, onApprove }: Props) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const [busy, setBusy] = useState(false);
  const approve = () => {
    setBusy(true);
    void onApprove().finally(() => {
      setBusy(false);
      onClose();
    });
  };
  return (
    <Modal
      open={open}
      onCancel={onClose}
      width={720}
      title={t("sheet.title", { name: nameOf(run) })}
      destroyOnHidden
      footer={[
        <Button key="cancel" onClick={onClose}>
          {w("cancel")}
        </Button>,
        <Button key="approve" type="primary" loading={busy} onClick={approve}>
          {t("sheet.approve")}
        </Button>,
      ]}
    >
      <Sheet run={run} />
    </Modal>
  );
}

function Sheet({ run }: { run: CloseRunDetail }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const names = useCloseNames();
  const previous = usePrevious(run).data ?? undefined;
  const now = usePayees(run).data?.parts ?? [];
  const before = usePayees(previous).data?.parts ?? [];
  const last = new Map(before.map((part) => [part.key, part.amount_minor ?? 0]));
  const currency = run.currency ?? "";
  return (
    <div className={styles.sheet}>
      <p className={styles.sheetLead}>
        {t("sheet.lead", { name: run.calculated_by?.name ?? "–" })} <Instant at={run.calculated_at} />
      </p>
      <dl className={styles.sheetTotals}>
        <div>
          <dt>{t("royalty")}</dt>
          <dd>
            <Sum minor={run.royalty_minor} currency={currency} />
          </dd>
        </div>
        <div>
          <dt>{t("credit")}</dt>
          <dd>
            <Sum minor={-(run.credit_minor ?? 0)} currency={currency} />
          </dd>
        </div>
        <div>
          <dt>{t("due")}</dt>
          <dd>
            <Sum minor={run.due_minor} currency={currency} />
          </dd>
        </div>
        <div data-total>
          <dt>{t("distributed")}</dt>
          <dd>
            <Sum minor={run.distributed_minor} currency={currency} />
          </dd>
        </div>
      </dl>
      <div className={styles.sheetTable}>
        <table>
          <caption className="visually-hidden">{t("tab.payees")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("payee")}</th>
              <th scope="col" data-numeric>
                {t("amount")}
              </th>
              <th scope="col" data-numeric>
                {previous ? previous.period : t("previous")}
              </th>
              <th scope="col" data-numeric>
                {t("difference")}
              </th>
            </tr>
          </thead>
          <tbody>
            {now.map((part) => {
              const was = last.get(part.key);
              return (
                <tr key={part.key}>
                  <th scope="row">{names.payee(part.key, nameIn(language, part))}</th>
                  <td data-numeric>
                    <Amount minor={part.amount_minor ?? 0} currency={currency} />
                  </td>
                  <td data-numeric>{was === undefined ? "–" : formatMinor(was, currency, language)}</td>
                  <td data-numeric>
                    {was ? percentOf(BigInt(part.amount_minor ?? 0) - BigInt(was), was) : "–"}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <CheckList title={t("sheet.checks")} findings={checksOf(run, t)} />
      <p className={styles.sheetHash}>
        {t("sheet.hash")} <code>{run.results_sha256}</code>
      </p>
    </div>
  );
}

type T = Translate<"sheet.balanced" | "sheet.unbalanced" | "sheet.complete" | "sheet.terms">;

function checksOf(run: CloseRunDetail, t: T): Finding[] {
  const balanced = run.due_minor === run.distributed_minor;
  return [
    balanced
      ? { standing: "fine", text: t("sheet.balanced") }
      : { standing: "attention", text: t("sheet.unbalanced") },
    { standing: "fine", text: t("sheet.complete") },
    { standing: "fine", text: t("sheet.terms", { number: run.terms_number }) },
  ];
}
