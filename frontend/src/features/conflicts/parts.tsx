import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { asProblem, request } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { StateMark } from "@/shared/ui";
import { texts } from "./texts.ts";

/** Whether something with these days holds today. */
export function holdsToday(row: { starts_on: string; ends_on?: string | null }, today = todayHere()) {
  if (row.ends_on && row.ends_on <= today) return "over" as const;
  return row.starts_on > today ? ("coming" as const) : ("holds" as const);
}

const STANDINGS = { over: "closed", coming: "attention", holds: "fine" } as const;

export function HoldsMark({ row }: { row: { starts_on: string; ends_on?: string | null } }) {
  const t = useTexts(texts);
  const state = holdsToday(row);
  return <StateMark standing={STANDINGS[state]}>{t(`holds.${state}`)}</StateMark>;
}

/** Asks once more, then takes a step that says from today on. */
export function useStep(): (
  path: string,
  asked: { title: string; text: string; ok: string },
) => Promise<void> {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { modal, message } = App.useApp();
  return async (path, asked) => {
    const agreed = await modal.confirm({ title: asked.title, content: asked.text, okText: asked.ok });
    if (!agreed) return;
    try {
      await request("POST", path);
      void message.success(t("done"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await client.invalidateQueries();
  };
}

export function EndButton({ name, onEnd }: { name: string; onEnd: () => void }) {
  const t = useTexts(texts);
  return (
    <Button size="small" danger aria-label={t("end.of", { name })} onClick={onEnd}>
      {t("end")}
    </Button>
  );
}
