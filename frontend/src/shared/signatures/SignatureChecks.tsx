import type { SignatureCheck } from "@/shared/api";
import { Instant } from "@/shared/format";
import { listed, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { Notice, type Pair, Pairs, type Standing, StateMark } from "@/shared/ui";
import styles from "./signatures.module.css";
import { texts } from "./texts.ts";

type Found = SignatureCheck["signatures"][number];
type Stamp = SignatureCheck["stamps"][number];

/** How a file's electronic signatures stand, for a mark: an unknown authority wants a look, and is no fault. */
export function latestWorth(check: SignatureCheck): Standing {
  if (check.outcome === "intact") return check.authority === "known" ? "fine" : "attention";
  return check.outcome === "unverified" ? "attention" : "overdue";
}

/** What the electronic signatures of a file are worth, in words: the latest result whole, and earlier ones in a line. */
export function SignatureChecks({
  checks,
  signedPaper,
}: {
  checks: readonly SignatureCheck[];
  /** The paper that was signed, where the text is not made here; blank: none of those that are attached. */
  signedPaper?: string | undefined;
}) {
  const t = useTexts(texts);
  const [latest, ...earlier] = checks;
  if (!latest) return <Notice kind="attention">{t("never")}</Notice>;
  return (
    <section className={styles.checks} aria-label={t("worth")}>
      <Worth check={latest} />
      {signedPaper !== undefined && latest.signatures.length > 0 && (
        <p className={styles.line}>{signedPaper ? t("paper.is", { name: signedPaper }) : t("paper.none")}</p>
      )}
      {latest.signatures.map((found, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two may say the same of themselves, and none changes its place
        <OneSignature key={place} found={found} />
      ))}
      {latest.stamps.map((stamp, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two may say the same of themselves, and none changes its place
        <p key={place} className={styles.line}>
          {t("stamp.file")} <StampText stamp={stamp} />
        </p>
      ))}
      <p className={styles.small}>
        {t("checked")} <Instant at={latest.checked_at} /> · {latest.library} ·{" "}
        {latest.roots.length === 0 ? t("roots.none") : t("roots", { count: latest.roots.length })}
      </p>
      {earlier.length > 0 && (
        <details>
          <summary>{t("earlier", { count: earlier.length })}</summary>
          {earlier.map((check) => (
            <p key={check.id} className={styles.line}>
              <Instant at={check.checked_at} /> · {t(`outcome.${check.outcome}`)}
              {check.authority !== "not_judged" && ` · ${t(`authority.${check.authority}`)}`}
            </p>
          ))}
        </details>
      )}
    </section>
  );
}

/** The result in one sentence, for whoever decides about a seal or countersigns. */
export function SignatureNotice({ checks }: { checks: readonly SignatureCheck[] }) {
  const t = useTexts(texts);
  const [latest] = checks;
  if (!latest) return null;
  const standing = latestWorth(latest);
  const who = latest.signatures.map((found) => found.organisation || found.signer_name).filter(Boolean);
  return (
    <Notice kind={standing === "fine" ? "fine" : "attention"}>
      {t("decide")} <Sentence check={latest} />
      {who.length > 0 && ` ${t("decide.by", { names: listed([...new Set(who)]) })}`}
    </Notice>
  );
}

function Worth({ check }: { check: SignatureCheck }) {
  const t = useTexts(texts);
  return (
    <p className={styles.worth}>
      <StateMark standing={latestWorth(check)}>{t(`outcome.${check.outcome}`)}</StateMark>
      <span>
        <Sentence check={check} />
      </span>
    </p>
  );
}

function Sentence({ check }: { check: SignatureCheck }) {
  const t = useTexts(texts);
  const means = check.problem ? t.maybe(`problem.${check.problem}`) : t(`means.${check.outcome}`);
  return (
    <>
      {means}
      {check.authority !== "not_judged" && ` ${t(`authority.${check.authority}.means`)}`}
    </>
  );
}

function OneSignature({ found }: { found: Found }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const pairs: Pair[] = [
    { label: t("signer"), value: spoken(found.signer_name) || t("unknown") },
    ...(found.organisation ? [{ label: t("organisation"), value: spoken(found.organisation) }] : []),
    ...(found.credit_code ? [{ label: t("credit_code"), value: <code>{found.credit_code}</code> }] : []),
    ...(found.issuers.length > 0
      ? [
          {
            label: t("issuers"),
            value: <span className={styles.said}>{found.issuers.map(issuerName).join(" › ")}</span>,
          },
        ]
      : []),
    { label: t("claimed_at"), value: found.claimed_at ? <Instant at={found.claimed_at} /> : t("not_said") },
  ];
  if (found.unsupported) {
    const why =
      found.unsupported in WHY ? t.maybe(`unsupported.${found.unsupported}`) : t("unsupported.form");
    return <Pairs pairs={[{ label: t("verified"), value: why }, ...pairs]} />;
  }
  if (found.malformed) {
    return <Pairs pairs={[{ label: t("verified"), value: `${t("malformed")} ${found.malformed}` }]} />;
  }
  return (
    <Pairs
      pairs={[
        ...pairs,
        {
          label: t("timestamp"),
          value: found.timestamp ? (
            <>
              <StampText stamp={found.timestamp} />
              {judgedBy(found) !== "stamp" && ` · ${t("timestamp.unused")}`}
            </>
          ) : (
            t("timestamp.none")
          ),
        },
        {
          label: t("certificate"),
          value: (
            <>
              {t(`certificate.${found.was_valid ? "valid" : "invalid"}.${judgedBy(found)}`)}{" "}
              {found.valid_from && <Instant at={found.valid_from} />} –{" "}
              {found.valid_to && <Instant at={found.valid_to} />}
            </>
          ),
        },
        { label: t("revocation"), value: t(`revocation.${found.revocation}`) },
        {
          label: t("covers"),
          value: `${t.maybe(`covers.${found.covers}`)} ${t.maybe(`added.${found.added_after}`)}`,
        },
        { label: t("algorithm"), value: <code>{found.algorithm}</code> },
      ]}
    />
  );
}

/** An authority by its name as the certificate has it, without the name of the attribute that most have alone. */
function issuerName(name: string): string {
  return name.replace("Common Name: ", "");
}

/** By whose word it is told when somebody signed: an authority that is known here, the signer, or nobody. */
function judgedBy(found: Found): "stamp" | "claim" | "nobody" {
  if (found.timestamp?.holds && found.timestamp.is_known) return "stamp";
  return found.claimed_at ? "claim" : "nobody";
}

const WHY = { sm2: true, ofd: true, several_signers: true, other_contents: true };

function StampText({ stamp }: { stamp: Stamp }) {
  const t = useTexts(texts);
  return (
    <>
      <Instant at={stamp.at} /> · {issuerName(stamp.authority)} ·{" "}
      {t(stamp.holds ? (stamp.is_known ? "stamp.known" : "stamp.unknown") : "stamp.broken")}
    </>
  );
}
