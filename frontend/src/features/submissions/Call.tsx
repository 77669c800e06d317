import { useParams } from "@tanstack/react-router";
import { App, Button, Form, Modal } from "antd";
import { useState } from "react";
import { asProblem, type Call as CallDocument, type Problem, request } from "@/shared/api";
import { CalendarDay, Deadline } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { HistoryTab } from "@/shared/history";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { ActionForm, Facts, FormProblem, Notice, Page, PageTabs } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { CallDrawer } from "./CallDrawer.tsx";
import { CALL, CALLS, titleOf, useCall, useDesk, useRefresh } from "./queries.ts";
import { SubmissionList } from "./Submissions.tsx";
import { SubmitDrawer } from "./SubmitDrawer.tsx";
import { CallMark } from "./state.tsx";
import styles from "./submissions.module.css";
import { texts } from "./texts.ts";

/** One call for patents: what is called for, until when, and what came in. */
export function Call() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const language = useLanguage();
  const spoken = useSpoken();
  const live = useLive(CALL, id);
  const found = useCall(id);
  const { data } = found.data;
  const own = useDesk();
  const [open, setOpen] = useState<"edit" | "submit" | "extend" | null>(null);
  const { problem, take } = useCallSteps(id);
  const takes = takesOn(todayHere(), data);
  const isOffice = data.allowed_steps.length > 0;
  const title = titleOf(language, data);
  const text = language === "en" ? data.text_en || data.text_zh : data.text_zh || data.text_en;
  return (
    <Page
      title={title}
      subtitle={spoken(data.pool_name)}
      trail={[{ label: t("title"), to: "/submissions" }]}
      id={data.id}
      state={<CallMark state={data.state} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        takes && own ? (
          <Button type="primary" onClick={() => setOpen("submit")}>
            {t("submit")}
          </Button>
        ) : (
          data.allowed_steps.includes("publication") && (
            <Button type="primary" onClick={() => void take("publication")}>
              {t("call.publication")}
            </Button>
          )
        )
      }
      menu={
        data.state === "draft" && isOffice
          ? [{ key: "edit", label: t("call.edit"), onClick: () => setOpen("edit") }]
          : data.allowed_steps.includes("closing")
            ? [
                ...(data.submit_by_on
                  ? [{ key: "extend", label: t("call.extension"), onClick: () => setOpen("extend") }]
                  : []),
                { key: "close", label: t("call.closing"), onClick: () => void take("closing") },
              ]
            : []
      }
    >
      <FormProblem problem={problem} />
      <Facts
        facts={[
          { key: "standard", label: t("standard"), value: data.standard },
          { key: "opens", label: t("call.opens"), value: <CalendarDay day={data.opens_on} /> },
          {
            key: "until",
            label: t("call.until"),
            value: !data.submit_by_on ? (
              t("call.until.open")
            ) : takes ? (
              <Deadline day={data.submit_by_on} />
            ) : (
              <CalendarDay day={data.submit_by_on} />
            ),
          },
          { key: "audience", label: t("call.audience"), value: t.maybe(`call.audience.${data.audience}`) },
          {
            key: "limits",
            label: t("call.limits"),
            value: t("call.limits.value", {
              evaluation: data.evaluation_days ?? 0,
              again: data.reevaluation_days ?? 0,
              appeal: data.appeal_days ?? 0,
            }),
          },
        ]}
      />
      <PageTabs
        tabs={[
          {
            key: "text",
            label: t("call.text"),
            children: (
              <div className={styles.text} lang={text === data.text_en ? "en" : "zh-Hans"}>
                {text || "–"}
              </div>
            ),
          },
          { key: "submitted", label: t("call.submitted"), children: <SubmissionList fixed={{ call: id }} /> },
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={CALL} subjectId={id} />,
          },
        ]}
      />
      <CallDrawer open={open === "edit"} edited={found.data} onClose={() => setOpen(null)} />
      {own && <SubmitDrawer open={open === "submit"} call={data} own={own} onClose={() => setOpen(null)} />}
      <Modal
        open={open === "extend"}
        title={t("call.extension")}
        footer={null}
        destroyOnHidden
        onCancel={() => setOpen(null)}
      >
        <ExtendForm id={id} from={data.submit_by_on ?? todayHere()} onClose={() => setOpen(null)} />
      </Modal>
    </Page>
  );
}

/** Whether a call takes patents on a day. */
function takesOn(day: string, { state, opens_on, submit_by_on }: CallDocument): boolean {
  return state === "published" && (opens_on ?? day) <= day && (submit_by_on || day) >= day;
}

/** Publishing and closing a call, each asked about once more. */
function useCallSteps(id: string) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { modal, message } = App.useApp();
  const [problem, setProblem] = useState<Problem | null>(null);
  const take = async (step: "publication" | "closing") => {
    const agreed = await modal.confirm({
      title: t(`call.${step}.title`),
      content: t(`call.${step}.text`),
      okText: t(`call.${step}`),
    });
    if (!agreed) return;
    setProblem(null);
    try {
      await request("POST", `${CALLS}/${id}/${step}`);
      void message.success(t("call.done"));
    } catch (error) {
      setProblem(asProblem(error));
    }
    await refresh();
  };
  return { problem, take };
}

function ExtendForm({ id, from, onClose }: { id: string; from: string; onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <>
      <Notice>{t("call.publication.text")}</Notice>
      <ActionForm<{ submit_by_on: string }>
        submit={t("call.extension")}
        onCancel={onClose}
        send={async (values) => {
          await request("POST", `${CALLS}/${id}/extension`, { body: values });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("call.done"));
          onClose();
        }}
      >
        <Form.Item
          name="submit_by_on"
          label={t("call.until")}
          rules={[{ required: true, message: t("panel.until.needed") }]}
        >
          <DayInput from={from} />
        </Form.Item>
      </ActionForm>
    </>
  );
}
