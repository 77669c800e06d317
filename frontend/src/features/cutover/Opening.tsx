import { useQuery } from "@tanstack/react-query";
import { App, Button, Drawer } from "antd";
import { useState } from "react";
import {
  asProblem,
  keys,
  newKey,
  type OpeningDifference,
  type Opening as OpeningRow,
  type Problem,
  request,
  useIntention,
  type WholeCutover,
  type WholeOpening,
} from "@/shared/api";
import { Amount, Figure, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useLanguage, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { FigureTable } from "@/shared/royalties";
import { downloadFile, ListTable } from "@/shared/table";
import {
  ActionForm,
  Empty,
  Facts,
  Notice,
  Panel,
  ReasonField,
  Skeleton,
  type Standing,
  StateMark,
  StepButton,
} from "@/shared/ui";
import styles from "./cutover.module.css";
import { Figures } from "./ParallelRun.tsx";
import { Drop, Refusal } from "./parts.tsx";
import { bringOpening, OPENING, OPENING_DIFFERENCES, OPENINGS, useRefresh } from "./queries.ts";
import { texts } from "./texts/index.ts";

const STANDINGS: Record<string, Standing> = {
  previewed: "attention",
  booked: "fine",
  superseded: "closed",
  undone: "overdue",
};

/** What is carried over on the cut-over day: brought as files, tied, confirmed by another person, undone whole. */
export function Opening({ cutover }: { cutover: WholeCutover }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const { message } = App.useApp();
  const latest = useQuery({
    queryKey: keys.list(OPENINGS, { cutover: cutover.id }),
    queryFn: ({ signal }) =>
      request<{ items: OpeningRow[] }>("GET", OPENINGS, { query: { cutover: cutover.id }, signal }),
  });
  const current = latest.data?.items[0];
  const isBooked = current?.state === "booked";
  const template = async () => {
    const asked = { language: language === "en" ? "en" : "zh" };
    try {
      await downloadFile("/api/v1/cutover-template", asked, t("template.file"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  return (
    <>
      <p>{t("opening.text")}</p>
      <div className={styles.buttons}>
        <Button onClick={() => void template()}>{t("template")}</Button>
      </div>
      {!isBooked && cutover.allowed_steps.includes("preview") && <Bring cutover={cutover} />}
      {latest.isPending ? (
        <Skeleton />
      ) : current ? (
        <Current id={current.id} />
      ) : (
        <Empty title={t("opening.none")}>{t("opening.none.text")}</Empty>
      )}
    </>
  );
}

function Bring({ cutover }: { cutover: WholeCutover }) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const refresh = useRefresh();
  const intention = useIntention();
  const [files, setFiles] = useState<File[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const bring = async (chosen: File[]) => {
    setFiles(chosen);
    setProblem(null);
    setBusy(true);
    try {
      const key = intention.keyFor(chosen.map(({ name, size, lastModified }) => [name, size, lastModified]));
      await bringOpening(cutover.id, chosen, key);
      intention.done();
      void message.success(t("bring.done"));
      await refresh();
    } catch (error) {
      intention.done();
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  return (
    <div aria-busy={busy}>
      <Drop
        id="opening-files"
        label={t("bring")}
        accept=".xlsx,.xls,.csv"
        several
        chosen={files}
        onChoose={(chosen) => void bring(chosen)}
      />
      <div className={styles.part}>
        <Refusal problem={problem} />
      </div>
    </div>
  );
}

function Current({ id }: { id: string }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [isUndoing, setUndoing] = useState(false);
  const found = useQuery({
    queryKey: keys.object(OPENINGS, id),
    queryFn: ({ signal }) => request<WholeOpening>("GET", `${OPENINGS}/${id}`, { signal }),
  });
  const opening = found.data;
  if (!opening) return <Skeleton />;
  const confirm = async () => {
    try {
      await request("POST", `${OPENINGS}/${id}/confirmation`, {
        body: { sha256: opening.sha256 },
        key: newKey(),
      });
      void message.success(t("book.done"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  const mayBook = opening.allowed_steps.includes("book");
  return (
    <section className={styles.part} aria-label={t("preview")}>
      <h2>
        {t("preview.number", { number: opening.number })}{" "}
        <StateMark standing={STANDINGS[opening.state ?? ""] ?? "attention"}>
          {t.maybe(`opening.${opening.state}`)}
        </StateMark>
      </h2>
      {opening.state === "previewed" && (
        <Notice kind={opening.hindering > 0 ? "overdue" : "attention"}>
          {opening.hindering > 0
            ? t("hindering", { count: opening.hindering })
            : t(mayBook ? "book.now" : "book.waits")}
        </Notice>
      )}
      <div className={styles.buttons}>
        {mayBook && (
          <StepButton
            label={t("book")}
            onTake={confirm}
            confirm={{ title: t("book.title"), text: t("book.text") }}
          />
        )}
        {opening.allowed_steps.includes("undo") && (
          <Button danger onClick={() => setUndoing(true)}>
            {t("undo")}
          </Button>
        )}
      </div>
      <Facts
        facts={[
          {
            key: "by",
            label: t("brought.by"),
            value: spoken(opening.previewed_by),
            note: <Instant at={opening.previewed_at} />,
          },
          { key: "confirmed", label: t("confirmed.by"), value: spoken(opening.confirmed_by) || "–" },
          ...(opening.undone_at
            ? [
                {
                  key: "undone",
                  label: t("undone.by"),
                  value: spoken(opening.undone_by),
                  note: opening.reason,
                },
              ]
            : []),
        ]}
      />
      <Tables opening={opening} />
      <ListTable<OpeningDifference>
        inner
        path={OPENING_DIFFERENCES}
        fixed={{ opening: id }}
        caption={t("ties")}
        defaultOrder="position"
        nameOf={(row) => t.maybe(`tie.${row.tie}`)}
        empty={<Empty title={t("ties.none")}>{t("ties.none.text")}</Empty>}
        columns={[
          { key: "tie", title: t("tie"), main: true, render: (row) => t.maybe(`tie.${row.tie}`) },
          {
            key: "name",
            title: t("name"),
            render: (row) => <Of row={row} />,
          },
          { key: "cause", title: t("cause"), render: (row) => t.maybe(`cause.${row.cause}`) },
          {
            key: "left",
            title: t("left"),
            numeric: true,
            render: (row) => <Value row={row} of={row.left_minor} />,
          },
          {
            key: "right",
            title: t("right"),
            numeric: true,
            render: (row) => <Value row={row} of={row.right_minor} />,
          },
          {
            key: "amount",
            title: t("difference"),
            numeric: true,
            render: (row) => <Value row={row} of={row.amount_minor} signed />,
          },
          {
            key: "facts",
            title: t("facts"),
            render: (row) => <Figures facts={row.facts as Readonly<Record<string, string>>} />,
          },
          {
            key: "hinders",
            title: t("state"),
            render: (row) => (
              <StateMark standing={row.hinders ? "overdue" : "attention"}>
                {t(row.hinders ? "hinders" : "harmless")}
              </StateMark>
            ),
          },
        ]}
      />
      <Panel title={t("history")}>
        <HistoryTab subjectType={OPENING} subjectId={id} />
      </Panel>
      <Drawer open={isUndoing} onClose={() => setUndoing(false)} title={t("undo")} size={520} destroyOnHidden>
        <p>{t("undo.text")}</p>
        <ActionForm<{ reason: string }>
          submit={t("undo")}
          danger
          onCancel={() => setUndoing(false)}
          send={async (body, key) => {
            await request("POST", `${OPENINGS}/${id}/undoing`, { body, key });
            await refresh();
          }}
          onDone={() => {
            void message.success(t("undo.done"));
            setUndoing(false);
          }}
        >
          <ReasonField help={t("undo.help")} needed={t("reason.needed")} />
        </ActionForm>
      </Drawer>
    </section>
  );
}

/** What each table has, and the files it was read from. */
function Tables({ opening }: { opening: WholeOpening }) {
  const t = useTexts(texts);
  return (
    <>
      <FigureTable label={t("tables")}>
        <thead>
          <tr>
            <th scope="col">{t("table")}</th>
            <th scope="col" data-numeric>
              {t("rows")}
            </th>
            <th scope="col" data-numeric>
              {t("total")}
            </th>
          </tr>
        </thead>
        <tbody>
          {opening.totals.map((total) => (
            <tr key={total.table}>
              <th scope="row">{t.maybe(`table.${total.table}`)}</th>
              <td data-numeric>
                <Figure value={total.rows} />
              </td>
              <td data-numeric>
                {total.amount_minor === null ? (
                  "–"
                ) : (
                  <Amount minor={total.amount_minor} currency={opening.currency} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </FigureTable>
      <p className={styles.files}>
        {t("files")}{" "}
        {opening.files.map((file, place) => (
          <span key={file.id}>
            {place > 0 && ", "}
            <a href={`/api/v1/opening-files/${file.id}`} download>
              {file.name}
            </a>
          </span>
        ))}
      </p>
    </>
  );
}

/** What a figure is of: a purpose, an account, or whoever the tables name. */
function Of({ row }: { row: OpeningDifference }) {
  const t = useTexts(texts);
  const name = row.name || "–";
  if (row.tie === "rest") return <>{t.maybe(`purpose.${row.name}`, {}, name)}</>;
  if (row.tie === "account") return <>{t.maybe(`tie.${row.name}`, {}, name)}</>;
  return <>{name}</>;
}

function Value({
  row,
  of,
  signed = false,
}: {
  row: OpeningDifference;
  of: number | null | undefined;
  signed?: boolean;
}) {
  if (of == null) return <>–</>;
  return row.currency ? <Amount minor={of} currency={row.currency} signed={signed} /> : <Figure value={of} />;
}
