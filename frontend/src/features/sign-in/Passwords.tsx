import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { fetchOrProblem, houseHeaders, request } from "@/shared/api";
import { askPasswordReset, checkResetKey, confirmEmail, resetPassword, signInState } from "@/shared/auth";
import { useTexts } from "@/shared/i18n";
import { Frame } from "@/shared/outside";
import { ActionForm, Skeleton } from "@/shared/ui";
import styles from "./sign-in.module.css";
import { texts } from "./texts.ts";

const SHORTEST = 10;

function BackLink() {
  const t = useTexts(texts);
  return (
    <div className={styles.below}>
      <Link to="/sign-in">{t("back")}</Link>
    </div>
  );
}

/** Asks for a message with a link; says the same whether the address is known or not. */
export function ForgottenPassword() {
  const t = useTexts(texts);
  const [sentTo, setSentTo] = useState<string | null>(null);
  if (sentTo !== null) {
    return (
      <Frame title={t("forgotten.sent")} lead={t("forgotten.sent.text", { email: sentTo })}>
        <BackLink />
      </Frame>
    );
  }
  return (
    <Frame title={t("forgotten.title")} lead={t("forgotten.lead")}>
      <ActionForm<{ email: string }>
        requiredMark={false}
        submit={t("forgotten.submit")}
        send={async ({ email }) => {
          await askPasswordReset(email.trim());
          setSentTo(email.trim());
        }}
      >
        <Form.Item
          name="email"
          label={t("email")}
          rules={[{ required: true, type: "email", message: t("email.wrong") }]}
        >
          <Input type="email" autoComplete="username" autoFocus size="large" maxLength={254} />
        </Form.Item>
      </ActionForm>
      <BackLink />
    </Frame>
  );
}

/** The two fields in which a new password is chosen. */
function NewPasswordFields() {
  const t = useTexts(texts);
  return (
    <>
      <Form.Item
        name="password"
        label={t("new_password")}
        rules={[{ required: true, min: SHORTEST, message: t("password.short") }]}
      >
        <Input.Password autoComplete="new-password" size="large" maxLength={256} />
      </Form.Item>
      <Form.Item
        name="repeat"
        label={t("repeat")}
        dependencies={["password"]}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              value === getFieldValue("password")
                ? Promise.resolve()
                : Promise.reject(new Error(t("repeat.wrong"))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" size="large" maxLength={256} />
      </Form.Item>
    </>
  );
}

/** Says that it is done, and leads on to signing in. */
function Finished({ title, lead }: { title: string; lead: string }) {
  const t = useTexts(texts);
  return (
    <Frame title={title} lead={lead}>
      <Link to="/sign-in">
        <Button type="primary" size="large" block tabIndex={-1}>
          {t("submit")}
        </Button>
      </Link>
    </Frame>
  );
}

/** Sets a new password with the key of a message. */
export function NewPassword() {
  const t = useTexts(texts);
  const { key } = useParams({ strict: false }) as { key: string };
  const [isDone, setDone] = useState(false);
  const check = useQuery({ queryKey: ["reset", key], queryFn: () => checkResetKey(key), retry: false });
  if (isDone) {
    return <Finished title={t("reset.done")} lead={t("reset.done.text")} />;
  }
  if (check.isPending) {
    return (
      <Frame title={t("reset.title")}>
        <Skeleton height={96} />
      </Frame>
    );
  }
  if (check.isError) {
    return (
      <Frame title={t("reset.bad")} lead={t("reset.bad.text")}>
        <div className={styles.below}>
          <Link to="/sign-in/reset">{t("reset.again")}</Link>
          <Link to="/sign-in">{t("back")}</Link>
        </div>
      </Frame>
    );
  }
  return (
    <Frame title={t("reset.title")} lead={t("reset.lead")}>
      <ActionForm<{ password: string; repeat: string }>
        requiredMark={false}
        submit={t("reset.submit")}
        send={({ password }) => resetPassword({ key, password })}
        onDone={() => setDone(true)}
      >
        <NewPasswordFields />
      </ActionForm>
    </Frame>
  );
}

/** Confirms a changed e-mail address by the key of its message. */
export function ConfirmEmail() {
  const t = useTexts(texts);
  const { key } = useParams({ strict: false }) as { key: string };
  const confirm = useQuery({
    queryKey: ["verify", key],
    queryFn: async () => {
      await confirmEmail(key);
      return true;
    },
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [title, lead] = confirm.isPending
    ? [t("verify.title"), ""]
    : confirm.isSuccess
      ? [t("verify.done"), t("verify.done.text")]
      : [t("verify.bad"), t("verify.bad.text")];
  return (
    <Frame title={title} lead={lead}>
      {confirm.isPending ? <Skeleton height={48} /> : <BackLink />}
    </Frame>
  );
}

interface Invited {
  email: string;
  organisation_name: string;
  invited_by_name: string;
  title: string;
  expires_at: string;
  has_account: boolean;
}

const ACCEPTANCE = "/api/v1/invitations/acceptance";

/** Accepts an invitation by the key of its message, as a new person or as one who has an account. */
export function AcceptInvitation() {
  const t = useTexts(texts);
  const { key } = useParams({ strict: false }) as { key: string };
  const [isDone, setDone] = useState(false);
  const invited = useQuery({
    queryKey: ["invitation", key],
    queryFn: async () => {
      const state = await signInState();
      const response = await fetchOrProblem(ACCEPTANCE, {
        headers: { ...houseHeaders(false), "X-Invitation-Key": key },
      });
      return { ...((await response.json()) as Invited), isSignedIn: state.isSignedIn };
    },
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (isDone) {
    return <Finished title={t("invitation.done")} lead={t("invitation.done.text")} />;
  }
  if (invited.isPending) {
    return (
      <Frame title={t("invitation.title")}>
        <Skeleton height={96} />
      </Frame>
    );
  }
  if (invited.isError) {
    return (
      <Frame title={t("invitation.bad")} lead={t("invitation.bad.text")}>
        <BackLink />
      </Frame>
    );
  }
  const { data } = invited;
  const lead = t("invitation.by", { person: data.invited_by_name, organisation: data.organisation_name });
  if (data.has_account && !data.isSignedIn) {
    return (
      <Frame title={t("invitation.title")} lead={`${lead} ${t("invitation.first")}`}>
        <Button
          type="primary"
          size="large"
          block
          onClick={() => location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`)}
        >
          {t("submit")}
        </Button>
      </Frame>
    );
  }
  return (
    <Frame title={t("invitation.title")} lead={lead}>
      <ActionForm<{ name?: string; password?: string }>
        requiredMark={false}
        submit={t("invitation.submit")}
        send={(given) => request("POST", ACCEPTANCE, { body: { key, ...given } })}
        onDone={() => (data.isSignedIn ? location.assign("/") : setDone(true))}
      >
        {!data.has_account && (
          <>
            <Form.Item label={t("email")}>
              <Input value={data.email} readOnly autoComplete="username" size="large" />
            </Form.Item>
            <Form.Item
              name="name"
              label={t("invitation.name")}
              rules={[{ required: true, message: t("invitation.name.missing") }]}
            >
              <Input autoComplete="name" autoFocus size="large" maxLength={120} />
            </Form.Item>
            <Form.Item
              name="password"
              label={t("password")}
              rules={[{ required: true, min: SHORTEST, message: t("password.short") }]}
            >
              <Input.Password autoComplete="new-password" size="large" maxLength={256} />
            </Form.Item>
          </>
        )}
      </ActionForm>
    </Frame>
  );
}
