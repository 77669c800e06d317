import { Link } from "@tanstack/react-router";
import type { ConductStep, DealingDetail, Offer } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { PaperDownload } from "@/shared/papers";
import { Pairs } from "@/shared/ui";
import styles from "./dealings.module.css";
import { OfferMark } from "./state.tsx";
import { texts } from "./texts/index.ts";

/** What both sides did, day by day; each offer stands where it was made. */
export function Thread({ dealing }: { dealing: DealingDetail }) {
  const t = useTexts(texts);
  return (
    <ol className={styles.thread} aria-label={t("tab.thread")}>
      {dealing.conduct.map((step) => (
        <li key={step.id} className={step.side === dealing.side ? styles.ours : styles.theirs}>
          <Step step={step} dealing={dealing} />
        </li>
      ))}
    </ol>
  );
}

function Step({ step, dealing }: { step: ConductStep; dealing: DealingDetail }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const offer = dealing.offers.find((one) => one.number === step.offer_number);
  const made = step.kind === "offered" || step.kind === "countered";
  return (
    <>
      <p className={styles.head}>
        <CalendarDay day={step.happened_on} />
        <strong>
          {t.maybe(`conduct.${step.kind}`)}
          {step.offer_number ? ` ${t("offer.number", { number: step.offer_number })}` : ""}
        </strong>
        {made && offer && <OfferMark state={offer.state} />}
      </p>
      <p className={styles.who}>
        {t(step.side === dealing.side ? "side.ours" : `side.${step.side}`)} · {spoken(step.recorded_by_name)}{" "}
        · <Instant at={step.recorded_at} />
      </p>
      {step.text && <p className={styles.said}>{step.text}</p>}
      {step.document_id && <PaperDownload id={step.document_id} name={step.document_name ?? ""} />}
      {made && offer && <OfferBody offer={offer} />}
    </>
  );
}

/** What an offer says, and before that what it says otherwise than the one before. */
export function OfferBody({ offer }: { offer: Offer }) {
  const t = useTexts(texts);
  const said = useOfferWords();
  const whole = (
    <Pairs
      pairs={[
        {
          label: t("field.list_version"),
          value: (
            <Link to={`/list-versions/${offer.list_version_id}`}>
              {t("list.version", {
                number: offer.list_number,
                day: offer.list_effective_on,
                count: offer.list_patents,
              })}
            </Link>
          ),
        },
        { label: t("field.terms_version"), value: said("terms_version", String(offer.terms_number)) },
        { label: t("field.fee_basis"), value: <span className={styles.said}>{offer.fee_basis}</span> },
        { label: t("field.standing"), value: said("standing", offer.standing ?? "") },
        { label: t("field.option"), value: said("option", offer.option ?? "") },
        { label: t("field.starts_on"), value: said("starts_on", offer.starts_on) },
        { label: t("field.ends_on"), value: said("ends_on", offer.ends_on ?? "") },
        {
          label: t("field.prices_include_tax"),
          value: said("prices_include_tax", offer.prices_include_tax ? "yes" : "no"),
        },
        { label: t("field.tax_path"), value: said("tax_path", offer.tax_path) },
        { label: t("field.tax_bearer"), value: said("tax_bearer", offer.tax_bearer) },
        { label: t("field.cure_days"), value: said("cure_days", String(offer.cure_days)) },
        { label: t("field.run_off_days"), value: said("run_off_days", String(offer.run_off_days)) },
        {
          label: t("field.conditions"),
          value: <span className={styles.said}>{offer.conditions || "–"}</span>,
        },
        { label: t("field.reply_by"), value: said("reply_by", offer.reply_by) },
      ]}
    />
  );
  return (
    <div className={styles.offer}>
      {offer.differences.length > 0 && (
        <ul className={styles.changes} aria-label={t("changed")}>
          {offer.differences.map((each) => (
            <li key={each.field}>
              {t.maybe(`field.${each.field}`)}: <del>{said(each.field, each.before)}</del> →{" "}
              <ins>{said(each.field, each.after)}</ins>
            </li>
          ))}
        </ul>
      )}
      {offer.state === "open" || offer.state === "accepted" ? (
        whole
      ) : (
        <details>
          <summary>{t("offer.whole")}</summary>
          {whole}
        </details>
      )}
    </div>
  );
}

/** Says in words what an offer has in a column. */
function useOfferWords(): (field: string, value: string) => string {
  const t = useTexts(texts);
  return (field, value) => {
    if (!value) return t(field === "ends_on" ? "open_ended" : "nothing");
    switch (field) {
      case "standing":
      case "tax_path":
      case "tax_bearer":
      case "prices_include_tax":
        return t.maybe(`${field}.${value}`);
      case "list_version":
      case "terms_version":
        return t("version", { number: value });
      case "cure_days":
      case "run_off_days":
        return t("days", { count: Number(value) });
      default:
        return value;
    }
  };
}
