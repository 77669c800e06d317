import { useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { asProblem, keys, newKey, type Problem, request } from "@/shared/api";
import { Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { ActionForm, FormProblem, Page, PageTabs, Pairs, Panel } from "@/shared/ui";
import { nameOf } from "./Distributions.tsx";
import styles from "./distributions.module.css";
import { ObjectionMark } from "./marks.tsx";
import { OBJECTION, OBJECTIONS, STATEMENTS, useObjection } from "./queries.ts";
import { texts } from "./texts/index.ts";

/** What a member holds against its statement, and what came of it. */
export function Objection() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const found = useObjection(id);
  const live = useLive(OBJECTION, id);
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const [isAnswering, setAnswering] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const { data } = found;
  const can = new Set(data.allowed_steps);
  const refresh = async () => {
    await client.invalidateQueries({ queryKey: keys.object(OBJECTIONS, id) });
    await client.invalidateQueries({ queryKey: keys.lists(OBJECTIONS) });
    await client.invalidateQueries({ queryKey: keys.object(STATEMENTS, data.statement_id) });
  };
  const withdraw = () =>
    void modal.confirm({
      title: t("withdraw"),
      content: t("withdraw.text"),
      okText: t("withdraw"),
      onOk: async () => {
        try {
          await request("POST", `${OBJECTIONS}/${id}/withdrawal`, { key: newKey() });
          await refresh();
          void message.success(t("withdraw.done"));
        } catch (error) {
          setProblem(asProblem(error));
        }
      },
    });
  return (
    <Page
      title={t("objection.title", { name: nameOf(data) })}
      subtitle={organisationName(null, data.member)}
      trail={[{ label: nameOf(data), to: `/distribution-statements/${data.statement_id}` }]}
      id={data.id}
      state={<ObjectionMark state={data.state ?? "raised"} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        can.has("uphold") ? (
          <Button type="primary" onClick={() => setAnswering(true)}>
            {t("answer")}
          </Button>
        ) : can.has("withdraw") ? (
          <Button onClick={withdraw}>{t("withdraw")}</Button>
        ) : undefined
      }
    >
      <FormProblem problem={problem} />
      <div className={styles.panels}>
        <Panel title={t("objection")}>
          <Pairs
            pairs={[
              { label: t("objection"), value: data.text },
              {
                label: t("raised"),
                value: (
                  <>
                    {spoken(data.raised_by ?? "")} <Instant at={data.raised_at} />
                  </>
                ),
              },
              {
                label: t("statement"),
                value: <Link to={`/distribution-statements/${data.statement_id}`}>{nameOf(data)}</Link>,
              },
              ...(data.answer ? [{ label: t("answer.label"), value: data.answer }] : []),
              ...(data.answered_at
                ? [
                    {
                      label: t("answered"),
                      value: (
                        <>
                          {spoken(data.answered_by ?? "")} <Instant at={data.answered_at} />
                        </>
                      ),
                    },
                  ]
                : []),
            ]}
          />
        </Panel>
        <PageTabs
          tabs={[
            {
              key: "history",
              label: t("tab.history"),
              children: <HistoryTab subjectType={OBJECTION} subjectId={id} />,
            },
          ]}
        />
      </div>
      <Modal
        open={isAnswering}
        onCancel={() => setAnswering(false)}
        title={t("answer")}
        footer={null}
        destroyOnHidden
      >
        <ActionForm<{ uphold: boolean; answer: string }>
          submit={t("answer")}
          onCancel={() => setAnswering(false)}
          send={async (body, key) => {
            await request("POST", `${OBJECTIONS}/${id}/answer`, { key, body });
            await refresh();
          }}
          onDone={() => {
            void message.success(t("answer.done"));
            setAnswering(false);
          }}
        >
          <Form.Item
            name="uphold"
            label={t("uphold.label")}
            extra={t("uphold.help")}
            rules={[{ required: true, message: t("uphold.needed") }]}
          >
            <Radio.Group
              options={[
                { value: true, label: t("uphold.yes") },
                { value: false, label: t("uphold.no") },
              ]}
            />
          </Form.Item>
          <Form.Item
            name="answer"
            label={t("answer.label")}
            rules={[{ required: true, whitespace: true, message: t("answer.needed") }]}
          >
            <Input.TextArea rows={5} maxLength={2000} />
          </Form.Item>
        </ActionForm>
      </Modal>
    </Page>
  );
}
