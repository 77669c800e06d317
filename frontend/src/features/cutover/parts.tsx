import { Upload } from "antd";
import type { Problem, RejectedCell } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { FigureTable } from "@/shared/royalties";
import { FormProblem, Notice } from "@/shared/ui";
import styles from "./cutover.module.css";
import { texts } from "./texts/index.ts";

const SHOWN = 200;

interface DropProps {
  id: string;
  label: string;
  accept: string;
  several?: boolean;
  chosen: readonly File[];
  onChoose: (files: File[]) => void;
}

/** Where files of the old workbook are put. */
export function Drop({ id, label, accept, several = false, chosen, onChoose }: DropProps) {
  return (
    <Upload.Dragger
      id={id}
      accept={accept}
      multiple={several}
      showUploadList={false}
      beforeUpload={(file, all) => {
        // Each file of a batch is told by itself: the batch is taken once, with its last.
        if (file === all.at(-1)) onChoose(several ? [...all] : [file]);
        return false;
      }}
    >
      <p className={styles.drop}>{chosen.length > 0 ? chosen.map(({ name }) => name).join(", ") : label}</p>
    </Upload.Dragger>
  );
}

/** What kept files from being taken: every cell that is wrong, by its place. */
export function Refusal({ problem }: { problem: Problem | null }) {
  const t = useTexts(texts);
  if (problem === null) return null;
  if (problem.rejected.length === 0) {
    return <FormProblem problem={problem} others={problem.errors.map(({ message }) => message)} />;
  }
  return (
    <>
      <Notice kind="overdue" alert>
        <p>{t("rejected", { count: problem.rejected.length })}</p>
      </Notice>
      <FigureTable label={t("rejected.label")}>
        <thead>
          <tr>
            <th scope="col">{t("rejected.place")}</th>
            <th scope="col">{t("rejected.column")}</th>
            <th scope="col">{t("rejected.found")}</th>
            <th scope="col">{t("rejected.why")}</th>
          </tr>
        </thead>
        <tbody>
          {problem.rejected.slice(0, SHOWN).map((cell) => (
            <tr key={`${cell.file} ${cell.sheet} ${cell.line} ${cell.column} ${cell.code}`}>
              <th scope="row">
                <Place cell={cell} />
              </th>
              <td>{cell.column ? t.maybe(`column.${cell.column}`, {}, cell.column) : "–"}</td>
              <td>{cell.value || "–"}</td>
              <td>{t.maybe(`mistake.${cell.code}`, {}, cell.message)}</td>
            </tr>
          ))}
        </tbody>
      </FigureTable>
    </>
  );
}

function Place({ cell }: { cell: RejectedCell }) {
  const t = useTexts(texts);
  const table = cell.sheet || cell.file;
  return <>{cell.line > 0 ? t("rejected.row", { table, line: cell.line }) : table}</>;
}
