import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { asProblem, request, useRoles } from "@/shared/api";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import type { Column } from "@/shared/table";
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

interface Held {
  id: string;
  kind: string;
  source: string;
  starts_on: string;
  ends_on?: string | null;
}

interface HeldColumns<Row> {
  path: string;
  kindOf: (row: Row) => string;
  nameOf: (row: Row) => string;
  /** Whether the reader may end it, besides that it must not be over. */
  mayEnd: (row: Row) => boolean;
  /** What is asked before it ends. */
  asked: (row: Row) => { title: string; text: string };
}

/** What the lists of this area have in common: kind, source, days, whether it holds, and its end for the office. */
export function useHeldColumns<Row extends Held>({
  path,
  kindOf,
  nameOf,
  mayEnd,
  asked,
}: HeldColumns<Row>): Column<Row>[] {
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const step = useStep();
  const isOffice = useIsOffice();
  const end: Column<Row> = {
    key: "end",
    title: t("end"),
    render: (row) =>
      holdsToday(row) === "over" || !mayEnd(row) ? (
        "–"
      ) : (
        <EndButton
          name={nameOf(row)}
          onEnd={() => void step(`${path}/${row.id}/end`, { ...asked(row), ok: t("end") })}
        />
      ),
  };
  return [
    { key: "kind", title: t("kind"), render: kindOf },
    { key: "source", title: t("source"), render: (row) => spoken(row.source) },
    { key: "from", title: t("from"), render: (row) => <CalendarDay day={row.starts_on} /> },
    { key: "to", title: t("to"), render: (row) => <CalendarDay day={row.ends_on ?? null} /> },
    { key: "state", title: w("state"), render: (row) => <HoldsMark row={row} /> },
    ...(isOffice ? [end] : []),
  ];
}

/** Whether the acting seat looks after the conflicts of others. */
export function useIsOffice(): boolean {
  const roles = useRoles();
  return roles.has("secretariat") || roles.has("site_admin");
}

function EndButton({ name, onEnd }: { name: string; onEnd: () => void }) {
  const t = useTexts(texts);
  return (
    <Button size="small" danger aria-label={t("end.of", { name })} onClick={onEnd}>
      {t("end")}
    </Button>
  );
}
