import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal, QRCode } from "antd";
import { useState } from "react";
import { asProblem } from "@/shared/api";
import {
  type Authenticator,
  addTotp,
  authenticators,
  changePassword,
  hasPasskeys,
  makePasskey,
  newRecoveryCodes,
  newTotp,
  recoveryCodes,
  removePasskey,
  removeTotp,
  renamePasskey,
  wasCancelled,
} from "@/shared/auth";
import { formatInstant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ActionForm, Failure, Notice, Panel, Skeleton, StateMark } from "@/shared/ui";
import { useCopy } from "@/shared/ui/copying";
import styles from "./account.module.css";
import { NotProved, useProof } from "./proof.tsx";
import { texts } from "./texts.ts";

const FACTORS = ["authenticators"] as const;
const SHORTEST = 10;
const day = (seconds: number) => formatInstant(new Date(seconds * 1000)).slice(0, 10);

type WithProof = ReturnType<typeof useProof>[0];

interface PartProps {
  factors: readonly Authenticator[];
  withProof: WithProof;
  onChanged: () => void;
}

/** The ways in: passkeys first, then what is asked besides the password, then the password itself. */
export function Security() {
  const client = useQueryClient();
  const [withProof, dialogue] = useProof();
  const found = useQuery({ queryKey: FACTORS, queryFn: authenticators, staleTime: 0 });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.isPending) return <Skeleton height={320} />;
  const part = {
    factors: found.data,
    withProof,
    onChanged: () => void client.invalidateQueries({ queryKey: FACTORS }),
  };
  return (
    <div className={styles.stack}>
      <Passkeys {...part} />
      <SecondStep {...part} />
      <Password withProof={withProof} />
      {dialogue}
    </div>
  );
}

/** Says what went wrong, unless the person just changed their mind. */
function useComplaint(): (error: unknown, otherwise?: string) => void {
  const { message } = App.useApp();
  return (error, otherwise) => {
    if (error instanceof NotProved || wasCancelled(error)) return;
    const problem = asProblem(error);
    void message.error(
      problem.status > 0 && problem.detail ? problem.detail : (otherwise ?? problem.message),
    );
  };
}

function Passkeys({ factors, withProof, onChanged }: PartProps) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const { modal, message } = App.useApp();
  const complain = useComplaint();
  const [naming, setNaming] = useState<{ id: number | null; name: string } | null>(null);
  const own = factors.filter((one) => one.type === "webauthn");
  const save = async ({ name }: { name: string }) => {
    const id = naming?.id ?? null;
    try {
      await withProof<unknown>(() => (id === null ? makePasskey(name) : renamePasskey(id, name)));
      if (id === null) void message.success(t("passkeys.done"));
      setNaming(null);
      onChanged();
    } catch (error) {
      complain(error, t("passkeys.failed"));
    }
  };
  const remove = async (id: number, name: string) => {
    const agreed = await modal.confirm({
      title: t("passkeys.remove.title", { name }),
      content: t("passkeys.remove.text"),
      okText: t("passkeys.remove"),
      okButtonProps: { danger: true },
    });
    if (!agreed) return;
    try {
      await withProof(() => removePasskey(id));
      void message.success(t("passkeys.removed"));
      onChanged();
    } catch (error) {
      complain(error);
    }
  };
  return (
    <Panel
      flush
      title={t("passkeys.title")}
      extra={
        hasPasskeys() && (
          <Button size="small" onClick={() => setNaming({ id: null, name: "" })}>
            {t("passkeys.add")}
          </Button>
        )
      }
    >
      <ul className={styles.items}>
        <li className={styles.item}>
          <p className={styles.itemNote}>{hasPasskeys() ? t("passkeys.note") : t("passkeys.cannot")}</p>
        </li>
        {own.map((one) => (
          <li key={one.id} className={styles.item}>
            <div className={styles.itemText}>
              <p className={styles.itemTitle}>{one.name}</p>
              <p className={styles.itemNote}>
                {t("passkeys.added", { date: day(one.created_at) })}
                {one.last_used_at !== null && ` · ${t("passkeys.used", { date: day(one.last_used_at) })}`}
              </p>
            </div>
            <Button size="small" onClick={() => setNaming({ id: one.id ?? 0, name: one.name ?? "" })}>
              {t("passkeys.rename")}
            </Button>
            <Button size="small" danger onClick={() => void remove(one.id ?? 0, one.name ?? "")}>
              {t("passkeys.remove")}
            </Button>
          </li>
        ))}
      </ul>
      <Modal
        open={naming !== null}
        title={naming?.id === null ? t("passkeys.add") : t("passkeys.rename")}
        footer={null}
        destroyOnHidden
        width={420}
        onCancel={() => setNaming(null)}
      >
        <Form
          layout="vertical"
          requiredMark={false}
          initialValues={{ name: naming?.name }}
          onFinish={(values: { name: string }) => void save(values)}
        >
          <Form.Item
            name="name"
            label={t("passkeys.name")}
            extra={t("passkeys.name.help")}
            rules={[{ required: true, whitespace: true, message: t("passkeys.name.missing") }]}
          >
            <Input maxLength={60} autoFocus />
          </Form.Item>
          <Button type="primary" htmlType="submit">
            {naming?.id === null ? t("passkeys.add") : w("save")}
          </Button>
        </Form>
      </Modal>
    </Panel>
  );
}

function SecondStep({ factors, withProof, onChanged }: PartProps) {
  const t = useTexts(texts);
  const app = factors.find((one) => one.type === "totp");
  const codes = factors.find((one) => one.type === "recovery_codes");
  return (
    <Panel flush title={t("second.title")}>
      <ul className={styles.items}>
        <li className={styles.item}>
          <p className={styles.itemNote}>{t("second.note")}</p>
        </li>
        <AppItem app={app} withProof={withProof} onChanged={onChanged} />
        <CodesItem codes={codes} withProof={withProof} onChanged={onChanged} />
      </ul>
    </Panel>
  );
}

interface AppProps {
  app: Authenticator | undefined;
  withProof: WithProof;
  onChanged: () => void;
}

function AppItem({ app, withProof, onChanged }: AppProps) {
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const complain = useComplaint();
  const [offered, setOffered] = useState<{ secret: string; url: string } | null>(null);
  const begin = async () => {
    try {
      setOffered(await withProof(newTotp));
    } catch (error) {
      complain(error);
    }
  };
  const remove = async () => {
    const agreed = await modal.confirm({
      title: t("app.remove.title"),
      content: t("app.remove.text"),
      okText: t("app.remove"),
      okButtonProps: { danger: true },
    });
    if (!agreed) return;
    try {
      await withProof(removeTotp);
      void message.success(t("app.removed"));
      onChanged();
    } catch (error) {
      complain(error);
    }
  };
  return (
    <li className={styles.item}>
      <div className={styles.itemText}>
        <p className={styles.itemTitle}>
          {t("app.title")}
          <StateMark standing={app ? "fine" : "closed"}>{app ? t("app.on") : t("app.off")}</StateMark>
        </p>
        {app && <p className={styles.itemNote}>{t("app.since", { date: day(app.created_at) })}</p>}
      </div>
      {app ? (
        <Button size="small" danger onClick={() => void remove()}>
          {t("app.remove")}
        </Button>
      ) : (
        <Button size="small" onClick={() => void begin()}>
          {t("app.add")}
        </Button>
      )}
      <Modal
        open={offered !== null}
        title={t("app.title")}
        footer={null}
        destroyOnHidden
        width={520}
        onCancel={() => setOffered(null)}
      >
        {offered && (
          <ActionForm<{ code: string }>
            requiredMark={false}
            submit={t("app.add")}
            send={({ code }) => withProof(() => addTotp(code.replaceAll(/\s/g, "")))}
            onDone={() => {
              setOffered(null);
              void message.success(t("app.done"));
              onChanged();
            }}
          >
            <p className={styles.note}>{t("app.scan")}</p>
            <div className={styles.qr}>
              <div role="img" aria-label={t("app.qr")}>
                <QRCode
                  value={offered.url}
                  size={168}
                  type="svg"
                  bordered={false}
                  color="#000000"
                  bgColor="#ffffff"
                />
              </div>
              <div style={{ flex: 1, minWidth: 200 }}>
                <p className={styles.itemNote}>{t("app.secret")}</p>
                <p className={styles.secret} data-testid="totp-secret">
                  {offered.secret}
                </p>
                <Form.Item
                  name="code"
                  label={t("app.code")}
                  rules={[{ required: true, message: t("app.code") }]}
                >
                  <Input inputMode="numeric" autoComplete="one-time-code" maxLength={8} autoFocus />
                </Form.Item>
              </div>
            </div>
          </ActionForm>
        )}
      </Modal>
    </li>
  );
}

interface CodesProps {
  codes: Authenticator | undefined;
  withProof: WithProof;
  onChanged: () => void;
}

function CodesItem({ codes, withProof, onChanged }: CodesProps) {
  const t = useTexts(texts);
  const { modal } = App.useApp();
  const copy = useCopy();
  const complain = useComplaint();
  const [shown, setShown] = useState<readonly string[] | null>(null);
  const show = async (read: typeof recoveryCodes) => {
    try {
      const found = await withProof(read);
      setShown(found.unused_codes ?? []);
      onChanged();
    } catch (error) {
      complain(error);
    }
  };
  const renew = async () => {
    const agreed = await modal.confirm({ title: t("codes.new.title"), content: t("codes.new.text") });
    if (agreed) await show(newRecoveryCodes);
  };
  return (
    <li className={styles.item}>
      <div className={styles.itemText}>
        <p className={styles.itemTitle}>{t("codes.title")}</p>
        <p className={styles.itemNote}>
          {codes
            ? `${t("codes.note")} ${t("codes.left", { left: codes.unused_code_count ?? 0, total: codes.total_code_count ?? 0 })}`
            : t("codes.none")}
        </p>
      </div>
      {codes && (
        <>
          <Button size="small" onClick={() => void show(recoveryCodes)}>
            {t("codes.show")}
          </Button>
          <Button size="small" onClick={() => void renew()}>
            {t("codes.new")}
          </Button>
        </>
      )}
      <Modal
        open={shown !== null}
        title={t("codes.title")}
        footer={null}
        width={420}
        onCancel={() => setShown(null)}
      >
        {shown?.length === 0 ? (
          <Notice>{t("codes.seen")}</Notice>
        ) : (
          <>
            <p className={styles.note}>{t("codes.keep")}</p>
            <ul className={styles.codes}>
              {shown?.map((code) => (
                <li key={code}>{code}</li>
              ))}
            </ul>
            <Button onClick={() => void copy(shown?.join("\n") ?? "")}>{t("codes.copy")}</Button>
          </>
        )}
      </Modal>
    </li>
  );
}

interface NewPassword {
  current_password: string;
  new_password: string;
  repeat: string;
}

function Password({ withProof }: { withProof: WithProof }) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const [form] = Form.useForm<NewPassword>();
  return (
    <Panel title={t("password.title")} note={t("password.note")}>
      <ActionForm<NewPassword>
        form={form}
        requiredMark={false}
        submit={t("password.change")}
        send={({ current_password, new_password }) =>
          withProof(() => changePassword({ current_password, new_password }))
        }
        onDone={() => {
          form.resetFields();
          void message.success(t("password.done"));
        }}
      >
        <Form.Item
          name="current_password"
          label={t("password.current")}
          rules={[{ required: true, message: t("password.current") }]}
        >
          <Input.Password autoComplete="current-password" maxLength={256} />
        </Form.Item>
        <Form.Item
          name="new_password"
          label={t("password.new")}
          rules={[{ required: true, min: SHORTEST, message: t("password.short") }]}
        >
          <Input.Password autoComplete="new-password" maxLength={256} />
        </Form.Item>
        <Form.Item
          name="repeat"
          label={t("password.repeat")}
          dependencies={["new_password"]}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_, value) =>
                value === getFieldValue("new_password")
                  ? Promise.resolve()
                  : Promise.reject(new Error(t("password.differ"))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" maxLength={256} />
        </Form.Item>
      </ActionForm>
    </Panel>
  );
}
