import { App, Drawer } from "antd";
import type { ReactNode } from "react";
import { asProblem, newKey, request, type WithholdingRule } from "@/shared/api";
import { Figure } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { ActionForm, ReasonField, type Standing, StateMark } from "@/shared/ui";
import { useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

const STANDINGS: Readonly<Record<string, Standing>> = {
  entered: "attention",
  confirmed: "fine",
  withdrawn: "closed",
  prepared: "attention",
  paid: "fine",
  cancelled: "closed",
};

/** Where a proof of residence, or a remittance, stands. */
export function Mark({ of, state }: { of: "relief" | "remittance"; state: string | undefined }) {
  const t = useTexts(texts);
  const standing =
    of === "remittance" && state === "confirmed" ? "attention" : (STANDINGS[state ?? ""] ?? "closed");
  return <StateMark standing={standing}>{t.maybe(`${of}.${state}`)}</StateMark>;
}

/** Where a rate stands: one counts once another person confirmed it, until another takes its place. */
export function RuleMark({ rule }: { rule: WithholdingRule }) {
  const t = useTexts(texts);
  if (rule.withdrawn_at) return <StateMark standing="closed">{t("rule.withdrawn")}</StateMark>;
  if (rule.replaced_at) return <StateMark standing="closed">{t("rule.replaced")}</StateMark>;
  if (!rule.confirmed_at) return <StateMark standing="attention">{t("rule.waits")}</StateMark>;
  return <StateMark standing="fine">{t("rule.counts")}</StateMark>;
}

export function Percent({ value }: { value: string }) {
  return (
    <>
      <Figure value={Number(value)} />
      {"\u00a0%"}
    </>
  );
}

/** The name of a country in the reader's language. */
export function Country({ code }: { code: string }) {
  const language = useLanguage();
  const name = new Intl.DisplayNames([language === "en" ? "en" : "zh-CN"], { type: "region" }).of(code);
  return (
    <>
      {name} <code>{code}</code>
    </>
  );
}

/** Takes a step that needs no word, once it was agreed to. */
export function useStep() {
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const refresh = useRefresh();
  return async (path: string, asked: { title: string; content: ReactNode; okText: string }) => {
    if (!(await modal.confirm(asked))) return;
    try {
      await request("POST", path, { key: newKey() });
      void message.success(t("saved"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
}

/** Takes a step that has to be accounted for. */
export function ReasonDrawer({
  open,
  title,
  path,
  onClose,
}: {
  open: boolean;
  title: string;
  path: string;
  onClose: () => void;
}) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  return (
    <Drawer open={open} onClose={onClose} title={title} size={520} destroyOnHidden>
      <ActionForm<{ reason: string }>
        danger
        submit={title}
        onCancel={onClose}
        send={async (body, key) => {
          await request("POST", path, { body, key });
          await refresh();
        }}
        onDone={onClose}
      >
        <ReasonField help="" needed={t("reason.needed")} />
      </ActionForm>
    </Drawer>
  );
}
