import { useParams } from "@tanstack/react-router";
import { App, Button, Segmented } from "antd";
import { useState } from "react";
import {
  asProblem,
  type CharterSignature,
  type CharterVersion,
  type MissingSignature,
  type Problem,
  request,
  useRoles,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay, Deadline } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { type Language, useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { PaperDownload } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { Reminding } from "@/shared/reminding";
import { ListTable } from "@/shared/table";
import { Empty, Facts, Failure, FormProblem, Page, PageTabs, Skeleton, StateMark } from "@/shared/ui";
import styles from "./charters.module.css";
import { DraftDrawer } from "./DraftDrawer.tsx";
import { PaperDrawer } from "./PaperDrawer.tsx";
import {
  SIGNATURES,
  STANDINGS,
  titleOf,
  useCharter,
  useCount,
  useOwnMembership,
  useRefresh,
  useVersion,
  VERSION,
  VERSIONS,
} from "./queries.ts";
import { SignDrawer } from "./SignDrawer.tsx";
import { texts } from "./texts.ts";

/** One version of a charter: its text, who has signed it on what authority, and who has not. */
export function Version() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const language = useLanguage();
  const live = useLive(VERSION, id);
  const found = useVersion(id);
  const { data } = found.data;
  const charter = useCharter(data.charter_id).data;
  const membership = useOwnMembership(charter.alliance_id);
  const isOffice = useRoles().has("secretariat");
  const signed = useCount(SIGNATURES, { version: id });
  const missing = useCount(`${VERSIONS}/${id}/missing-signatures`, {});
  const own = useCount(SIGNATURES, { version: id, membership: membership?.id ?? id });
  const steps = useVersionSteps(data);
  const [open, setOpen] = useState<"sign" | "edit" | null>(null);
  const isPublished = data.state === "published";
  const maySign = isPublished && membership !== undefined && own === 0;
  const title = titleOf(language, charter);
  return (
    <Page
      title={`${title} · ${t("version", { number: data.number })}`}
      trail={[
        { label: t("title"), to: "/charters" },
        { label: title, to: `/charters/${charter.id}` },
      ]}
      id={data.id}
      state={
        <StateMark standing={STANDINGS[data.state ?? ""] ?? "attention"}>
          {t.maybe(`state.${data.state}`)}
        </StateMark>
      }
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        maySign ? (
          <Button type="primary" onClick={() => setOpen("sign")}>
            {t("sign")}
          </Button>
        ) : (
          data.allowed_steps.includes("publication") && (
            <Button type="primary" onClick={() => void steps.publish()}>
              {t("publish")}
            </Button>
          )
        )
      }
      menu={
        data.allowed_steps.includes("discarding")
          ? [
              { key: "edit", label: t("draft.edit"), onClick: () => setOpen("edit") },
              { key: "discard", label: t("discard"), danger: true, onClick: () => void steps.discard() },
            ]
          : []
      }
    >
      <FormProblem problem={steps.problem} />
      <Facts
        facts={[
          { key: "effective", label: t("effective"), value: <CalendarDay day={data.effective_on} /> },
          {
            key: "sign_by",
            label: t("sign_by"),
            value:
              isPublished && missing && data.sign_by_on ? (
                <Deadline day={data.sign_by_on} />
              ) : (
                <CalendarDay day={data.sign_by_on} />
              ),
          },
          {
            key: "signed",
            label: t("signed"),
            value: isPublished && signed !== undefined ? t("signed.count", { count: signed }) : "–",
            note: isPublished && missing ? t("missing.count", { count: missing }) : undefined,
          },
          ...(membership && isPublished
            ? [
                {
                  key: "own",
                  label: t("own"),
                  value:
                    own === undefined ? (
                      "–"
                    ) : (
                      <StateMark standing={own > 0 ? "fine" : "attention"}>
                        {own > 0 ? t("own.signed") : t("own.unsigned")}
                      </StateMark>
                    ),
                },
              ]
            : []),
        ]}
      />
      <PageTabs
        tabs={[
          { key: "text", label: t("tab.text"), children: <Text version={data} language={language} /> },
          ...(isPublished
            ? [
                {
                  key: "signed",
                  label: t("tab.signed"),
                  children: <Signatures version={id} isOffice={isOffice} />,
                },
                {
                  key: "missing",
                  label: t("tab.missing"),
                  children: <Missing version={id} isOffice={isOffice} />,
                },
              ]
            : []),
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={VERSION} subjectId={id} />,
          },
        ]}
      />
      {membership && (
        <SignDrawer
          open={open === "sign"}
          version={data}
          title={title}
          membership={membership}
          onClose={() => setOpen(null)}
        />
      )}
      <DraftDrawer
        open={open === "edit"}
        charter={charter.id}
        edited={found.data}
        onClose={() => setOpen(null)}
      />
    </Page>
  );
}

/** Publishing and discarding a draft, each asked about once more. */
function useVersionSteps(version: CharterVersion) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { modal, message } = App.useApp();
  const [problem, setProblem] = useState<Problem | null>(null);
  const take = async (step: "publication" | "discarding") => {
    const isGrave = step === "discarding";
    const agreed = await modal.confirm({
      title: t(`${step}.title`),
      content: t(`${step}.text`),
      okText: isGrave ? t("discard") : t("publish"),
      okButtonProps: { danger: isGrave },
    });
    if (!agreed) return;
    setProblem(null);
    try {
      await request("POST", `${VERSIONS}/${version.id}/${step}`);
      void message.success(t(`${step}.done`));
    } catch (error) {
      setProblem(asProblem(error));
    }
    await refresh();
  };
  return { problem, publish: () => take("publication"), discard: () => take("discarding") };
}

function Text({ version, language }: { version: CharterVersion; language: Language }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const [chosen, setChosen] = useState<Language>(language);
  const has = { "zh-CN": Boolean(version.text_zh), en: Boolean(version.text_en) };
  const shown = has[chosen] ? chosen : chosen === "en" ? "zh-CN" : "en";
  const text = shown === "en" ? version.text_en : version.text_zh;
  return (
    <div className={styles.reading}>
      <div className={styles.readingHead}>
        {has.en && has["zh-CN"] && (
          <Segmented<Language>
            aria-label={t("text.language")}
            value={shown}
            onChange={setChosen}
            options={[
              { value: "zh-CN", label: <span lang="zh-Hans">{w("language.zh-CN")}</span> },
              { value: "en", label: <span lang="en">{w("language.en")}</span> },
            ]}
          />
        )}
        {version.document_id && <PaperDownload id={version.document_id} label={t("document")} />}
      </div>
      {text ? (
        <div className={styles.text} lang={shown === "en" ? "en" : "zh-Hans"}>
          {text}
        </div>
      ) : (
        <Empty title={version.document_id ? t("text.in.document") : t("text.none")} />
      )}
      {version.content_sha256 && (
        <p className={styles.note}>
          {t("hash")} <code>{version.content_sha256}</code>
        </p>
      )}
    </div>
  );
}

function Signatures({ version, isOffice }: { version: string; isOffice: boolean }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  return (
    <ListTable<CharterSignature>
      inner
      path={SIGNATURES}
      caption={t("tab.signed")}
      fixed={{ version }}
      defaultOrder="recorded"
      nameOf={(row) => row.organisation_name}
      addressOf={(row) => `/members/${row.membership_id}`}
      empty={<Empty title={t("signatures.none")}>{t("signatures.none.text")}</Empty>}
      columns={[
        {
          key: "organisation",
          title: w("organisation"),
          main: true,
          render: (row) => organisationName(null, row.organisation_name),
        },
        {
          key: "signatory",
          title: t("signatory"),
          render: (row) => `${spoken(row.signatory_name)} · ${spoken(row.signatory_title)}`,
        },
        { key: "day", title: t("signed_on"), render: (row) => <CalendarDay day={row.signed_on} /> },
        { key: "way", title: t("way"), render: (row) => t.maybe(`way.${row.way}`) },
        ...(isOffice
          ? [
              {
                key: "papers",
                title: t("papers"),
                render: (row: CharterSignature) => (
                  <span className={styles.papers}>
                    {row.letter_id && <PaperDownload id={row.letter_id} label={t("letter")} />}
                    {row.scan_id && <PaperDownload id={row.scan_id} label={t("scan")} />}
                  </span>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}

/** Who has not signed; the office reminds them, and records what came on paper. */
function Missing({ version, isOffice }: { version: string; isOffice: boolean }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const found = useEvery<MissingSignature>(`${VERSIONS}/${version}/missing-signatures`);
  const [recorded, setRecorded] = useState<MissingSignature | null>(null);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={120} />;
  if (found.data.length === 0) return <Empty title={t("missing.none")}>{t("missing.none.text")}</Empty>;
  const rows = found.data;
  return (
    <>
      <Reminding
        label={t("tab.missing")}
        rows={rows.map((row) => ({
          id: row.membership_id,
          name: organisationName(null, row.organisation_name),
          code: row.code,
          remindedAt: row.reminded_at,
          remindedBy: row.reminded_by_name,
        }))}
        path={`${VERSIONS}/${version}/reminders`}
        ids="membership_ids"
        mayRemind={isOffice}
        action={(row) =>
          isOffice && (
            <Button
              size="small"
              onClick={() => setRecorded(rows.find((one) => one.membership_id === row.id) ?? null)}
            >
              {t("paper.record")}
            </Button>
          )
        }
      />
      <PaperDrawer version={version} member={recorded} onClose={() => setRecorded(null)} />
    </>
  );
}
