import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Input } from "antd";
import { useState } from "react";
import { type LicenceRequest as RequestDocument, request, useMe } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { useCloseNames } from "@/shared/royalties";
import { ActionForm, Facts, Notice, Page, PageTabs, Pairs, Panel } from "@/shared/ui";
import styles from "./asking.module.css";
import { REQUESTS, SUBJECT, useLicenceRequest, useRefresh } from "./queries.ts";
import { RequestMark } from "./state.tsx";
import { texts } from "./texts.ts";

/** One request for a bilateral licence: who asks for what, and what was answered. */
export function LicenceRequest() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const spoken = useSpoken();
  const names = useCloseNames();
  const live = useLive(SUBJECT, id);
  const found = useLicenceRequest(id);
  const { data } = found;
  const [step, setStep] = useState<string | null>(null);
  // To answer is what one is asked for; that one has it is said beforehand only if it takes a while.
  const steps = ["answer", "acknowledgement", "closing"].filter((one) => data.allowed_steps.includes(one));
  const [first, ...others] = steps;
  return (
    <Page
      title={data.asker_organisation || t("erased")}
      subtitle={data.asker_name}
      trail={[{ label: t("title"), to: "/licence-requests" }]}
      id={data.id}
      state={<RequestMark state={data.state} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        first && (
          <Button type="primary" onClick={() => setStep(first)}>
            {t.maybe(`step.${first}`)}
          </Button>
        )
      }
      menu={others.map((one) => ({ key: one, label: t.maybe(`step.${one}`), onClick: () => setStep(one) }))}
    >
      <Facts
        facts={[
          { key: "pool", label: t("pool"), value: spoken(data.pool_name) },
          { key: "country", label: t("country"), value: names.country(data.asker_country ?? "") || "–" },
          { key: "asked", label: t("asked"), value: <Instant at={data.asked_at} /> },
          { key: "answered", label: t("answered"), value: <Instant at={data.answered_at} /> },
          { key: "closed", label: t("closed"), value: <Instant at={data.closed_at} /> },
          { key: "erased", label: t("erased_on"), value: <CalendarDay day={data.erased_on} /> },
        ]}
      />
      <PageTabs
        tabs={[
          { key: "request", label: t("tab.request"), children: <Contents request={data} /> },
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={SUBJECT} subjectId={id} />,
          },
        ]}
      />
      <Drawer
        open={step !== null}
        onClose={() => setStep(null)}
        title={step === null ? "" : t.maybe(`step.${step}`)}
        size={520}
        destroyOnHidden
      >
        {step !== null && <StepForm key={step} step={step} id={id} onClose={() => setStep(null)} />}
      </Drawer>
    </Page>
  );
}

function Contents({ request: found }: { request: RequestDocument }) {
  const t = useTexts(texts);
  if (found.erased_at) return <Notice>{t("erased.text")}</Notice>;
  const said = (text: string | undefined) => <span className={styles.said}>{text || "–"}</span>;
  return (
    <>
      <Notice>{t("between_two")}</Notice>
      <Panel title={t("wish")}>
        <Pairs
          pairs={[
            { label: t("patents"), value: <Patents request={found} /> },
            { label: t("products"), value: said(found.products) },
            { label: t("fields_of_use"), value: said(found.fields_of_use) },
            { label: t("territory"), value: said(found.territory) },
            { label: t("message"), value: said(found.message) },
          ]}
        />
      </Panel>
      <Panel title={t("asker")}>
        <Pairs
          pairs={[
            { label: t("asker.name"), value: found.asker_name },
            { label: t("asker.organisation"), value: found.asker_organisation },
            { label: t("email"), value: found.asker_email },
            { label: t("language"), value: t.maybe(`language.${found.language}`) },
            { label: t("confirmed_at"), value: <Instant at={found.confirmed_at} /> },
          ]}
        />
      </Panel>
      {(found.answered_at || found.acknowledged_at || found.note) && (
        <Panel title={t("answer")}>
          <Pairs
            pairs={[
              { label: t("acknowledged"), value: <Instant at={found.acknowledged_at} /> },
              { label: t("answer"), value: said(found.answer) },
              { label: t("contact"), value: found.answer_contact || "–" },
              { label: t("answered_by"), value: found.answered_by_name ?? "–" },
              { label: t("note"), value: found.note || "–" },
            ]}
          />
        </Panel>
      )}
    </>
  );
}

function Patents({ request: found }: { request: RequestDocument }) {
  const t = useTexts(texts);
  if (found.is_whole) return <>{t("patents.all")}</>;
  return (
    <ul className={styles.patents} aria-label={t("patents")}>
      {found.patents.map((row) => (
        <li key={row.patent_id}>
          <Link to={`/patents/${row.patent_id}`}>{row.publication}</Link>
        </li>
      ))}
    </ul>
  );
}

function StepForm({ step, id, onClose }: { step: string; id: string; onClose: () => void }) {
  const t = useTexts(texts);
  const me = useMe();
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <>
      <Notice>{t.maybe(`effect.${step}`)}</Notice>
      <ActionForm<{ text?: string; contact?: string; note?: string }>
        submit={t.maybe(`step.${step}`)}
        onCancel={onClose}
        initialValues={step === "answer" ? { contact: `${me.name} ${me.email}` } : {}}
        send={async (values, key) => {
          await request("POST", `${REQUESTS}/${id}/${step}`, { key, body: values });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("step.done"));
          onClose();
        }}
      >
        {step === "answer" && (
          <>
            <Form.Item
              name="text"
              label={t("answer")}
              rules={[{ required: true, whitespace: true, message: t("needed") }]}
            >
              <Input.TextArea rows={8} maxLength={5000} showCount autoFocus />
            </Form.Item>
            <Form.Item
              name="contact"
              label={t("contact")}
              extra={t("contact.help")}
              rules={[{ required: true, whitespace: true, message: t("needed") }]}
            >
              <Input maxLength={200} />
            </Form.Item>
          </>
        )}
        {step === "closing" && (
          <Form.Item name="note" label={t("note")} extra={t("note.help")}>
            <Input.TextArea rows={3} maxLength={500} showCount />
          </Form.Item>
        )}
      </ActionForm>
    </>
  );
}
