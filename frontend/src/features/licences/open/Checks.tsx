import { Link } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Select } from "antd";
import { useState } from "react";
import { type Encumbrance, type OpenDeclaration, request } from "@/shared/api";
import { OrganisationSelect, useEvery } from "@/shared/choosing";
import { Amount, CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { PaperField } from "@/shared/papers";
import { ActionForm, Failure, Notice, Pairs, Panel, Skeleton, StateMark } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
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
  const [isConsenting, setConsenting] = useState(false);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={120} />;
  const { findings } = found.data;
  const isDraft = declaration.state === "draft";
  const lacksConsent = findings.some(({ code }) => code === "no_consent" || code === "pledged");
  return (
    <>
      <Panel
        title={t(isDraft ? "checks" : "checks.since")}
        note={t(findings.length === 0 ? "checks.none" : isDraft ? "checks.note" : "checks.since.note")}
        extra={
          isDraft &&
          lacksConsent && (
            <Button size="small" onClick={() => setConsenting(true)}>
              {t("consent.record")}
            </Button>
          )
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
      <Drawer
        open={isConsenting}
        onClose={() => setConsenting(false)}
        title={t("consent.record")}
        size={520}
        destroyOnHidden
      >
        <ConsentForm declaration={declaration} etag={etag} onClose={() => setConsenting(false)} />
      </Drawer>
    </>
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
              { label: t("base.net_sales"), value: rate(guidance.net_sales_percent) },
              { label: t("base.profit"), value: rate(guidance.profit_percent) },
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

interface Consent {
  who: "owner" | "pledge";
  owner_id?: string;
  pledge_id?: string;
  given_on: string;
  document_id: string;
}

function ConsentForm({
  declaration,
  etag,
  onClose,
}: {
  declaration: OpenDeclaration;
  etag: string;
  onClose: () => void;
}) {
  const t = useTexts(openTexts);
  const refresh = useRefreshOpen();
  const { message } = App.useApp();
  const [form] = Form.useForm<Consent>();
  const who = Form.useWatch("who", form) ?? "owner";
  const pledges = useEvery<Encumbrance>("/api/v1/encumbrances", {
    patent: declaration.patent_id,
    kind: "pledge",
  });
  const needed = { required: true, message: t("needed") };
  // The consent is to what stood on the page when it was recorded, and to nothing that changed since.
  const [read] = useState(etag);
  return (
    <>
      <Notice>{t("consent.means")}</Notice>
      <ActionForm<Consent>
        form={form}
        submit={t("consent.record")}
        onCancel={onClose}
        initialValues={{ who: "owner", given_on: todayHere() }}
        send={async ({ who: _, ...body }, key) => {
          await request("POST", `${DECLARATIONS}/${declaration.id}/consents`, { key, body, etag: read });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("consent.recorded"));
          onClose();
        }}
      >
        <Form.Item name="who" label={t("consent.who")} rules={[needed]}>
          <Select
            options={[
              { value: "owner", label: t("consent.owner") },
              { value: "pledge", label: t("consent.pledgee") },
            ]}
          />
        </Form.Item>
        {who === "owner" ? (
          <Form.Item name="owner_id" label={t("consent.owner")} rules={[needed]}>
            <OrganisationSelect />
          </Form.Item>
        ) : (
          <Form.Item name="pledge_id" label={t("consent.pledgee")} rules={[needed]}>
            <Select
              loading={pledges.isPending}
              options={(pledges.data ?? []).map((one) => ({ value: one.id, label: one.holder }))}
            />
          </Form.Item>
        )}
        <Form.Item name="given_on" label={t("consent.day")} rules={[needed]}>
          <DayInput to={todayHere()} />
        </Form.Item>
        <Form.Item name="document_id" label={t("consent.paper")} rules={[needed]}>
          <PaperField
            subjectType={DECLARATION_SUBJECT}
            subjectId={declaration.id}
            title={t("consent.paper")}
          />
        </Form.Item>
      </ActionForm>
    </>
  );
}
