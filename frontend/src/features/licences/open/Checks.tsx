import { Link } from "@tanstack/react-router";
import type { OpenDeclaration } from "@/shared/api";
import { Amount, CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { Failure, Pairs, Panel, Skeleton, StateMark } from "@/shared/ui";
import { RecordConsent } from "../consents/RecordConsent.tsx";
import styles from "./open.module.css";
import { rate } from "./Price.tsx";
import { DECLARATION_SUBJECT, DECLARATIONS, useChecks, useRefreshOpen } from "./queries.ts";
import { openTexts } from "./texts/index.ts";

/** What is said of a fee's year, which ends the sentence. */
const BY_YEAR = new Set(["fees_unpaid", "fees_unconfirmed"]);

/** What stands against a declaration today. */
export function Checks({ declaration, etag }: { declaration: OpenDeclaration; etag: string }) {
  const t = useTexts(openTexts);
  const found = useChecks(declaration.id);
  const refresh = useRefreshOpen();
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={120} />;
  const { findings } = found.data;
  const isDraft = declaration.state === "draft";
  const lacksConsent = findings.some(({ code }) => code === "no_consent" || code === "pledged");
  return (
    <Panel
      title={t(isDraft ? "checks" : "checks.since")}
      note={t(findings.length === 0 ? "checks.none" : isDraft ? "checks.note" : "checks.since.note")}
      extra={
        <RecordConsent
          isOffered={isDraft && lacksConsent}
          path={`${DECLARATIONS}/${declaration.id}`}
          subjectType={DECLARATION_SUBJECT}
          subjectId={declaration.id}
          etag={etag}
          refresh={refresh}
          pledgedPatent={declaration.patent_id}
        />
      }
    >
      {findings.length > 0 && (
        <ul className={styles.rows} aria-label={t("checks")}>
          {findings.map((finding) => (
            <li key={`${finding.code} ${finding.detail}`}>
              <StateMark standing={finding.blocks ? "overdue" : "attention"}>
                {t(finding.blocks ? "check.blocks" : "check.look")}
              </StateMark>
              <span className={styles.wide}>
                {t.maybe(`check.${finding.code}`)}{" "}
                {finding.licence_id ? (
                  <Link to={`/direct-licences/${finding.licence_id}`}>{finding.detail}</Link>
                ) : (
                  finding.detail && (
                    <span className={styles.soft}>
                      {BY_YEAR.has(finding.code) ? finding.detail : `· ${finding.detail}`}
                    </span>
                  )
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** What guidance says to a price, and what comes off the annuities: dated rules with their source. */
export function Rules({ declaration }: { declaration: OpenDeclaration }) {
  const t = useTexts(openTexts);
  const { data } = useChecks(declaration.id);
  if (data === undefined) return null;
  const { guidance, reduction } = data;
  const unverified = (isVerified: boolean) =>
    isVerified
      ? []
      : [
          {
            label: t("rule.checked"),
            value: <StateMark standing="attention">{t("rule.unverified")}</StateMark>,
          },
        ];
  return (
    <>
      <Panel title={t("guidance")} note={t("guidance.note")}>
        {guidance && (
          <Pairs
            pairs={[
              { label: t("guidance.lump"), value: <Amount minor={guidance.lump_minor} currency="CNY" /> },
              { label: t("guidance.net_sales"), value: rate(guidance.net_sales_percent) },
              { label: t("guidance.profit"), value: rate(guidance.profit_percent) },
              {
                label: t("guidance.yours"),
                value: t(guidance.is_above ? "guidance.above" : "guidance.within"),
              },
              { label: t("rule.from"), value: <CalendarDay day={guidance.from_on} /> },
              { label: t("rule.source"), value: guidance.rule_source },
              ...unverified(guidance.is_verified),
            ]}
          />
        )}
      </Panel>
      {reduction && (
        <Panel title={t("reduction")} note={t("reduction.note")}>
          <Pairs
            pairs={[
              { label: t("reduction.percent"), value: `${reduction.percent} %` },
              {
                label: t("reduction.since"),
                value: reduction.practised_since ? (
                  <CalendarDay day={reduction.practised_since} />
                ) : (
                  t(reduction.is_practised ? "reduction.counted" : "reduction.not_yet")
                ),
              },
              { label: t("rule.from"), value: <CalendarDay day={reduction.from_on} /> },
              { label: t("rule.source"), value: reduction.rule_source },
              ...unverified(reduction.is_verified),
            ]}
          />
        </Panel>
      )}
    </>
  );
}
