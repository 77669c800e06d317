import { App, Input } from "antd";
import { asProblem } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { texts } from "./texts.ts";

type End = (urgentReason?: string) => Promise<unknown>;

/**
 * Ends a seat or role. Where a decision of two people would lose its second one, somebody else is to be given the role
 * first; access that has to be withdrawn now is, once it is said why. Says whether it was ended.
 */
export function useEnding(): (end: End) => Promise<boolean> {
  const t = useTexts(texts);
  const { modal } = App.useApp();
  return async (end) => {
    try {
      await end();
      return true;
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code !== "second_person_missing") throw error;
      let reason = "";
      const question = modal.confirm({
        title: t("urgent.title"),
        width: 520,
        content: (
          <>
            <p>{t("urgent.text")}</p>
            <label htmlFor="urgent-reason">{t("urgent.reason")}</label>
            <Input.TextArea
              id="urgent-reason"
              rows={3}
              maxLength={500}
              onChange={(event) => {
                reason = event.target.value.trim();
                question.update({ okButtonProps: { danger: true, disabled: reason === "" } });
              }}
            />
          </>
        ),
        okText: t("urgent.submit"),
        okButtonProps: { danger: true, disabled: true },
      });
      if (!(await question)) return false;
      await end(reason);
      return true;
    }
  };
}
