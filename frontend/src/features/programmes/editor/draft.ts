import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { App } from "antd";
import { useEffect, useMemo, useState } from "react";
import { asProblem, type CheckedTerms, keys, type Problem, request, type TermsVersion } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { texts } from "./texts.ts";
import { type Path, type Plain, put, readWritten, swapped, type Written } from "./toml/index.ts";

export const PATH = "/api/v1/terms-versions";
const WAIT = 500;

export interface Version {
  data: TermsVersion;
  etag: string;
}

interface Typed {
  /** Of the version that typing began from. */
  etag: string;
  document: string;
  inForceFrom: string;
}

export interface TermsDraft extends Typed {
  isDirty: boolean;
  busy: boolean;
  problem: Problem | null;
  /** Somebody else changed the draft while this was written. */
  isBehind: boolean;
  /** What was written earlier on this device, and not saved, is here again. */
  isRestored: boolean;
  written: Written | null;
  put: (path: Path, value: Plain | undefined) => void;
  swap: (path: Path, index: number) => void;
  write: (document: string) => void;
  startOn: (day: string) => void;
  undo: (() => void) | null;
  save: () => Promise<void>;
  /** Gives up what was written for what is there. */
  takeTheirs: () => void;
  /** Has the next saving write over what is there. */
  keepMine: () => void;
}

const keptUnder = (id: string) => `lianchi.draft.terms.${id}`;

function kept(id: string): Typed | null {
  try {
    return JSON.parse(sessionStorage.getItem(keptUnder(id)) ?? "null") as Typed | null;
  } catch {
    // What cannot be read is no draft.
    return null;
  }
}

const begun = ({ data, etag }: Version): Typed => ({
  etag,
  document: data.document,
  inForceFrom: data.in_force_from,
});

/** What is written of a draft of terms: kept in this tab until it is saved, whatever becomes of the connection. */
export function useTermsDraft(version: Version, mayEdit: boolean): TermsDraft {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const { id } = version.data;
  const [restored] = useState(() => (mayEdit ? kept(id) : null));
  const [typed, setTyped] = useState<Typed>(() => restored ?? begun(version));
  const [past, setPast] = useState<readonly Typed[]>([]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isDirty =
    typed.document !== version.data.document || typed.inForceFrom !== version.data.in_force_from;
  // What nobody has written in follows what is there.
  if (typed.etag !== version.etag && (!isDirty || !mayEdit)) setTyped(begun(version));
  useEffect(() => {
    if (!mayEdit) return;
    if (isDirty) sessionStorage.setItem(keptUnder(id), JSON.stringify(typed));
    else sessionStorage.removeItem(keptUnder(id));
  }, [id, isDirty, mayEdit, typed]);
  useBlocker({ shouldBlockFn: () => false, enableBeforeUnload: busy });

  const change = (to: (now: Typed) => Partial<Typed>) =>
    setTyped((now) => {
      let changes: Partial<Typed>;
      try {
        changes = to(now);
      } catch {
        // What the form cannot write is written in the document.
        void message.warning(t("not.in.form"));
        return now;
      }
      const next = { ...now, ...changes };
      if (next.document !== now.document) setPast((before) => [...before.slice(-99), now]);
      return next;
    });
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await request("PATCH", `${PATH}/${id}`, {
        body: { document: typed.document, in_force_from: typed.inForceFrom },
        etag: typed.etag,
      });
      await client.invalidateQueries({ queryKey: keys.everything() });
      void message.success(t("saved"));
    } catch (error) {
      const found = asProblem(error);
      setProblem(found);
      if (found.status === 412) await client.invalidateQueries({ queryKey: keys.object(PATH, id) });
    } finally {
      setBusy(false);
    }
  };
  const written = useMemo(() => {
    try {
      return readWritten(typed.document);
    } catch {
      return null;
    }
  }, [typed.document]);
  return {
    ...typed,
    isDirty,
    busy,
    problem,
    isBehind: isDirty && !busy && typed.etag !== version.etag,
    isRestored: restored !== null && isDirty && past.length === 0,
    written,
    put: (path, value) => change((now) => ({ document: put(now.document, path, value) })),
    swap: (path, index) => change((now) => ({ document: swapped(now.document, path, index) })),
    write: (document) => change(() => ({ document })),
    startOn: (day) => change(() => ({ inForceFrom: day })),
    undo:
      past.length === 0
        ? null
        : () => {
            const last = past.at(-1);
            setPast((before) => before.slice(0, -1));
            if (last) setTyped((now) => ({ ...now, document: last.document }));
          },
    save,
    takeTheirs: () => {
      setPast([]);
      setProblem(null);
      setTyped(begun(version));
    },
    keepMine: () => {
      setProblem(null);
      setTyped((now) => ({ ...now, etag: version.etag }));
    },
  };
}

/** What the server says of a document as it is written, a moment after the last change. */
export function useCheck(programme: string, { document, inForceFrom }: Typed, enabled: boolean) {
  const [asked, setAsked] = useState({ document, inForceFrom });
  useEffect(() => {
    const timer = setTimeout(() => setAsked({ document, inForceFrom }), WAIT);
    return () => clearTimeout(timer);
  }, [document, inForceFrom]);
  const found = useQuery({
    queryKey: keys.list("/api/v1/terms-checks", { programme, ...asked }),
    queryFn: ({ signal }) =>
      request<CheckedTerms>("POST", "/api/v1/terms-checks", {
        body: { programme_id: programme, in_force_from: asked.inForceFrom, document: asked.document },
        signal,
      }),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
  const isFresh =
    asked.document === document && asked.inForceFrom === inForceFrom && !found.isPlaceholderData;
  return { checked: found.data, error: found.error, isFresh: isFresh && found.isSuccess };
}
