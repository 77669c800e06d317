import { useBlocker } from "@tanstack/react-router";
import { App } from "antd";
import { useState } from "react";
import { asProblem, type ClaimChart, request } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { CHARTS, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

export const PARTS = ["element", "place", "evidence"] as const;

export type Part = (typeof PARTS)[number];
export type Row = Record<Part, string> & { key: number };

export interface Edited {
  data: ClaimChart;
  etag: string;
}

interface Typed {
  /** Of the version that typing began from. */
  etag: string;
  rows: readonly Row[];
  note: string;
  isDirty: boolean;
}

let made = 0;

/** A row with a name of its own, by which it is found wherever it is moved. */
export function freshRow(row?: Partial<Record<Part, string>>): Row {
  made += 1;
  return { key: made, element: row?.element ?? "", place: row?.place ?? "", evidence: row?.evidence ?? "" };
}

function begun({ data, etag }: Edited): Typed {
  const rows = data.rows.length > 0 ? data.rows.map(freshRow) : [freshRow()];
  return { etag, rows, note: data.note ?? "", isDirty: false };
}

export interface Draft extends Omit<Typed, "etag"> {
  busy: boolean;
  /** Somebody else changed the chart while this was typed. */
  isBehind: boolean;
  write: (changes: Partial<Pick<Typed, "rows" | "note">>) => void;
  save: () => Promise<void>;
  /** Asks whether what was typed may go, where something was, and lets it go; says whether it went. */
  leave: () => Promise<boolean>;
}

/** What is typed of a chart. The page holds it, above its tabs, so that a look at another tab loses nothing. */
export function useDraft(edited: Edited): Draft {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message, modal } = App.useApp();
  const [typed, setTyped] = useState(() => begun(edited));
  const [busy, setBusy] = useState(false);
  // What nobody has typed in follows what is there.
  if (!typed.isDirty && typed.etag !== edited.etag) setTyped(begun(edited));

  const ask = async () =>
    await modal.confirm({
      title: t("leave.title"),
      content: t("leave.text"),
      okText: t("leave"),
      okButtonProps: { danger: true },
    });
  const leave = async () => {
    if (typed.isDirty && !(await ask())) return false;
    setTyped((now) => ({ ...now, etag: "", isDirty: false }));
    return true;
  };
  useBlocker({
    shouldBlockFn: async ({ current, next }) =>
      typed.isDirty && current.pathname !== next.pathname && !(await leave()),
    enableBeforeUnload: typed.isDirty,
  });
  const save = async () => {
    setBusy(true);
    try {
      // A row that nothing was written in is left out.
      const kept = typed.rows
        .filter((row) => PARTS.some((part) => row[part].trim() !== ""))
        .map(({ element, place, evidence }) => ({ element, place, evidence }));
      await request("PATCH", `${CHARTS}/${edited.data.id}`, {
        body: { rows: kept, note: typed.note },
        etag: typed.etag,
      });
      await refresh();
      setTyped((now) => ({ ...now, isDirty: false }));
      void message.success(t("saved"));
    } catch (error) {
      void message.error(asProblem(error).message);
    } finally {
      setBusy(false);
    }
  };
  return {
    rows: typed.rows,
    note: typed.note,
    isDirty: typed.isDirty,
    busy,
    isBehind: typed.isDirty && !busy && typed.etag !== edited.etag,
    write: (changes) => setTyped((now) => ({ ...now, ...changes, isDirty: true })),
    save,
    leave,
  };
}
