import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { asProblem, keys, type Problem } from "@/shared/api";
import {
  goToProvider,
  hasPasskeys,
  NextStep,
  signIn,
  signInState,
  signInWithPasskey,
  wasCancelled,
} from "@/shared/auth";
import { useTexts } from "@/shared/i18n";
import { Frame } from "@/shared/outside";
import { Notice, useWhatToDo } from "@/shared/ui";
import { KeyOutlined } from "@/shared/ui/icons";
import { safeNext } from "./next.ts";
import { SecondFactor } from "./SecondFactor.tsx";
import styles from "./sign-in.module.css";
import { texts } from "./texts.ts";

/** Sign-in with a passkey, or with address and password and then a second factor. */
export function SignIn() {
  const t = useTexts(texts);
  const search = useSearch({ strict: false }) as { next?: string; error?: string };
  const [types, setTypes] = useState<readonly string[] | null>(null);
  const next = safeNext(search.next);
  // A new document, so that nothing of an earlier session is left in this tab.
  const enter = () => location.assign(next);
  const state = useQuery({ queryKey: keys.session(), queryFn: signInState, staleTime: 0, retry: false });
  const isSignedIn = state.data?.isSignedIn ?? false;
  useEffect(() => {
    if (isSignedIn) location.replace(next);
  }, [isSignedIn, next]);
  if (types !== null) {
    return (
      <Frame title={t("second.title")}>
        <SecondFactor types={types} onDone={enter} onRestart={() => setTypes(null)} />
      </Frame>
    );
  }
  return (
    <Frame title={t("title")} lead={t("lead")}>
      {search.error && (
        <Notice kind="overdue" alert>
          {t("provider.failed")}
        </Notice>
      )}
      <FirstFactor onDone={enter} onSecond={setTypes} providers={state.data?.providers ?? []} />
    </Frame>
  );
}

interface FirstProps {
  onDone: () => void;
  onSecond: (types: readonly string[]) => void;
  providers: readonly { id: string; name: string }[];
}

function FirstFactor({ onDone, onSecond, providers }: FirstProps) {
  const t = useTexts(texts);
  const [busy, setBusy] = useState<"password" | "passkey" | null>(null);
  const [said, setSaid] = useState<{ problem: Problem } | "passkey" | null>(null);

  const attempt = async (how: "password" | "passkey", act: () => Promise<unknown>) => {
    setBusy(how);
    setSaid(null);
    try {
      await act();
      onDone();
    } catch (error) {
      if (error instanceof NextStep && error.wantsSecondFactor) {
        onSecond(error.flow("mfa_authenticate")?.types ?? ["totp"]);
        return;
      }
      if (how === "passkey") setSaid(wasCancelled(error) ? null : "passkey");
      else setSaid({ problem: asProblem(error) });
      setBusy(null);
    }
  };

  return (
    <>
      {said === "passkey" && (
        <Notice kind="overdue" alert>
          {t("passkey.failed")}
        </Notice>
      )}
      {said !== null && said !== "passkey" && <WhyNot problem={said.problem} />}
      <Form<{ email: string; password: string }>
        layout="vertical"
        requiredMark={false}
        onFinish={(given) => void attempt("password", () => signIn({ ...given, email: given.email.trim() }))}
      >
        <Form.Item name="email" label={t("email")} rules={[{ required: true, message: t("email.wrong") }]}>
          <Input type="email" autoComplete="username webauthn" autoFocus size="large" maxLength={254} />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("password")}
          rules={[{ required: true, message: t("password.missing") }]}
        >
          <Input.Password autoComplete="current-password" size="large" maxLength={256} />
        </Form.Item>
        <Button type="primary" htmlType="submit" size="large" block loading={busy === "password"}>
          {t("submit")}
        </Button>
      </Form>
      {(hasPasskeys() || providers.length > 0) && <div className={styles.or}>{t("or")}</div>}
      {providers.map(({ id }) => (
        <Button
          key={id}
          size="large"
          block
          className={styles.provider ?? ""}
          onClick={() => goToProvider(id)}
        >
          {t("provider.use", { name: t("provider.name") })}
        </Button>
      ))}
      {hasPasskeys() && (
        <Button
          size="large"
          block
          icon={<KeyOutlined />}
          loading={busy === "passkey"}
          onClick={() => void attempt("passkey", signInWithPasskey)}
        >
          {t("passkey")}
        </Button>
      )}
      <div className={styles.below}>
        <Link to="/sign-in/reset">{t("forgotten")}</Link>
        <Link to={"/asking" as never}>{t("lists")}</Link>
      </div>
    </>
  );
}

/** Says why a sign-in was refused, and never which part of it was wrong. */
function WhyNot({ problem }: { problem: Problem }) {
  const t = useTexts(texts);
  const other = useWhatToDo(problem);
  const text =
    problem.status === 429
      ? t("busy", { minutes: Math.max(1, Math.ceil((problem.retryAfter ?? 300) / 60)) })
      : problem.status === 400
        ? t("wrong")
        : other;
  return (
    <Notice kind="overdue" alert>
      {text}
    </Notice>
  );
}
