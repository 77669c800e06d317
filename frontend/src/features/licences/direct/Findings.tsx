import { Link } from "@tanstack/react-router";
import type { DirectLicence } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { Failure, Panel, Skeleton, StateMark } from "@/shared/ui";
import { RecordConsent } from "../consents/RecordConsent.tsx";
import styles from "./direct.module.css";
import { DIRECT, DIRECT_SUBJECT, useFindings, useRefreshDirect } from "./queries.ts";
import { directTexts } from "./texts.ts";

/** What stands against a licence before it is signed, and what only has to be looked at. */
export function Findings({ licence, etag }: { licence: DirectLicence; etag: string }) {
  const t = useTexts(directTexts);
  const found = useFindings(licence.id, true);
  const refresh = useRefreshDirect();
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={80} />;
  const lacksConsent = found.data.some((finding) => finding.code === "no_consent");
  return (
    <Panel
      title={t("findings")}
      note={found.data.length === 0 ? t("findings.none") : t("findings.note")}
      extra={
        <RecordConsent
          isOffered={lacksConsent}
          path={`${DIRECT}/${licence.id}`}
          subjectType={DIRECT_SUBJECT}
          subjectId={licence.id}
          etag={etag}
          refresh={refresh}
        />
      }
    >
      {found.data.length > 0 && (
        <ul className={styles.findings} aria-label={t("findings")}>
          {found.data.map((finding) => (
            <li key={`${finding.code} ${finding.patent_id} ${finding.licence_id}`}>
              <StateMark standing={finding.blocks ? "overdue" : "attention"}>
                {t(finding.blocks ? "finding.blocks" : "finding.look")}
              </StateMark>
              <span>
                {finding.publication && <code>{finding.publication}</code>}{" "}
                {t.maybe(`finding.${finding.code}`)}{" "}
                {finding.licence_id && (
                  <Link to={`/direct-licences/${finding.licence_id}`}>{finding.licence_code}</Link>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
