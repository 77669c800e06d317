import { Button, Form, Input } from "antd";
import { useState } from "react";
import { asProblem } from "@/shared/api";
import { confirmWithPasskey, giveCode, wasCancelled } from "@/shared/auth";
import { useTexts } from "@/shared/i18n";
import { Notice, useWhatToDo } from "@/shared/ui";
import { KeyOutlined } from "@/shared/ui/icons";
import styles from "./sign-in.module.css";
import { texts } from "./texts.ts";

interface SecondProps {
  types: readonly string[];
  onDone: () => void;
  onRestart: () => void;
}

/** The second step: a code from an app, a recovery code, or a passkey. */
export function SecondFactor({ types, onDone, onRestart }: SecondProps) {
  const t = useTexts(texts);
  const hasApp = types.includes("totp");
  const [isRecovery, setRecovery] = useState(!hasApp && types.includes("recovery_codes"));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ReturnType<typeof asProblem> | null>(null);
  const other = useWhatToDo(problem);

  const attempt = async (act: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    try {
      await act();
      onDone();
    } catch (error) {
      if (!wasCancelled(error)) setProblem(asProblem(error));
      setBusy(false);
    }
  };

  const asksCode = hasApp || types.includes("recovery_codes");
  return (
    <>
      {asksCode && <p className={styles.lead}>{isRecovery ? t("second.recovery") : t("second.app")}</p>}
      {problem && (
        <Notice kind="overdue" alert>
          {problem.status === 400 ? t("second.wrong") : other}
        </Notice>
      )}
      {asksCode && (
        <Form<{ code: string }>
          key={String(isRecovery)}
          layout="vertical"
          requiredMark={false}
          onFinish={({ code }) => void attempt(() => giveCode(code.replaceAll(/\s/g, "")))}
        >
          <Form.Item
            name="code"
            label={isRecovery ? t("second.recovery.code") : t("second.code")}
            rules={[{ required: true, message: t("second.code.missing") }]}
          >
            <Input
              className={styles.code ?? ""}
              size="large"
              autoFocus
              autoComplete="one-time-code"
              inputMode={isRecovery ? "text" : "numeric"}
              maxLength={24}
            />
          </Form.Item>
          <Button type="primary" htmlType="submit" size="large" block loading={busy}>
            {t("second.submit")}
          </Button>
        </Form>
      )}
      {types.includes("webauthn") && (
        <>
          {asksCode && <div className={styles.or}>{t("or")}</div>}
          <Button
            size="large"
            block
            icon={<KeyOutlined />}
            disabled={busy}
            onClick={() => void attempt(confirmWithPasskey)}
          >
            {t("second.use.passkey")}
          </Button>
        </>
      )}
      <div className={styles.below}>
        {hasApp && types.includes("recovery_codes") && (
          <Button type="link" size="small" style={{ padding: 0 }} onClick={() => setRecovery(!isRecovery)}>
            {isRecovery ? t("second.use.app") : t("second.use.recovery")}
          </Button>
        )}
        <Button type="link" size="small" style={{ padding: 0 }} onClick={onRestart}>
          {t("second.restart")}
        </Button>
      </div>
    </>
  );
}
