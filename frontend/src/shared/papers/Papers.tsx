import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { asProblem, keys, useIntention } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { downloadFile } from "@/shared/table";
import { ActionForm, Empty, Failure, Skeleton } from "@/shared/ui";
import { DownloadOutlined } from "@/shared/ui/icons";
import { FilePicker } from "./Picker.tsx";
import styles from "./papers.module.css";
import { hangPaper, PATH, type Paper, signs, usePapers } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  subjectType: string;
  subjectId: string;
  /** Whether attaching is offered; the server has the last word. */
  mayAttach?: boolean;
}

/** The papers of a thing: read, and attached by who may. */
export function Papers({ subjectType, subjectId, mayAttach = false }: Props) {
  const t = useTexts(texts);
  const [isAttaching, setAttaching] = useState(false);
  const papers = usePapers(subjectType, subjectId);
  if (papers.isError) return <Failure error={papers.error} retry={() => void papers.refetch()} />;
  if (papers.data === undefined) return <Skeleton height={120} />;
  const attach = mayAttach && <Button onClick={() => setAttaching(true)}>{t("paper.attach")}</Button>;
  return (
    <>
      {papers.data.items.length === 0 ? (
        <Empty title={t("papers.none")} action={attach}>
          {mayAttach ? t("papers.none.text") : t("papers.none.read")}
        </Empty>
      ) : (
        <>
          {attach && <div className={styles.tools}>{attach}</div>}
          <ul className={styles.papers} aria-label={t("papers")}>
            {papers.data.items.map((paper) => (
              <PaperLine key={paper.id} paper={paper} />
            ))}
          </ul>
        </>
      )}
      <Modal
        open={isAttaching}
        title={t("paper.attach")}
        footer={null}
        destroyOnHidden
        onCancel={() => setAttaching(false)}
      >
        <AttachForm subjectType={subjectType} subjectId={subjectId} onClose={() => setAttaching(false)} />
      </Modal>
    </>
  );
}

function PaperLine({ paper }: { paper: Paper }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  return (
    <li>
      <div className={styles.paper}>
        <p className={styles.title}>{spoken(paper.title)}</p>
        <p className={styles.note}>
          {paper.name} · {sizeText(paper.size)} · {spoken(paper.uploaded_by_name ?? t("by.system"))}{" "}
          <Instant at={paper.uploaded_at} />
        </p>
        <p className={styles.note}>
          SHA-256 <code>{paper.sha256}</code>
        </p>
      </div>
      <PaperDownload id={paper.id} name={paper.name} />
    </li>
  );
}

/** Fetches the file of a paper; the reading is logged. */
export function PaperDownload({ id, name, label }: { id: string; name?: string; label?: string }) {
  const w = useTexts(words);
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const fetchIt = async () => {
    setBusy(true);
    try {
      await downloadFile(`${PATH}/${id}/file`, {}, name);
    } catch (error) {
      void message.error(asProblem(error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      size="small"
      icon={<DownloadOutlined aria-hidden />}
      loading={busy}
      aria-label={`${label ?? w("download")}${name ? ` ${name}` : ""}`}
      onClick={() => void fetchIt()}
    >
      {label ?? w("download")}
    </Button>
  );
}

interface Values {
  title: string;
  file: File;
}

function AttachForm({
  subjectType,
  subjectId,
  onClose,
}: {
  subjectType: string;
  subjectId: string;
  onClose: () => void;
}) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const intention = useIntention();
  return (
    <ActionForm<Values>
      submit={t("paper.attach")}
      onCancel={onClose}
      send={async ({ title, file }) => {
        await hangPaper({ subjectType, subjectId, title, file }, intention.keyFor(signs(title, file)));
        intention.done();
        await client.invalidateQueries({ queryKey: keys.lists(PATH) });
      }}
      onDone={() => {
        void message.success(t("paper.attached"));
        onClose();
      }}
    >
      <Form.Item
        name="title"
        label={t("paper.title")}
        extra={t("paper.title.help")}
        rules={[{ required: true, whitespace: true, message: t("paper.title.needed") }]}
      >
        <Input maxLength={200} autoFocus />
      </Form.Item>
      <Form.Item
        name="file"
        label={t("file")}
        extra={t("file.help")}
        rules={[{ required: true, message: t("file.needed") }]}
      >
        <FileField />
      </Form.Item>
    </ActionForm>
  );
}

function FileField({ value, onChange, id }: { value?: File; onChange?: (file: File) => void; id?: string }) {
  return (
    <div className={styles.picked} {...(id === undefined ? {} : { id })}>
      <FilePicker onPick={(file) => onChange?.(file)} />
      {value && (
        <span>
          {value.name} ({sizeText(value.size)})
        </span>
      )}
    </div>
  );
}

/** Writes how large a file is, in the unit that suits it. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [size, unit] = bytes < 1024 ** 2 ? [bytes / 1024, "kB"] : [bytes / 1024 ** 2, "MB"];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
