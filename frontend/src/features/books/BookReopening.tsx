import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Input } from "antd";
import { useState } from "react";
import { api, asProblem, keys, newKey, request, take } from "@/shared/api";
import { CalendarDay, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { ActionForm, Facts, Page, Panel, type Standing, StateMark } from "@/shared/ui";
import { REOPENING, REOPENINGS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

const STANDINGS: Record<string, Standing> = {
  asked: "attention",
  granted: "fine",
  refused: "overdue",
  withdrawn: "closed",
};

export function ReopeningMark({ state }: { state: string | undefined }) {
  const t = useTexts(texts);
  return (
    <StateMark standing={STANDINGS[state ?? ""] ?? "attention"}>{t.maybe(`reopening.${state}`)}</StateMark>
  );
}

/** Somebody asks to open closed days again: another person reads why, and decides. */
export function BookReopening() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const refresh = useRefresh();
  const live = useLive(REOPENING, id);
  const { modal, message } = App.useApp();
  const [isRefusing, setRefusing] = useState(false);
  const { data } = useSuspenseQuery({
    queryKey: keys.object(REOPENINGS, id),
    queryFn: () =>
      take(api.GET("/api/v1/book-reopenings/{reopening_id}", { params: { path: { reopening_id: id } } })),
  });
  const may = (step: string) => data.allowed_steps.includes(step);
  const step = async (
    path: "grant" | "withdrawal",
    asked: { title: string; content: string; ok: string },
  ) => {
    if (!(await modal.confirm({ title: asked.title, content: asked.content, okText: asked.ok }))) return;
    try {
      await request("POST", `${REOPENINGS}/${id}/${path}`, { key: newKey() });
      void message.success(t("saved"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  return (
    <Page
      title={t("reopening")}
      subtitle={organisationName(null, data.operating_entity_name)}
      trail={[{ label: t("title"), to: "/books" }]}
      id={data.id}
      live={live}
      onRefresh={refresh}
      state={<ReopeningMark state={data.state} />}
      primary={
        may("grant") && (
          <Button
            type="primary"
            onClick={() =>
              void step("grant", { title: t("grant.title"), content: t("grant.text"), ok: t("grant") })
            }
          >
            {t("grant")}
          </Button>
        )
      }
      menu={[
        ...(may("refuse") ? [{ key: "refuse", label: t("refuse"), onClick: () => setRefusing(true) }] : []),
        ...(may("withdraw")
          ? [
              {
                key: "withdraw",
                label: t("withdraw"),
                onClick: () =>
                  void step("withdrawal", {
                    title: t("withdraw.title"),
                    content: t("withdraw.text"),
                    ok: t("withdraw"),
                  }),
              },
            ]
          : []),
      ]}
    >
      <Facts
        facts={[
          {
            key: "through",
            label: t("stays_closed"),
            value: data.through ? <CalendarDay day={data.through} /> : t("all_open"),
          },
          { key: "by", label: t("asked.by"), value: spoken(data.asked_by_name) },
          { key: "at", label: t("asked.at"), value: <Instant at={data.asked_at} /> },
          { key: "decided.by", label: t("decided.by"), value: spoken(data.decided_by_name) || "–" },
          { key: "decided.at", label: t("decided.at"), value: <Instant at={data.decided_at} /> },
        ]}
      />
      <Panel title={w("reason")}>
        <p>{data.reason}</p>
        {data.answer && (
          <p>
            {t("answer")}: {data.answer}
          </p>
        )}
      </Panel>
      <Panel title={t("history")}>
        <HistoryTab subjectType={REOPENING} subjectId={id} />
      </Panel>
      <Drawer
        open={isRefusing}
        onClose={() => setRefusing(false)}
        title={t("refuse")}
        size={520}
        destroyOnHidden
      >
        <ActionForm<{ answer: string }>
          submit={t("refuse")}
          onCancel={() => setRefusing(false)}
          send={async (body, key) => {
            await request("POST", `${REOPENINGS}/${id}/refusal`, { body, key });
            await refresh();
          }}
          onDone={() => {
            void message.success(t("saved"));
            setRefusing(false);
          }}
        >
          <Form.Item
            name="answer"
            label={t("answer")}
            rules={[{ required: true, whitespace: true, message: t("reason.needed") }]}
          >
            <Input.TextArea rows={3} maxLength={500} showCount />
          </Form.Item>
        </ActionForm>
      </Drawer>
    </Page>
  );
}
