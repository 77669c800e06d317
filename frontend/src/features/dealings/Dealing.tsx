import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Drawer, Dropdown } from "antd";
import { useState } from "react";
import { asProblem, type DealingDetail } from "@/shared/api";
import { CalendarDay, Deadline, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { downloadFile } from "@/shared/table";
import { Facts, Notice, Page, PageTabs, Pairs, Panel } from "@/shared/ui";
import { DownloadOutlined } from "@/shared/ui/icons";
import { Contracts } from "./Contracts.tsx";
import styles from "./dealings.module.css";
import { OfferForm } from "./OfferForm.tsx";
import { DEALINGS, SUBJECT, useDealing } from "./queries.ts";
import { StepForm } from "./StepForm.tsx";
import { DealingMark } from "./state.tsx";
import { Thread } from "./Thread.tsx";
import { texts } from "./texts/index.ts";

/** Steps in the order in which one of them is what to do next. */
const ORDER = [
  "acceptance",
  "acknowledgement",
  "signature",
  "original",
  "seal-decision",
  "seal-request",
  "countersignature",
  "recordal",
  "contract",
  "offers",
  "turning-down",
  "signature-check",
  "conduct",
  "ending",
];
/** What the office records once the other side has done it, or somebody else has. */
const RECORDED = ["signature", "recordal"];

/** One dealing: whose step is next and until when, every offer, and who did what. */
export function Dealing() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const live = useLive(SUBJECT, id);
  const found = useDealing(id);
  const { data } = found;
  const [step, setStep] = useState<string | null>(null);
  const steps = ORDER.filter((one) => data.allowed_steps.includes(one));
  const next = steps[0];
  const first = next && (data.turn === data.side || RECORDED.includes(next)) ? next : undefined;
  const name = (one: string) =>
    t.maybe(
      one === "offers" && data.offers.some((offer) => offer.state === "open")
        ? "step.counter"
        : `step.${one}`,
    );
  const close = () => setStep(null);
  const applicant = organisationName(data.prospect_id, data.prospect_name);
  const about = `${data.programme_code} · ${spoken(data.programme_name)}`;
  return (
    <Page
      title={data.side === "prospect" ? about : applicant}
      subtitle={data.side === "prospect" ? applicant : about}
      trail={[{ label: t("title"), to: "/dealings" }]}
      id={data.id}
      state={<DealingMark state={data.state} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        <>
          <TakeRecord dealing={data} />
          {first && (
            <Button type="primary" onClick={() => setStep(first)}>
              {name(first)}
            </Button>
          )}
        </>
      }
      menu={steps
        .filter((one) => one !== first)
        .map((one) => ({ key: one, label: name(one), onClick: () => setStep(one) }))}
    >
      <Next dealing={data} />
      <Facts
        facts={[
          {
            key: "programme",
            label: t("programme"),
            value: <Link to={`/programmes/${data.programme_id}`}>{data.programme_code}</Link>,
          },
          { key: "applied", label: t("applied_at"), value: <Instant at={data.applied_at} /> },
          { key: "acknowledged", label: t("acknowledged_at"), value: <Instant at={data.acknowledged_at} /> },
          { key: "offers", label: t("offers"), value: data.offers.length },
          { key: "agreed", label: t("agreed_at"), value: <Instant at={data.agreed_at} /> },
        ]}
      />
      <PageTabs
        tabs={[
          { key: "thread", label: t("tab.thread"), children: <Thread dealing={data} /> },
          { key: "applied", label: t("tab.applied"), children: <Applied dealing={data} /> },
          ...(data.agreed_at
            ? [{ key: "contract", label: t("tab.contract"), children: <Contracts dealing={data} /> }]
            : []),
          {
            key: "papers",
            label: t("tab.papers"),
            children: <Papers subjectType={SUBJECT} subjectId={id} mayAttach={data.state !== "closed"} />,
          },
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={SUBJECT} subjectId={id} />,
          },
        ]}
      />
      <Drawer open={step !== null} onClose={close} title={step && name(step)} size={560} destroyOnHidden>
        {step === "offers" && <OfferForm dealing={data} onClose={close} />}
        {step !== null && step !== "offers" && (
          <StepForm key={step} step={step} dealing={data} onClose={close} />
        )}
      </Drawer>
    </Page>
  );
}

/** Whose step is next, and until when. */
function Next({ dealing }: { dealing: DealingDetail }) {
  const t = useTexts(texts);
  if (dealing.state === "closed") {
    return (
      <Notice>
        <p>
          {t(dealing.closed_by_side === dealing.side ? "closed.by_us" : "closed.by_them")}{" "}
          <CalendarDay day={dealing.next_by} />
        </p>
        <p className={styles.said}>{dealing.close_reason}</p>
      </Notice>
    );
  }
  if (dealing.state === "concluded") {
    return (
      <Notice kind="fine" action={<Link to={`/licences/${dealing.licence_id}`}>{t("concluded.open")}</Link>}>
        {t("concluded")}
      </Notice>
    );
  }
  const isOurs = dealing.turn === dealing.side;
  return (
    <Notice kind={isOurs ? "attention" : "plain"}>
      <span className={styles.next}>
        {t.maybe(`${isOurs ? "next" : "wait"}.${dealing.side}.${dealing.state}`)}
        <Deadline day={dealing.next_by} />
      </span>
    </Notice>
  );
}

function Applied({ dealing }: { dealing: DealingDetail }) {
  const t = useTexts(texts);
  const said = (text: string | undefined) => <span className={styles.said}>{text || "–"}</span>;
  return (
    <>
      <Notice>{t("between_two")}</Notice>
      <Panel title={t("tab.applied")}>
        <Pairs
          pairs={[
            { label: t("products"), value: said(dealing.products) },
            { label: t("volumes"), value: said(dealing.volumes) },
            { label: t("territory"), value: said(dealing.territory) },
            { label: t("message"), value: said(dealing.message) },
            { label: t("contact"), value: said(dealing.contact) },
            { label: t("applied_by"), value: dealing.applied_by_name },
          ]}
        />
      </Panel>
    </>
  );
}

function TakeRecord({ dealing }: { dealing: DealingDetail }) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const keep = (key: string) => {
    const [form = "pdf", language = "zh"] = key.split(" ");
    void downloadFile(
      `${DEALINGS}/${dealing.id}/conduct-record`,
      { as: form, language },
      `${dealing.programme_code} ${t("record")}.${form}`,
    ).catch((error: unknown) => void message.error(asProblem(error).message));
  };
  return (
    <Dropdown
      trigger={["click"]}
      placement="bottomRight"
      menu={{
        items: ["pdf zh", "pdf en", "xlsx zh", "xlsx en", "csv zh", "csv en"].map((key) => ({
          key,
          label: t.maybe(`paper.${key}`),
        })),
        onClick: ({ key }) => keep(key),
      }}
    >
      <Button icon={<DownloadOutlined />}>{t("record")}</Button>
    </Dropdown>
  );
}
