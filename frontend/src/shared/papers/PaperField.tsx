import { useQueryClient } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";
import { asProblem, keys, type Problem, useIntention } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { useWhatToDo } from "@/shared/ui/States";
import { FilePicker } from "./Picker.tsx";
import styles from "./papers.module.css";
import { hangPaper, PATH, signs, usePapers } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  subjectType: string;
  subjectId: string;
  /** What a file is called that is attached here. */
  title: string;
  value?: string;
  onChange?: (id: string | undefined) => void;
  id?: string;
}

/** One paper of a thing: chosen among those that hang on it, or attached here and now. */
export function PaperField({ subjectType, subjectId, title, value, onChange, id }: Props) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const client = useQueryClient();
  const papers = usePapers(subjectType, subjectId);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const whatToDo = useWhatToDo(problem);
  const intention = useIntention();
  const attach = async (file: File) => {
    setBusy(true);
    setProblem(null);
    try {
      const paper = await hangPaper(
        { subjectType, subjectId, title, file },
        intention.keyFor(signs(title, file)),
      );
      intention.done();
      await client.invalidateQueries({ queryKey: keys.lists(PATH) });
      onChange?.(paper.id);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const rows = papers.data?.items ?? [];
  return (
    <div className={styles.field}>
      <Select
        {...(id === undefined ? {} : { id })}
        {...(value === undefined ? {} : { value })}
        onChange={(chosen: string | undefined) => onChange?.(chosen)}
        allowClear
        loading={papers.isPending}
        placeholder={rows.length > 0 ? t("paper.choose") : t("paper.none")}
        options={rows.map((paper) => ({ value: paper.id, label: `${spoken(paper.title)} (${paper.name})` }))}
      />
      <FilePicker onPick={(file) => void attach(file)} label={t("paper.attach")} busy={busy} />
      {problem && (
        <p className={styles.problem} role="alert">
          {problem.errors[0]?.message ?? whatToDo}
        </p>
      )}
    </div>
  );
}
