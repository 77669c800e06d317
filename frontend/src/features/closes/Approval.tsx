import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useState } from "react";
import { asProblem, keys, type Problem, useMe } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { CloseStateMark } from "@/shared/royalties";
import { downloadFile } from "@/shared/table";
import { FormProblem, type MenuAction, Notice, Page } from "@/shared/ui";
import { SheetBody } from "./ApprovalSheet.tsx";
import { stateOf } from "./Approvals.tsx";
import { texts as approvalTexts } from "./approvals/texts.ts";
import { nameOf } from "./columns.tsx";
import { PATH, SHEETS, type Sheet, useApproval } from "./queries.ts";
import { SendBack } from "./SendBack.tsx";
import styles from "./sheet.module.css";
import { takeStep } from "./steps.ts";
import { texts } from "./texts.ts";

/** The approval sheet as a page of its own, for a second person who sees nothing else of the close. */
export function Approval() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const a = useTexts(approvalTexts);
  const me = useMe();
  const spoken = useSpoken();
  const { data: sheet, etag } = useApproval(id).data;
  const { run } = sheet;
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isReturning, setReturning] = useState(false);
  const [busy, setBusy] = useState(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  const { message } = App.useApp();
  const can = new Set(sheet.allowed_steps);

  const approve = async () => {
    setProblem(null);
    setBusy(true);
    try {
      await takeStep("approve", id, etag);
      void message.success(t("done.approve"));
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
    await client.invalidateQueries({ queryKey: keys.object(SHEETS, id) });
    void client.invalidateQueries({ queryKey: keys.lists(SHEETS) });
  };

  const keep = (form: "pdf" | "xlsx", language: string) =>
    void downloadFile(`${PATH}/${id}/sheet/document`, { as: form, language }, `${nameOf(run)}.${form}`).catch(
      (error: unknown) => setProblem(asProblem(error)),
    );
  const menu: MenuAction[] = (["pdf", "xlsx"] as const).flatMap((form) =>
    (["zh", "en"] as const).map((language) => ({
      key: `${form} ${language}`,
      label: t(`sheet.${form}.${language}`),
      onClick: () => keep(form, language),
    })),
  );
  if (can.has("send back")) {
    menu.push({ key: "back", label: t("step.send back"), onClick: () => setReturning(true) });
  }
  const isOwn = run.status === "calculated" && run.calculated_by?.id === me.user;
  return (
    <Page
      title={nameOf(run)}
      subtitle={spoken(run.programme_name)}
      trail={[{ label: a("title"), to: "/approvals" }]}
      id={run.id}
      state={<CloseStateMark run={stateOf(run)} />}
      primary={
        can.has("approve") && (
          <Button type="primary" loading={busy} onClick={() => void approve()}>
            {t("sheet.approve")}
          </Button>
        )
      }
      menu={menu}
    >
      <FormProblem problem={problem} />
      {isOwn && (
        <Notice kind="attention">
          <p>{t("approve.second")}</p>
        </Notice>
      )}
      <div className={styles.page}>
        <SheetBody run={run} sheet={sheet as unknown as Sheet} />
      </div>
      <SendBack
        run={run}
        etag={etag}
        open={isReturning}
        onClose={() => setReturning(false)}
        onSent={() => {
          void client.invalidateQueries({ queryKey: keys.lists(SHEETS) });
          void navigate({ to: "/approvals" });
        }}
      />
    </Page>
  );
}
