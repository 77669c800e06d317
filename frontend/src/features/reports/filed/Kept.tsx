import { Button } from "antd";
import { asProblem, useRoles } from "@/shared/api";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { Failure, FailureLine, Notice, StateMark } from "@/shared/ui";
import { useTold } from "@/shared/ui/told";
import { useFilesCheck } from "../queries.ts";
import styles from "../reports.module.css";
import { texts as filedTexts } from "./texts.ts";

/** Whether what is kept is still what was filed: its files are read whole, so only when somebody wants to know. */
export function Kept({ id }: { id: string }) {
  const f = useTexts(filedTexts);
  const whatToDo = useWhatToDoAboutFiles();
  const found = useFilesCheck(id);
  const check = () => void found.refetch();
  if (found.isError && !found.isFetching) {
    return <FailureLine what={f("check.kept.failed")} error={found.error} retry={check} />;
  }
  return (
    <span className={styles.row}>
      {found.data && (
        <span>
          <StateMark standing={found.data.is_as_filed ? "fine" : "overdue"}>
            {f(found.data.is_as_filed ? "check.kept" : "check.kept.no")}
          </StateMark>{" "}
          {found.data.is_as_filed ? f("check.kept.text") : whatToDo} · {f("check.kept.at")}{" "}
          <Instant at={found.data.checked_at} />
        </span>
      )}
      <Button size="small" loading={found.isFetching} onClick={check}>
        {f(found.data ? "check.kept.again" : "check.kept.do")}
      </Button>
    </span>
  );
}

/** In place of what would have been read from files that are not what was filed. */
export function NotAsFiled({ beside = false }: { beside?: boolean }) {
  const f = useTexts(filedTexts);
  const whatToDo = useWhatToDoAboutFiles();
  return (
    <Notice kind="overdue" alert>
      <strong>{f(beside ? "check.kept.either" : "check.kept.no")}</strong> {whatToDo}
    </Notice>
  );
}

interface FiledFailureProps {
  error: unknown;
  retry: () => void;
  /** Whether the files of the report before were read as well. */
  beside?: boolean;
}

/** Why something of a report could not be read: its files were changed, or the usual reasons. */
export function FiledFailure({ error, retry, beside = false }: FiledFailureProps) {
  useTold(error);
  if (asProblem(error).code === "report_not_as_filed") return <NotAsFiled beside={beside} />;
  return <Failure error={error} retry={retry} />;
}

function useWhatToDoAboutFiles(): string {
  const f = useTexts(filedTexts);
  return f(useRoles().has("finance") ? "check.kept.no.finance" : "check.kept.no.text");
}
