import { Button, Modal } from "antd";
import { useState } from "react";
import type { CloseRunDetail } from "@/shared/api";
import { Amount, Instant } from "@/shared/format";
import { formatMinor } from "@/shared/format/plain";
import { listed, type Translate, useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { nameIn, useSpoken } from "@/shared/names";
import { percentOf, useCloseNames } from "@/shared/royalties";
import { Failure, Skeleton } from "@/shared/ui";
import { CheckList, type Finding } from "./CheckList.tsx";
import { texts as checkTexts } from "./checks/texts.ts";
import { nameOf, Sum } from "./columns.tsx";
import { type Comparison, type Sheet, useSheet } from "./queries.ts";
import styles from "./sheet.module.css";
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
  const sheet = useSheet(run, open);
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
      width={760}
      style={{ top: 32 }}
      title={t("sheet.title", { name: nameOf(run) })}
      destroyOnHidden
      footer={[
        <Button key="cancel" onClick={onClose}>
          {w("cancel")}
        </Button>,
        <Button key="approve" type="primary" loading={busy} disabled={!sheet.isSuccess} onClick={approve}>
          {t("sheet.approve")}
        </Button>,
      ]}
    >
      <SheetOf run={run} sheet={sheet} />
    </Modal>
  );
}

function SheetOf({ run, sheet }: { run: CloseRunDetail; sheet: ReturnType<typeof useSheet> }) {
  const t = useTexts(texts);
  if (sheet.isError) return <Failure error={sheet.error} retry={() => void sheet.refetch()} />;
  if (sheet.data === undefined) {
    return (
      <div aria-busy="true" role="status" aria-label={t("sheet.loading")}>
        <Skeleton height={200} />
      </div>
    );
  }
  return <SheetBody run={run} sheet={sheet.data} />;
}

type Signed = Pick<
  CloseRunDetail,
  | "currency"
  | "royalty_minor"
  | "credit_minor"
  | "due_minor"
  | "distributed_minor"
  | "calculated_by"
  | "calculated_at"
  | "results_sha256"
>;

/** The sheet itself, as it stands in a window over a close and on a page of its own. */
export function SheetBody({ run, sheet }: { run: Signed; sheet: Sheet }) {
  const t = useTexts(texts);
  const c = useTexts(checkTexts);
  const spoken = useSpoken();
  const currency = run.currency ?? "";
  const totals = [
    { label: t("royalty"), minor: run.royalty_minor },
    { label: t("credit"), minor: -(run.credit_minor ?? 0) },
    { label: t("due"), minor: run.due_minor },
    { label: t("distributed"), minor: run.distributed_minor, isTotal: true },
  ];
  return (
    <div className={styles.sheet}>
      <p className={styles.lead}>
        {t("sheet.lead", { name: spoken(run.calculated_by?.name ?? "–") })} <Instant at={run.calculated_at} />
      </p>
      <dl className={styles.totals}>
        {totals.map(({ label, minor, isTotal }) => (
          <div key={label} data-total={isTotal}>
            <dt>{label}</dt>
            <dd>
              <Sum minor={minor} currency={currency} />
            </dd>
          </div>
        ))}
      </dl>
      <CheckList title={t("sheet.checks")} findings={checksOf(sheet, c)} />
      <Payees comparison={sheet.comparison} />
      <p className={styles.hash}>
        {t("sheet.hash")} <code>{run.results_sha256}</code>
      </p>
    </div>
  );
}

/** Who gets what beside last time, and why the total changed. */
function Payees({ comparison }: { comparison: Comparison }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const names = useCloseNames();
  const { currency, against, payees, total } = comparison;
  const signed = (minor: number) => `${minor > 0 ? "+" : ""}${formatMinor(minor, currency, language)}`;
  return (
    <>
      {against && total.reasons.length > 0 && (
        <p className={styles.why}>
          <strong>{t("sheet.why")}</strong>{" "}
          {total.reasons
            .map((reason) => `${t.maybe(`why.${reason.key}`)} ${signed(reason.amount_minor)}`)
            .join(" · ")}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={styles.table} tabIndex={0} role="group" aria-label={t("tab.payees")}>
        <table>
          <caption className="visually-hidden">{t("tab.payees")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("payee")}</th>
              <th scope="col" data-numeric>
                {t("amount")}
              </th>
              {against && (
                <>
                  <th scope="col" data-numeric>
                    {against.period}
                  </th>
                  <th scope="col" data-numeric>
                    {t("difference")}
                  </th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {payees.map((row) => (
              <tr key={row.key}>
                <th scope="row">{names.payee(row.key, nameIn(language, row))}</th>
                <td data-numeric>
                  <Amount minor={row.this_minor} currency={currency} />
                </td>
                {against && (
                  <>
                    <td data-numeric>{formatMinor(row.last_minor, currency, language)}</td>
                    <td data-numeric>
                      {row.last_minor !== 0
                        ? `${row.difference_minor > 0 ? "+" : ""}${percentOf(row.difference_minor, row.last_minor)}`
                        : "–"}
                    </td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

const textList = (value: unknown) => (Array.isArray(value) ? listed(value.map(String)) : "");

/** What was checked, in words; what does not hold says what to look at. */
function checksOf(sheet: Sheet, t: Translate<"check.failed">): Finding[] {
  return sheet.checks.map(({ key, passed, values }) => {
    const holds = t.maybe(`check.${key}`);
    if (passed) return { standing: "fine", text: holds };
    const said = { missing: textList(values.missing), changed: textList(values.changed) };
    return {
      standing: key.endsWith("add_up") ? "overdue" : "attention",
      text: t.maybe(`check.${key}.not`, said, t("check.failed", { what: holds })),
    };
  });
}
