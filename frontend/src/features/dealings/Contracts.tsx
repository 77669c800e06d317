import { App, Button } from "antd";
import { asProblem, type Contract, type DealingDetail } from "@/shared/api";
import { CalendarDay, Deadline, Instant } from "@/shared/format";
import { listed, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { PaperDownload } from "@/shared/papers";
import { SignatureChecks } from "@/shared/signatures";
import { downloadFile } from "@/shared/table";
import { Empty, Notice, Pairs, Panel, StateMark } from "@/shared/ui";
import { DownloadOutlined } from "@/shared/ui/icons";
import styles from "./dealings.module.css";
import { DEALINGS } from "./queries.ts";
import { texts } from "./texts/index.ts";

/** The contract: its texts, who signed on what evidence, the seal, and the recordal. */
export function Contracts({ dealing }: { dealing: DealingDetail }) {
  const t = useTexts(texts);
  const [latest, ...earlier] = [...dealing.contracts].reverse();
  if (!latest) return <Empty title={t("contract.none")}>{t("contract.none.text")}</Empty>;
  return (
    <div className={styles.stack}>
      {dealing.missing.length > 0 && (
        <Notice kind="attention">
          {t("missing")} {listed(dealing.missing.map((one) => t.maybe(`missing.${one}`)))}
        </Notice>
      )}
      <One contract={latest} dealing={dealing} />
      {dealing.recordal && <RecordalPanel dealing={dealing} recordal={dealing.recordal} />}
      {earlier.map((contract) => (
        <Panel key={contract.id} title={t("contract.earlier", { number: contract.number })}>
          <Text contract={contract} />
        </Panel>
      ))}
    </div>
  );
}

function One({ contract, dealing }: { contract: Contract; dealing: DealingDetail }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  return (
    <>
      <Panel title={t("contract.text", { code: dealing.licence_code, number: contract.number })}>
        <Text contract={contract} />
      </Panel>
      {contract.signatures.length > 0 && (
        <Panel title={t("signatures")}>
          {contract.signatures.map((each) => (
            <div key={each.id} className={styles.offer}>
              <Pairs
                pairs={[
                  { label: t("signed_by"), value: `${t(`party.${each.side}`)} · ${spoken(each.signatory)}` },
                  { label: t("signed_on"), value: <CalendarDay day={each.signed_on} /> },
                  {
                    label: t.maybe(`form.${each.form}`),
                    value: <PaperDownload id={each.document_id} name={each.document_name} />,
                  },
                  { label: "SHA-256", value: <code className={styles.said}>{each.sha256}</code> },
                  ...(each.text_sha256
                    ? [
                        {
                          label: t("signed_text.was"),
                          value: t(each.text_sha256 === contract.text_zh_sha256 ? "in.zh" : "in.en"),
                        },
                      ]
                    : []),
                  ...(each.form === "sealed_scan" && each.side === "prospect"
                    ? [{ label: t("original_on"), value: <CalendarDay day={each.original_on} /> }]
                    : []),
                ]}
              />
              {each.form === "e_signed" && <SignatureChecks checks={each.checks} />}
            </div>
          ))}
        </Panel>
      )}
      {contract.seals.length > 0 && (
        <Panel title={t("seal")}>
          {contract.seals.map((each) => (
            <p key={each.id} className={styles.head}>
              <StateMark
                standing={
                  each.state === "approved" ? "fine" : each.state === "asked" ? "attention" : "closed"
                }
              >
                {t.maybe(`seal.${each.state}`)}
              </StateMark>
              <span>
                {t("seal.asked_by", { name: spoken(each.asked_by_name) })} <Instant at={each.asked_at} />
                {each.decided_by_name && (
                  <>
                    {" · "}
                    {t("seal.decided_by", { name: spoken(each.decided_by_name) })}{" "}
                    <Instant at={each.decided_at} />
                  </>
                )}
                {each.reason && ` · ${each.reason}`}
              </span>
            </p>
          ))}
        </Panel>
      )}
    </>
  );
}

function Text({ contract }: { contract: Contract }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  return (
    <Pairs
      pairs={[
        { label: t("made"), value: <Instant at={contract.made_at} /> },
        { label: t("made_by"), value: spoken(contract.made_by_name) },
        { label: t("template"), value: t("version", { number: contract.template_number }) },
        { label: t("in.zh"), value: <PaperDownload id={contract.text_zh_id} name={contract.text_zh_name} /> },
        { label: "SHA-256", value: <code className={styles.said}>{contract.text_zh_sha256}</code> },
        { label: t("in.en"), value: <PaperDownload id={contract.text_en_id} name={contract.text_en_name} /> },
        { label: "SHA-256", value: <code className={styles.said}>{contract.text_en_sha256}</code> },
      ]}
    />
  );
}

function RecordalPanel({
  dealing,
  recordal,
}: {
  dealing: DealingDetail;
  recordal: NonNullable<DealingDetail["recordal"]>;
}) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const take = () =>
    void downloadFile(
      `${DEALINGS}/${dealing.id}/recordal-form`,
      { as: "pdf" },
      `${dealing.licence_code} 备案.pdf`,
    ).catch((error: unknown) => void message.error(asProblem(error).message));
  return (
    <Panel
      title={t("recordal")}
      extra={
        <Button size="small" icon={<DownloadOutlined />} onClick={take}>
          {t("recordal.form")}
        </Button>
      }
    >
      <Pairs
        pairs={[
          {
            label: t("recordal.due_on"),
            value: recordal.filed_on ? (
              <CalendarDay day={recordal.due_on} />
            ) : (
              <Deadline day={recordal.due_on} soon={30} />
            ),
          },
          { label: t("recordal.rule"), value: recordal.rule },
          { label: t("recordal.patents"), value: recordal.patents },
          { label: t("recordal.filed_on"), value: <CalendarDay day={recordal.filed_on} /> },
          {
            label: t("recordal.result"),
            value: recordal.office_answer ? t.maybe(`recordal.${recordal.office_answer}`) : "–",
          },
          { label: t("recordal.result_on"), value: <CalendarDay day={recordal.result_on} /> },
          { label: t("recordal.number"), value: recordal.number || "–" },
        ]}
      />
    </Panel>
  );
}
