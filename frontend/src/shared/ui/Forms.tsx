import { Button, Form, type FormInstance, type FormProps, Input } from "antd";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { asProblem, Intention, type Problem, sortedErrors } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { Notice } from "./Notice.tsx";
import { useWhatToDo } from "./States.tsx";
import { texts } from "./texts.ts";
import styles from "./ui.module.css";

/** Puts a problem's mistakes to the fields of a form and keeps the rest to be shown above it. */
export function useServerErrors(form: FormInstance): {
  problem: Problem | null;
  others: readonly string[];
  take: (error: unknown) => void;
  clear: () => void;
} {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [others, setOthers] = useState<readonly string[]>([]);
  const take = useCallback(
    (error: unknown) => {
      const found = asProblem(error);
      const sorted = sortedErrors(
        found,
        form.getFieldsError().map(({ name }) => name),
      );
      form.setFields(sorted.ofFields as Parameters<typeof form.setFields>[0]);
      const first = sorted.ofFields[0];
      if (first) form.scrollToField(first.name, { focus: true });
      setOthers(sorted.others);
      setProblem(found);
    },
    [form],
  );
  const clear = useCallback(() => {
    setProblem(null);
    setOthers([]);
  }, []);
  return { problem, others, take, clear };
}

/** Says above a form what kept it from being sent. */
export function FormProblem({
  problem,
  others = [],
}: {
  problem: Problem | null;
  others?: readonly string[];
}) {
  const t = useTexts(texts);
  const whatToDo = useWhatToDo(problem);
  if (problem === null) return null;
  const onlyFields = problem.errors.length > 0 && others.length === 0;
  return (
    <Notice kind="overdue" alert>
      <p>{onlyFields ? t("error.fields") : others.length > 0 ? others[0] : whatToDo}</p>
      {others.length > 1 && (
        <ul>
          {others.slice(1).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {problem.reference && problem.status >= 500 && (
        <p className={styles.reference}>{t("error.reference", { reference: problem.reference })}</p>
      )}
    </Notice>
  );
}

interface ActionFormProps<Values> extends Omit<FormProps<Values>, "onFinish" | "children"> {
  /** Sends the values; the key stays the same while the same values are sent again. */
  send: (values: Values, key: string) => Promise<unknown>;
  onDone?: () => void;
  submit: ReactNode;
  danger?: boolean;
  onCancel?: () => void;
  /** Under which what was typed is kept on this machine until it is sent. Never for anything confidential. */
  draft?: string;
  children: ReactNode;
}

/** A form in one column that loses nothing: mistakes go to their fields, a repeated sending happens once. */
export function ActionForm<Values extends object>({
  send,
  onDone,
  submit,
  danger = false,
  onCancel,
  draft,
  children,
  ...props
}: ActionFormProps<Values>) {
  const [own] = Form.useForm<Values>();
  const form = props.form ?? own;
  const { problem, others, take, clear } = useServerErrors(form);
  const [busy, setBusy] = useState(false);
  const intention = useRef(new Intention());
  const w = useTexts(words);
  const { restored, keep, forget } = useDraft(form, draft);

  const finish = async (values: Values) => {
    setBusy(true);
    clear();
    try {
      await send(values, intention.current.keyFor(values));
      intention.current.done();
      forget();
      onDone?.();
    } catch (error) {
      take(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Form<Values>
      layout="vertical"
      requiredMark="optional"
      validateTrigger="onBlur"
      scrollToFirstError={{ focus: true }}
      className={styles.form ?? ""}
      {...props}
      form={form}
      onFinish={(values) => void finish(values)}
      onValuesChange={(changed, values) => {
        keep(values);
        props.onValuesChange?.(changed, values);
      }}
    >
      <FormProblem problem={problem} others={others} />
      {restored}
      {children}
      <div className={styles.actions} style={{ justifyContent: "flex-start" }}>
        <Button type="primary" htmlType="submit" loading={busy} danger={danger}>
          {submit}
        </Button>
        {onCancel && <Button onClick={onCancel}>{w("cancel")}</Button>}
      </div>
    </Form>
  );
}

function useDraft<Values extends object>(form: FormInstance<Values>, name: string | undefined) {
  const t = useTexts(texts);
  const kept = name === undefined ? undefined : `lianchi.draft.${name}`;
  const [isBack, setIsBack] = useState(false);
  useEffect(() => {
    const text = kept === undefined ? null : localStorage.getItem(kept);
    if (text === null) return;
    try {
      form.setFieldsValue(JSON.parse(text) as Parameters<typeof form.setFieldsValue>[0]);
      setIsBack(true);
    } catch {
      // What cannot be read is no draft.
    }
  }, [form, kept]);
  const keep = (values: Values) => {
    if (kept !== undefined) localStorage.setItem(kept, JSON.stringify(values));
  };
  const forget = () => {
    if (kept !== undefined) localStorage.removeItem(kept);
    setIsBack(false);
  };
  const discard = () => {
    forget();
    form.resetFields();
  };
  const restored = isBack ? (
    <Notice
      action={
        <Button size="small" onClick={discard}>
          {t("draft.discard")}
        </Button>
      }
    >
      {t("draft")}
    </Notice>
  ) : null;
  return { restored, keep, forget };
}

/** Why something is done, in the words of who does it: of one length everywhere, as the record keeps it. */
export function ReasonField({
  label,
  help,
  needed,
  required = true,
  autoFocus = false,
}: {
  label?: string;
  help: string;
  needed: string;
  required?: boolean;
  autoFocus?: boolean;
}) {
  const w = useTexts(words);
  return (
    <Form.Item
      name="reason"
      label={label ?? w("reason")}
      extra={help}
      rules={[{ required, whitespace: true, message: needed }]}
    >
      <Input.TextArea rows={3} maxLength={500} showCount autoFocus={autoFocus} />
    </Form.Item>
  );
}
