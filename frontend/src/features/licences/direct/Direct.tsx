import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { type DirectLicence, keys } from "@/shared/api";
import { CalendarDay } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { listed, useLanguage, useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { countryName } from "@/shared/royalties";
import { SignatureChecks } from "@/shared/signatures";
import { Facts, Page, PageTabs, Pairs, Panel, StateMark } from "@/shared/ui";
import { AgreedPairs } from "../clauses/Agreed.tsx";
import { clauseTexts } from "../clauses/texts.ts";
import { DirectMark } from "./Directs.tsx";
import styles from "./direct.module.css";
import { Findings } from "./Findings.tsx";
import { DIRECT, DIRECT_SUBJECT, useDirectLicence } from "./queries.ts";
import { StepDrawer } from "./StepDrawer.tsx";
import { directTexts } from "./texts.ts";

const MAIN = ["send", "sign", "countersign"];

/** One licence outside any programme: between whom, on what, for what, and what stands against it. */
export function Direct() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(directTexts);
  const organisationName = useOrganisationName();
  const client = useQueryClient();
  const live = useLive(DIRECT_SUBJECT, id);
  const found = useDirectLicence(id);
  const [step, setStep] = useState<string | null>(null);
  const { data } = found.data;
  const main = data.allowed_steps.find((one) => MAIN.includes(one));
  const rest = data.allowed_steps.filter((one) => one !== main);
  const edits = data.allowed_steps.includes("edit") || data.allowed_steps.includes("cancel");
  return (
    <Page
      title={`${data.code} · ${organisationName(data.licensee_id, data.licensee_name)}`}
      trail={[{ label: t("trail"), to: "/licences?tab=direct" }]}
      id={data.id}
      state={<DirectMark licence={data} />}
      live={live}
      onRefresh={() =>
        client.invalidateQueries({ queryKey: keys.object(DIRECT, id) }, { throwOnError: true })
      }
      primary={
        main && (
          <Button type="primary" onClick={() => setStep(main)}>
            {t.maybe(`step.${main}`)}
          </Button>
        )
      }
      menu={rest.map((one) => ({
        key: one,
        label: t.maybe(`step.${one}`),
        danger: one === "terminate" || one === "cancel",
        onClick: () => setStep(one),
      }))}
    >
      <Facts
        facts={[
          { key: "kind", label: t("kind"), value: t(`kind.${data.kind}`) },
          {
            key: "licensor",
            label: t("licensor"),
            value: organisationName(data.licensor_id, data.licensor_name),
          },
          {
            key: "licensee",
            label: t("licensee"),
            value: organisationName(data.licensee_id, data.licensee_name),
          },
          { key: "patents", label: t("patents"), value: t("patents.count", { count: data.patents.length }) },
          { key: "starts", label: t("starts"), value: <CalendarDay day={data.starts_on} /> },
          {
            key: "ends",
            label: t("ends"),
            value: data.ends_on ? <CalendarDay day={data.ends_on} /> : t("open"),
          },
        ]}
      />
      <PageTabs
        tabs={[
          {
            key: "scope",
            label: t("tab.scope"),
            children: <Scope licence={data} etag={found.data.etag} edits={edits} />,
          },
          {
            key: "papers",
            label: t("tab.papers"),
            children: <Papers subjectType={DIRECT_SUBJECT} subjectId={id} mayAttach={edits} />,
          },
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={DIRECT_SUBJECT} subjectId={id} />,
          },
        ]}
      />
      <StepDrawer step={step} licence={found.data} onClose={() => setStep(null)} />
    </Page>
  );
}

function Scope({ licence, etag, edits }: { licence: DirectLicence; etag: string; edits: boolean }) {
  const t = useTexts(directTexts);
  const language = useLanguage();
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const agreed = useTexts(clauseTexts);
  const open = licence.state === "draft" || licence.state === "sent";
  return (
    <div className={styles.scope}>
      {edits && open && <Findings licence={licence} etag={etag} />}
      <Panel title={t("scope")}>
        <Pairs
          pairs={[
            {
              label: t("territory"),
              value:
                (licence.territory ?? []).length === 0
                  ? t("territory.all")
                  : listed((licence.territory ?? []).map((place) => countryName(place, language))),
            },
            {
              label: t("fields"),
              value: licence.fields_of_use.length === 0 ? t("fields.all") : listed(licence.fields_of_use),
            },
            {
              label: t("products"),
              value:
                (licence.products ?? []).length === 0 ? t("products.all") : listed(licence.products ?? []),
            },
            { label: t("may_sublicense"), value: t(licence.may_sublicense ? "yes" : "no") },
            { label: t("signed"), value: <CalendarDay day={licence.signed_on} /> },
          ]}
        />
      </Panel>
      <Panel title={agreed("clauses")}>
        <AgreedPairs agreed={licence} />
      </Panel>
      <Panel title={t("patents")}>
        <ul className={styles.patents} aria-label={t("patents")}>
          {licence.patents.map((row) => (
            <li key={row.patent_id}>
              <code>{row.publication}</code>
              <span className={styles.title}>{spoken(row.title)}</span>
              <span className={styles.side}>
                {countryName(row.country, language)}
                {licence.kind === "cross" &&
                  ` · ${t(row.from_licensee ? "patents.by_licensee" : "patents.by_licensor")}`}
              </span>
            </li>
          ))}
        </ul>
      </Panel>
      {licence.signature_checks.length > 0 && (
        <Panel title={t("e_signature")}>
          <SignatureChecks checks={licence.signature_checks} signedPaper={licence.signed_paper_name} />
        </Panel>
      )}
      {licence.consents.length > 0 && (
        <Panel title={t("consents")}>
          <Pairs
            pairs={licence.consents.map((consent) => ({
              label: organisationName(consent.owner_id, consent.owner_name),
              value: (
                <>
                  <CalendarDay day={consent.given_on} />{" "}
                  <StateMark standing={consent.is_current ? "fine" : "attention"}>
                    {t(consent.is_current ? "consent.current" : "consent.void")}
                  </StateMark>
                </>
              ),
            }))}
          />
        </Panel>
      )}
    </div>
  );
}
