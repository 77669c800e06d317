import { Link } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useState } from "react";
import { asProblem, type InvoiceDetail } from "@/shared/api";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { formatMinor, formatNumber } from "@/shared/format/plain";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { downloadFile } from "@/shared/table";
import { Empty, Notice, Pairs, Panel } from "@/shared/ui";
import { DownloadOutlined } from "@/shared/ui/icons";
import { Decide } from "./Decide.tsx";
import styles from "./invoices.module.css";
import { useLineName, WriteOffMark } from "./marks.tsx";
import { useBills } from "./queries.ts";
import { StepDialogue } from "./steps.tsx";
import { texts } from "./texts/index.ts";

/** What it is made of and why, and between whom. */
export function About({ invoice }: { invoice: InvoiceDetail }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const bills = useBills();
  const lineName = useLineName();
  const organisationName = useOrganisationName();
  const { currency } = invoice;
  const percent = (value: string | null | undefined) => formatNumber(value ?? "0", language);
  const sums: [string, number][] = [
    [t("net"), invoice.net_minor],
    ...(invoice.vat_percent == null
      ? []
      : ([[t("tax.of", { percent: percent(invoice.vat_percent) }), invoice.tax_minor]] as [
          string,
          number,
        ][])),
    [t("gross"), invoice.gross_minor],
    ...(invoice.withholding_percent == null
      ? []
      : ([
          [t("withheld.of", { percent: percent(invoice.withholding_percent) }), -invoice.withheld_minor],
          [t("payable"), invoice.payable_minor],
        ] as [string, number][])),
  ];
  return (
    <div className={styles.stack}>
      <Panel title={t("lines")} flush>
        <p className={styles.note}>{t("lines.why")}</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
        <section className={styles.scroll} aria-label={t("lines")} tabIndex={0}>
          <table className={styles.ages}>
            <thead>
              <tr>
                <th scope="col">{t("line")}</th>
                <th scope="col">{t("amount")}</th>
              </tr>
            </thead>
            <tbody>
              {invoice.lines.map((line) => (
                <tr key={line.id}>
                  <th scope="row">{lineName(line.product ?? "")}</th>
                  <td>
                    <Amount minor={line.amount_minor} currency={currency} />
                  </td>
                </tr>
              ))}
              {sums.map(([label, minor]) => (
                <tr key={label} className={styles.sum}>
                  <th scope="row">{label}</th>
                  <td>
                    <Amount minor={minor} currency={currency} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </Panel>
      <Panel title={t("parties")}>
        <Pairs
          pairs={[
            { label: t("seller"), value: partyText(invoice.seller) || "–" },
            {
              label: t("buyer"),
              value: partyText(invoice.buyer) || organisationName(invoice.licensee_id, invoice.licensee_name),
            },
            {
              label: t("licence"),
              value: (
                <Link to={`/licences/${invoice.licence_id}`}>
                  {invoice.programme_code} {invoice.licence_code}
                </Link>
              ),
            },
            {
              label: t("run"),
              value: bills ? (
                <Link to={`/closes/${invoice.run_id}`}>
                  {invoice.programme_code} {invoice.period}
                </Link>
              ) : (
                invoice.period
              ),
            },
          ]}
        />
      </Panel>
    </div>
  );
}

function partyText(party: InvoiceDetail["seller"]): string {
  return [party.name, party.tax_number, party.address].filter(Boolean).join(" · ");
}

/** What settled it, the earliest first; what was taken back stands beside what took it back. */
export function Settlements({ invoice }: { invoice: InvoiceDetail }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const [back, takeBack] = useState<string | null>(null);
  const { currency } = invoice;
  const bills = useBills();
  if (invoice.settlements.length === 0) return <Empty title={t("settlements.none")} />;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <section className={styles.scroll} aria-label={t("settlements")} tabIndex={0}>
        <table className={styles.ages}>
          <thead>
            <tr>
              <th scope="col">{t("settled_by")}</th>
              <th scope="col">{t("on")}</th>
              <th scope="col">{t("amount")}</th>
              {bills && <th scope="col">{t("collected")}</th>}
              <th scope="col">{t("proof")}</th>
              <th scope="col">{t("by")}</th>
              {bills && <th scope="col">{t("decide")}</th>}
            </tr>
          </thead>
          <tbody>
            {invoice.settlements.map((row) => (
              <tr key={row.id} className={row.is_taken_back || row.reverses_id ? (styles.taken ?? "") : ""}>
                <th scope="row">
                  {row.reverses_id ? t("settlement.back") : t.maybe(`settled_by.${row.settled_by}`)}
                </th>
                <td>
                  <CalendarDay day={row.on} />
                </td>
                <td>
                  <Amount minor={row.amount_minor} currency={currency} />
                </td>
                {bills && (
                  <td>
                    <Amount minor={row.collected_minor} currency={currency} />
                  </td>
                )}
                <td>{row.reference || "–"}</td>
                <td>{row.person?.name ? spoken(row.person.name) : "–"}</td>
                {bills && (
                  <td>
                    {row.is_taken_back ? (
                      t("settlement.taken_back")
                    ) : row.reverses_id ? (
                      "–"
                    ) : (
                      <Button size="small" onClick={() => takeBack(row.id)}>
                        {t("take_back")}
                      </Button>
                    )}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {back !== null && (
        <StepDialogue invoice={invoice} step="take back" settlement={back} onClose={() => takeBack(null)} />
      )}
    </>
  );
}

export function Interest({ invoice }: { invoice: InvoiceDetail }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const { message } = App.useApp();
  return (
    <div className={styles.stack}>
      <Notice>{t("interest.note")}</Notice>
      {invoice.interest.map((note) => (
        <Panel
          key={note.id}
          title={
            <>
              {note.from_on} – {note.until_on} ·{" "}
              <Amount minor={note.amount_minor} currency={invoice.currency} />
            </>
          }
          extra={
            <Button
              size="small"
              icon={<DownloadOutlined />}
              onClick={() =>
                void downloadFile(`/api/v1/interest-notes/${note.id}/document`, {
                  as: "pdf",
                  language: language === "en" ? "en" : "zh",
                }).catch((error: unknown) => void message.error(asProblem(error).message))
              }
            >
              {t("paper.take")}
            </Button>
          }
        >
          <Pairs
            pairs={note.spans.map((span) => ({
              label: `${span.from_on} – ${span.until_on}`,
              value: t("interest.span", {
                open: `${formatMinor(span.open_minor, invoice.currency, language)} ${invoice.currency}`,
                interest: `${formatMinor(span.interest_minor, invoice.currency, language)} ${invoice.currency}`,
              }),
            }))}
          />
        </Panel>
      ))}
    </div>
  );
}

export function WrittenOff({ invoice }: { invoice: InvoiceDetail }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  return (
    <div className={styles.stack}>
      {invoice.write_offs.map((one) => (
        <Panel
          key={one.id}
          title={<Amount minor={one.amount_minor} currency={invoice.currency} />}
          extra={<WriteOffMark state={one.state ?? "proposed"} />}
        >
          <Pairs
            pairs={[
              { label: t("why"), value: spoken(one.reason) },
              {
                label: t("proposed"),
                value: (
                  <>
                    {spoken(one.proposed_by.name ?? "")} <Instant at={one.proposed_at} />
                  </>
                ),
              },
              ...(one.decided_by
                ? [
                    {
                      label: t("decided"),
                      value: (
                        <>
                          {spoken(one.decided_by.name ?? "")} <Instant at={one.decided_at} />
                        </>
                      ),
                    },
                  ]
                : [{ label: t("decide"), value: <Decide proposal={one} /> }]),
            ]}
          />
        </Panel>
      ))}
    </div>
  );
}
