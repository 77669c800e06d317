import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Button, Grid, Input, Segmented } from "antd";
import { useMemo, useState } from "react";
import { api, keys, type Programme, type TermsMistake, take, takeVersion, useRoles } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { Failure, FormProblem, Notice, Page, StateMark } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { Publication, Told } from "../Differences.tsx";
import { PATH, type TermsDraft, useCheck, useTermsDraft, type Version } from "./draft.ts";
import { Entries } from "./Entries.tsx";
import styles from "./editor.module.css";
import { Fields, Rest } from "./Fields.tsx";
import { HEAD, HEAD_FURTHER, TOP } from "./schema.ts";
import { Allocation } from "./Tree.tsx";
import { texts } from "./texts.ts";
import { said, type Writing, WritingContext } from "./writing.ts";

const SUBJECT = "terms.termsversion";

/** One version of terms: a draft is written in a form or as the document, which are the same. */
export function TermsEditor() {
  const { id } = useParams({ strict: false }) as { id: string };
  return <Found key={id} id={id} />;
}

function Found({ id }: { id: string }) {
  const found = useSuspenseQuery({
    queryKey: keys.object(PATH, id),
    queryFn: () =>
      takeVersion(
        api.GET("/api/v1/terms-versions/{terms_version_id}", { params: { path: { terms_version_id: id } } }),
      ),
  });
  return <Editor version={found.data} refresh={() => found.refetch({ throwOnError: true })} />;
}

type View = "form" | "document" | "changes";

function Editor({ version, refresh }: { version: Version; refresh: () => Promise<unknown> }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const roles = useRoles();
  const { md = true } = Grid.useBreakpoint();
  const { data } = version;
  const isDraft = data.allowed_steps.includes("publish");
  const mayEdit = isDraft && roles.has("secretariat");
  const draft = useTermsDraft(version, mayEdit);
  const [view, setView] = useState<View>("form");
  const { checked, error, isFresh } = useCheck(data.programme_id, draft, mayEdit);
  const live = useLive(SUBJECT, data.id);
  const programme = useProgramme(data.programme_id);
  const isReading = !mayEdit || !md;
  const mistakes = checked?.mistakes ?? [];
  return (
    <Page
      title={t("title", { number: data.number })}
      subtitle={programme ? spoken(programme.name) : undefined}
      trail={[{ label: programme?.code ?? t("programme"), to: `/programmes/${data.programme_id}?tab=terms` }]}
      id={data.id}
      state={
        <StateMark standing={isDraft ? "attention" : data.state === "published" ? "fine" : "closed"}>
          {t.maybe(`state.${data.state}`)}
        </StateMark>
      }
      {...(draft.isDirty || draft.busy ? {} : { live })}
      onRefresh={refresh}
      primary={
        mayEdit && (
          <>
            {draft.undo && <Button onClick={draft.undo}>{t("undo")}</Button>}
            <Button
              type="primary"
              loading={draft.busy}
              disabled={!draft.isDirty || draft.isBehind || (isFresh && mistakes.length > 0)}
              onClick={() => void draft.save()}
            >
              {t("save")}
            </Button>
          </>
        )
      }
    >
      {mayEdit && !md && <Notice>{t("small.screen")}</Notice>}
      {mayEdit && <Notices draft={draft} />}
      <div className={styles.bar}>
        <Segmented<View>
          aria-label={t("view")}
          value={view}
          onChange={setView}
          options={(["form", "document", "changes"] as const).map((one) => ({
            value: one,
            label: t(`view.${one}`),
          }))}
        />
        <div className={styles.day}>
          <label htmlFor="in-force">{t("in.force")}</label>
          {isReading ? (
            <span>{draft.inForceFrom}</span>
          ) : (
            <DayInput id="in-force" value={draft.inForceFrom} onChange={(day) => day && draft.startOn(day)} />
          )}
        </div>
        {mayEdit && <Verdict failed={error !== null} fresh={isFresh} count={mistakes.length} />}
      </div>
      {isFresh && <Mistakes mistakes={mistakes} />}
      {view === "form" && <Form draft={draft} readOnly={isReading} mistakes={isFresh ? mistakes : []} />}
      {view === "document" && (
        <Input.TextArea
          aria-label={t("view.document")}
          className={styles.document ?? ""}
          value={draft.document}
          readOnly={isReading}
          spellCheck={false}
          rows={32}
          onChange={(event) => draft.write(event.target.value)}
        />
      )}
      {view === "changes" && <Changes version={version} draft={draft} />}
    </Page>
  );
}

function Verdict({ failed, fresh, count }: { failed: boolean; fresh: boolean; count: number }) {
  const t = useTexts(texts);
  const told = failed
    ? t("check.failed")
    : !fresh
      ? t("check.running")
      : count === 0
        ? t("check.fine")
        : t("check.mistakes", { count });
  return (
    <span className={styles.verdict} role="status">
      {told}
    </span>
  );
}

function Mistakes({ mistakes }: { mistakes: readonly TermsMistake[] }) {
  const t = useTexts(texts);
  if (mistakes.length === 0) return null;
  return (
    <ul className={styles.mistakes} aria-label={t("mistakes")}>
      {mistakes.map((mistake) => (
        <li key={`${mistake.path} ${mistake.message}`}>
          {mistake.path && <code>{mistake.path}</code>}
          {mistake.line > 0 && <code>{t("line", { line: mistake.line })}</code>} {said(mistake)}
        </li>
      ))}
    </ul>
  );
}

function Form({
  draft,
  readOnly,
  mistakes,
}: {
  draft: TermsDraft;
  readOnly: boolean;
  mistakes: Writing["mistakes"];
}) {
  const t = useTexts(texts);
  const { written, document, put, swap } = draft;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what writes is new each time and the same
  const writing = useMemo<Writing | null>(
    () => written && { written, text: document, put, swap, mistakes, readOnly },
    [written, document, mistakes, readOnly],
  );
  if (writing === null) return <Notice kind="attention">{t("no.form")}</Notice>;
  return (
    <WritingContext.Provider value={writing}>
      <div className={styles.sections}>
        <section className={styles.section} aria-label={t("section.programme")}>
          <h2>{t("section.programme")}</h2>
          <p className={styles.help}>{t("help.programme")}</p>
          <Fields path={["programme"]} fixed={HEAD} further={HEAD_FURTHER} />
          <Rest path={["programme"]} known={[...HEAD, ...HEAD_FURTHER].map((field) => field.key)} />
        </section>
        <Entries name="rates" />
        <Entries name="waivers" />
        <Entries name="caps" />
        <Entries name="minimums" />
        <Allocation />
        <Rest path={[]} known={TOP} />
      </div>
    </WritingContext.Provider>
  );
}

function Notices({ draft }: { draft: TermsDraft }) {
  const t = useTexts(texts);
  if (draft.isBehind) {
    return (
      <Notice
        kind="attention"
        alert
        action={
          <>
            <Button size="small" onClick={draft.takeTheirs}>
              {t("take.theirs")}
            </Button>
            <Button size="small" onClick={draft.keepMine}>
              {t("keep.mine")}
            </Button>
          </>
        }
      >
        {t("behind")}
      </Notice>
    );
  }
  if (draft.problem?.code === "network") {
    return (
      <Notice kind="attention" alert>
        {t("offline")}
      </Notice>
    );
  }
  return (
    <>
      {draft.isRestored && (
        <Notice
          action={
            <Button size="small" onClick={draft.takeTheirs}>
              {t("discard")}
            </Button>
          }
        >
          {t("restored")}
        </Notice>
      )}
      <FormProblem
        problem={draft.problem}
        others={(draft.problem?.errors ?? []).map((error) => error.message)}
      />
    </>
  );
}

/** In what the terms as they are written differ from those in force, before anybody publishes them. */
function Changes({ version, draft }: { version: Version; draft: TermsDraft }) {
  const t = useTexts(texts);
  const { checked, error, isFresh } = useCheck(version.data.programme_id, draft, true);
  if (error) return <Failure error={error} />;
  if (!isFresh || checked === undefined) return <p>{t("check.running")}</p>;
  if (checked.mistakes.length > 0) return <p>{t("changes.mistakes")}</p>;
  return (
    <section className={styles.section} aria-label={t("view.changes")}>
      <h2>
        {checked.against
          ? t("changes.against", { number: checked.against.number, day: checked.against.in_force_from })
          : t("changes.first")}
      </h2>
      {checked.against && <Told differences={checked.differences} />}
      {draft.isDirty ? (
        <p className={styles.help}>{t("changes.unsaved")}</p>
      ) : (
        <Publication version={version.data} />
      )}
    </section>
  );
}

function useProgramme(id: string): Programme | undefined {
  return useQuery({
    queryKey: keys.object("/api/v1/programmes", id),
    queryFn: () =>
      take(
        api.GET("/api/v1/programmes/{programme_id}", { params: { path: { programme_id: id } } }),
      ) as Promise<Programme>,
  }).data;
}
