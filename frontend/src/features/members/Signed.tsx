import { Link } from "@tanstack/react-router";
import type { Charter, CharterSignature, CharterVersionLine, Membership } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay, Deadline } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { Empty, Failure, Skeleton, StateMark } from "@/shared/ui";
import styles from "./members.module.css";
import { texts } from "./texts.ts";

interface Asked {
  charter: Charter;
  version: CharterVersionLine;
  signature: CharterSignature | undefined;
}

/** What is asked for now, and what was signed before: superseded texts that were never signed are past. */
function askedOf(
  charters: readonly Charter[],
  versions: readonly CharterVersionLine[],
  signatures: readonly CharterSignature[],
  today: string,
): Asked[] {
  return charters.flatMap((charter) => {
    const published = versions
      .filter((one) => one.charter_id === charter.id && one.state === "published")
      .sort((one, other) => other.number - one.number);
    const inForce = published.find((one) => (one.effective_on ?? "") <= today);
    return published.flatMap((version) => {
      const signature = signatures.find((one) => one.version_id === version.id);
      const isPast = inForce !== undefined && version.number < inForce.number;
      return isPast && !signature ? [] : [{ charter, version, signature }];
    });
  });
}

/** Which charters and conventions a member has signed, when, and by whose hand; and which it has not. */
export function Signed({ membership }: { membership: Membership }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const isMember = membership.state === "admitted" || membership.state === "suspended";
  const language = useLanguage();
  const charters = useEvery<Charter>("/api/v1/charters", { alliance: membership.alliance_id });
  const versions = useEvery<CharterVersionLine>("/api/v1/charter-versions", { state: "published" });
  const signatures = useEvery<CharterSignature>("/api/v1/charter-signatures", { membership: membership.id });
  const failed = [charters, versions, signatures].find((one) => one.isError);
  if (failed) return <Failure error={failed.error} retry={() => void failed.refetch()} />;
  if (!charters.data || !versions.data || !signatures.data) return <Skeleton height={120} />;
  const rows = askedOf(charters.data, versions.data, signatures.data, todayHere());
  if (rows.length === 0) return <Empty title={t("signed.none")}>{t("signed.none.text")}</Empty>;
  return (
    <ul className={styles.rows} aria-label={t("tab.signed")}>
      {rows.map(({ charter, version, signature }) => (
        <li key={version.id}>
          <div className={styles.rowText}>
            <p className={styles.stepTitle}>
              <Link to={`/charter-versions/${version.id}`}>
                {(language === "en" ? charter.title_en : charter.title_zh) ||
                  charter.title_zh ||
                  charter.title_en}{" "}
                · {t("version", { number: version.number })}
              </Link>
              <StateMark standing={signature ? "fine" : "attention"}>
                {signature ? t("signed.yes") : t("signed.no")}
              </StateMark>
            </p>
            <p className={styles.note}>
              {signature ? (
                <>
                  {spoken(signature.signatory_name)} {spoken(signature.signatory_title)} ·{" "}
                  <CalendarDay day={signature.signed_on} /> · {t.maybe(`way.${signature.way}`)}
                </>
              ) : (
                <>
                  {t("effective.since")} <CalendarDay day={version.effective_on} />
                </>
              )}
            </p>
          </div>
          {!signature && isMember && version.sign_by_on && <Deadline day={version.sign_by_on} />}
        </li>
      ))}
    </ul>
  );
}
