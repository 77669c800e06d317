import { Link } from "@tanstack/react-router";
import { App, Button, Drawer, Form } from "antd";
import { useState } from "react";
import { type DirectLicence, request } from "@/shared/api";
import { OrganisationSelect } from "@/shared/choosing";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { PaperField } from "@/shared/papers";
import { ActionForm, Failure, Panel, Skeleton, StateMark } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import styles from "./direct.module.css";
import { DIRECT, DIRECT_SUBJECT, useFindings, useRefreshDirect } from "./queries.ts";
import { directTexts } from "./texts.ts";

/** What stands against a licence before it is signed, and what only has to be looked at. */
export function Findings({ licence, etag }: { licence: DirectLicence; etag: string }) {
  const t = useTexts(directTexts);
  const found = useFindings(licence.id, true);
  const [isConsenting, setConsenting] = useState(false);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={80} />;
  const lacksConsent = found.data.some((finding) => finding.code === "no_consent");
  return (
    <Panel
      title={t("findings")}
      note={found.data.length === 0 ? t("findings.none") : t("findings.note")}
      extra={
        lacksConsent && (
          <Button size="small" onClick={() => setConsenting(true)}>
            {t("consent.record")}
          </Button>
        )
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
      <Drawer
        open={isConsenting}
        onClose={() => setConsenting(false)}
        title={t("consent.record")}
        size={520}
        destroyOnHidden
      >
        <ConsentForm licence={licence.id} etag={etag} onClose={() => setConsenting(false)} />
      </Drawer>
    </Panel>
  );
}

interface Consenting {
  licence: string;
  etag: string;
  onClose: () => void;
}

function ConsentForm({ licence, etag, onClose }: Consenting) {
  const t = useTexts(directTexts);
  const refresh = useRefreshDirect();
  const { message } = App.useApp();
  const needed = { required: true, message: t("needed") };
  // The consent is to what stood on the page when it was recorded, and to nothing that changed since.
  const [read] = useState(etag);
  return (
    <ActionForm<{ owner_id: string; given_on: string; document_id: string }>
      submit={t("consent.record")}
      onCancel={onClose}
      initialValues={{ given_on: todayHere() }}
      send={async (values, key) => {
        await request("POST", `${DIRECT}/${licence}/consents`, { key, body: values, etag: read });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("consent.recorded"));
        onClose();
      }}
    >
      <Form.Item name="owner_id" label={t("consent.owner")} rules={[needed]}>
        <OrganisationSelect />
      </Form.Item>
      <Form.Item name="given_on" label={t("consent.day")} rules={[needed]}>
        <DayInput to={todayHere()} />
      </Form.Item>
      <Form.Item name="document_id" label={t("consent.paper")} rules={[needed]}>
        <PaperField subjectType={DIRECT_SUBJECT} subjectId={licence} title={t("consent.paper")} />
      </Form.Item>
    </ActionForm>
  );
}
