import { App, Button, Upload } from "antd";
import { useState } from "react";
import { asProblem, type BankAccount, type Problem, type StatementPreview, useIntention } from "@/shared/api";
import { Amount, CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { FigureTable } from "@/shared/royalties";
import { FormProblem, Notice, Pairs } from "@/shared/ui";
import { previewStatement, takeStatement, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";
import styles from "./treasury.module.css";

interface Props {
  account: BankAccount;
  onClose: () => void;
}

/** A bank's file is seen first, then taken in: what is new in it, and what is missing before it. */
export function TakeStatement({ account, onClose }: Props) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const { message } = App.useApp();
  const refresh = useRefresh();
  const intention = useIntention();
  const [file, setFile] = useState<File | null>(null);
  const [seen, setSeen] = useState<StatementPreview | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  const choose = (chosen: File) => {
    setFile(chosen);
    setSeen(null);
    void attempt(async () =>
      setSeen(await previewStatement(account.id, chosen, intention.keyFor([chosen.name, chosen.size]))),
    );
  };
  const bring = (chosen: File) =>
    attempt(async () => {
      const key = intention.keyFor(["take", chosen.name, chosen.size, chosen.lastModified]);
      const taken = await takeStatement(account.id, chosen, key);
      intention.done();
      void message.success(taken.was_known ? t("take.known") : t("take.done", { count: taken.lines_new }));
      await refresh();
      onClose();
    });
  return (
    // What files are dropped on fills the height of what it stands in.
    <div>
      <Upload.Dragger
        accept=".csv,.txt,.xlsx,.xls"
        maxCount={1}
        showUploadList={false}
        beforeUpload={(chosen) => {
          choose(chosen);
          return false;
        }}
      >
        <p className={styles.drop}>{file ? file.name : t("take.drop")}</p>
      </Upload.Dragger>
      <div className={styles.part}>
        <FormProblem problem={problem} others={problem?.errors.map((error) => error.message) ?? []} />
      </div>
      {seen && file && (
        <>
          <Seen seen={seen} currency={account.currency} />
          <div className={styles.buttons}>
            <Button type="primary" loading={busy} onClick={() => void bring(file)}>
              {t("take.submit", { count: seen.lines_new })}
            </Button>
            <Button onClick={onClose}>{w("cancel")}</Button>
          </div>
        </>
      )}
    </div>
  );
}

function Seen({ seen, currency }: { seen: StatementPreview; currency: string }) {
  const t = useTexts(texts);
  const balance = (minor: number | null) =>
    minor === null ? t("not_told") : <Amount minor={minor} currency={currency} />;
  return (
    <>
      <Pairs
        pairs={[
          {
            label: t("days"),
            value: (
              <>
                <CalendarDay day={seen.first_on} /> – <CalendarDay day={seen.last_on} />
              </>
            ),
          },
          { label: t("opening"), value: balance(seen.opening_minor) },
          { label: t("came_in"), value: <Amount minor={seen.in_minor} currency={currency} /> },
          { label: t("went_out"), value: <Amount minor={seen.out_minor} currency={currency} /> },
          { label: t("closing"), value: balance(seen.closing_minor) },
          { label: t("lines_new"), value: seen.lines_new },
          { label: t("lines_known"), value: seen.lines_known },
        ]}
      />
      {seen.gap_before_minor !== null && (
        <Notice kind="attention">
          {t("gap.before")} <Amount minor={seen.gap_before_minor} currency={currency} signed />
        </Notice>
      )}
      {seen.left_out.length > 0 && <Notice>{t("left_out", { lines: seen.left_out.join(", ") })}</Notice>}
      <FigureTable label={t("lines")}>
        <thead>
          <tr>
            <th scope="col">{t("day")}</th>
            <th scope="col" data-numeric>
              {t("amount")}
            </th>
            <th scope="col">{t("counterparty")}</th>
            <th scope="col" data-wide>
              {t("text")}
            </th>
            <th scope="col">{t("is_new")}</th>
          </tr>
        </thead>
        <tbody>
          {seen.lines.map((line) => (
            <tr key={line.line}>
              <td>
                <CalendarDay day={line.booked_on} />
              </td>
              <td data-numeric>
                <Amount minor={line.amount_minor} currency={currency} signed />
              </td>
              <td>{line.counterparty_name || "–"}</td>
              <td data-wide>{line.text || "–"}</td>
              <td>{line.is_new ? t("is_new.yes") : t("is_new.no")}</td>
            </tr>
          ))}
        </tbody>
      </FigureTable>
    </>
  );
}
