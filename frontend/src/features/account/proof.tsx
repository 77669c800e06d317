import { Button, Form, Input, Modal } from "antd";
import { type ReactNode, useCallback, useRef, useState } from "react";
import {
  type Flow,
  NextStep,
  proveByCode,
  proveByPassword,
  proveWithPasskey,
  wasCancelled,
} from "@/shared/auth";
import { useTexts } from "@/shared/i18n";
import { Notice } from "@/shared/ui";
import { KeyOutlined } from "@/shared/ui/icons";
import styles from "./account.module.css";
import { texts } from "./texts.ts";

/** The person closed the dialogue instead of proving anything. */
export class NotProved extends Error {}

interface Asked {
  flows: readonly Flow[];
  resolve: () => void;
  reject: (error: Error) => void;
}

/**
 * Repeats what was refused for want of a fresh proof once the person has given one. Returns the function that wraps an
 * action, and the dialogue to be put on the page.
 */
export function useProof(): [<Result>(action: () => Promise<Result>) => Promise<Result>, ReactNode] {
  const [asked, setAsked] = useState<Asked | null>(null);
  const waiting = useRef<Promise<void> | null>(null);
  const withProof = useCallback(async <Result,>(action: () => Promise<Result>): Promise<Result> => {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof NextStep) || !error.wantsProof) throw error;
      waiting.current ??= new Promise<void>((resolve, reject) =>
        setAsked({ flows: error.flows, resolve, reject }),
      );
      try {
        await waiting.current;
      } finally {
        waiting.current = null;
        setAsked(null);
      }
      return await action();
    }
  }, []);
  return [withProof, <ProofDialogue key="proof" asked={asked} />];
}

function ProofDialogue({ asked }: { asked: Asked | null }) {
  const t = useTexts(texts);
  const [isWrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const types = asked?.flows.find((flow) => flow.id === "mfa_reauthenticate")?.types ?? [];
  const takesPassword = asked?.flows.some((flow) => flow.id === "reauthenticate") ?? false;
  const takesCode = types.includes("totp") || types.includes("recovery_codes");

  const attempt = async (act: () => Promise<unknown>) => {
    setBusy(true);
    setWrong(false);
    try {
      await act();
      asked?.resolve();
    } catch (error) {
      setWrong(!wasCancelled(error));
    } finally {
      setBusy(false);
    }
  };
  const finish = ({ password, code }: { password?: string; code?: string }) => {
    if (code) void attempt(() => proveByCode(code.replaceAll(/\s/g, "")));
    else if (password) void attempt(() => proveByPassword(password));
  };
  return (
    <Modal
      open={asked !== null}
      title={t("proof.title")}
      footer={null}
      destroyOnHidden
      width={420}
      onCancel={() => asked?.reject(new NotProved())}
    >
      <p className={styles.note}>{t("proof.text")}</p>
      {isWrong && (
        <Notice kind="overdue" alert>
          {t("proof.wrong")}
        </Notice>
      )}
      <Form layout="vertical" requiredMark={false} onFinish={finish}>
        {takesPassword && (
          <Form.Item name="password" label={t("proof.password")}>
            <Input.Password autoComplete="current-password" autoFocus />
          </Form.Item>
        )}
        {takesCode && (
          <Form.Item name="code" label={t("proof.code")}>
            <Input autoComplete="one-time-code" autoFocus={!takesPassword} />
          </Form.Item>
        )}
        <div className={styles.row}>
          {(takesPassword || takesCode) && (
            <Button type="primary" htmlType="submit" loading={busy}>
              {t("proof.submit")}
            </Button>
          )}
          {types.includes("webauthn") && (
            <Button icon={<KeyOutlined />} onClick={() => void attempt(proveWithPasskey)}>
              {t("proof.passkey")}
            </Button>
          )}
        </div>
      </Form>
    </Modal>
  );
}
