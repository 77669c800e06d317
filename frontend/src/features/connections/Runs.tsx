import { Link } from "@tanstack/react-router";
import { Button, Modal } from "antd";
import { useState } from "react";
import type { ConnectionRun } from "@/shared/api";
import { formatNumber, Instant } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { ListTable } from "@/shared/table";
import { Empty } from "@/shared/ui";
import { RunMark } from "./marks.tsx";
import { CONNECTIONS } from "./queries.ts";
import { texts } from "./texts.ts";

const COUNTS = ["asked", "answered", "unchanged", "unknown", "failed"] as const;

/** Each time a connection was asked, with what came of it and why the rest did not. */
export function Runs({ connection }: { connection: string }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const [shown, setShown] = useState<ConnectionRun | null>(null);
  return (
    <>
      <ListTable<ConnectionRun>
        inner
        path={`${CONNECTIONS}/${connection}/runs`}
        caption={t("tab.runs")}
        defaultOrder="-begun"
        nameOf={(row) => row.begun_at}
        empty={<Empty title={t("runs.none")}>{t("runs.none.text")}</Empty>}
        columns={[
          {
            key: "begun",
            title: t("begun"),
            order: "begun",
            main: true,
            render: (row) => <Instant at={row.begun_at} />,
          },
          { key: "state", title: t("result"), render: (row) => <RunMark state={row.state} /> },
          ...COUNTS.map((name) => ({
            key: name,
            title: t(name),
            numeric: true,
            render: (row: ConnectionRun) => formatNumber(row[name] ?? 0, language),
          })),
          {
            key: "imports",
            title: t("came"),
            render: (row) =>
              row.imports.length === 0
                ? "–"
                : row.imports.map((one) => (
                    <div key={one.id}>
                      <Link to={`/imports/${one.id}`}>{one.file_name}</Link>
                    </div>
                  )),
          },
          {
            key: "why",
            title: t("why"),
            render: (row) => (
              <>
                {row.detail}
                {row.notes.length > 0 && (
                  <Button size="small" type="link" onClick={() => setShown(row)}>
                    {t("notes", { count: row.notes.length })}
                  </Button>
                )}
              </>
            ),
          },
          { key: "cause", title: t("cause"), extra: true, render: (row) => t.maybe(`cause.${row.cause}`) },
        ]}
      />
      <Modal
        open={shown !== null}
        title={t("notes.title")}
        footer={null}
        width={640}
        onCancel={() => setShown(null)}
      >
        <ul>
          {shown?.notes.map((note) => (
            <li key={`${note.about} ${note.code}`}>
              <code>{note.about}</code> {note.detail}
            </li>
          ))}
        </ul>
      </Modal>
    </>
  );
}
