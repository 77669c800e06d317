import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api, keys, take, type WholeLedgerEntry } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { usePurposeName } from "@/shared/purposes";
import { FigureTable } from "@/shared/royalties";
import { pageOf } from "@/shared/subjects";
import { Facts, Notice, Page, Pairs, Panel, StateMark } from "@/shared/ui";
import styles from "./books.module.css";
import { Side, useKindName } from "./parts.tsx";
import { ENTRIES } from "./queries.ts";
import { texts } from "./texts.ts";

/** One entry: its lines, what it is about, and how it is tied to the one before it. */
export function LedgerEntry() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const purposeName = usePurposeName();
  const spoken = useSpoken();
  const { data } = useSuspenseQuery({
    queryKey: keys.object(ENTRIES, id),
    queryFn: () => take(api.GET("/api/v1/ledger-entries/{entry_id}", { params: { path: { entry_id: id } } })),
  });
  return (
    <Page
      title={t("entry.number", { number: data.number })}
      subtitle={t.maybe(`entry.${data.name}`, {}, data.name)}
      trail={[{ label: t("title"), to: "/books" }]}
      id={data.id}
      state={
        data.is_as_booked ? (
          <StateMark standing="fine">{t("verified")}</StateMark>
        ) : (
          <StateMark standing="overdue">{t("not_verified")}</StateMark>
        )
      }
    >
      {!data.is_as_booked && <Notice kind="overdue">{t("not_verified.text")}</Notice>}
      <Facts
        facts={[
          { key: "day", label: t("day"), value: <CalendarDay day={data.effective_on} /> },
          { key: "purpose", label: t("purpose"), value: purposeName(data.purpose) },
          { key: "about", label: t("about"), value: <Subject entry={data} /> },
          { key: "booked", label: t("booked"), value: <Instant at={data.booked_at} /> },
          { key: "by", label: t("booked.by"), value: spoken(data.user_name) || t("by_itself") },
        ]}
      />
      {data.reversed_by_id && (
        <Notice kind="attention">
          <Link to={`/ledger-entries/${data.reversed_by_id}`}>
            {t("reversed_by", { number: data.reversed_by_number ?? "" })}
          </Link>
        </Notice>
      )}
      {data.reverses_id && (
        <Notice>
          <Link to={`/ledger-entries/${data.reverses_id}`}>
            {t("reverses", { number: data.reverses_number ?? "" })}
          </Link>
        </Notice>
      )}
      {data.memo && <p className={styles.memo}>{data.memo}</p>}
      <Lines entry={data} />
      {data.hidden_lines > 0 && <Notice>{t("hidden_lines", { count: data.hidden_lines })}</Notice>}
      <section className={styles.part}>
        <Panel title={t("chain")}>
          <p>{t("chain.text")}</p>
          <Pairs
            pairs={[
              { label: t("hash"), value: <code className={styles.hash}>{data.hash}</code> },
              { label: t("previous"), value: <code className={styles.hash}>{data.previous_hash}</code> },
              { label: t("key"), value: <code className={styles.hash}>{data.key}</code> },
            ]}
          />
        </Panel>
      </section>
    </Page>
  );
}

function Lines({ entry }: { entry: WholeLedgerEntry }) {
  const t = useTexts(texts);
  const kindName = useKindName();
  const organisationName = useOrganisationName();
  return (
    <FigureTable label={t("lines")}>
      <thead>
        <tr>
          <th scope="col">{t("account")}</th>
          <th scope="col">{t("holder")}</th>
          <th scope="col" data-numeric>
            {t("debit")}
          </th>
          <th scope="col" data-numeric>
            {t("credit")}
          </th>
        </tr>
      </thead>
      <tbody>
        {entry.lines.map((line) => (
          <tr key={line.place}>
            <th scope="row">
              <Link to={`/ledger-accounts/${line.account_id}`}>
                {line.account_label ? `${kindName(line)} · ${line.account_label}` : kindName(line)}
              </Link>
            </th>
            <td>{organisationName(line.holder_id, line.holder_name)}</td>
            <td data-numeric>
              <Side minor={line.amount_minor} currency={line.currency} />
            </td>
            <td data-numeric>
              <Side minor={-line.amount_minor} currency={line.currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </FigureTable>
  );
}

function Subject({ entry }: { entry: WholeLedgerEntry }) {
  const t = useTexts(texts);
  const called = t.maybe(`subject.${entry.subject_type}`, {}, entry.subject_type);
  const to = pageOf(entry.subject_type, entry.subject_id);
  return to === null ? <span>{called}</span> : <Link to={to}>{called}</Link>;
}
