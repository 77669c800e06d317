import { App, Drawer } from "antd";
import { asProblem, newKey, request } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { ActionForm, ReasonField, type Standing, StateMark } from "@/shared/ui";
import { useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

const STANDINGS: Readonly<Record<string, Standing>> = {
  entered: "attention",
  drafted: "attention",
  confirmed: "fine",
  withdrawn: "closed",
  cancelled: "closed",
};

/** Where a table of rates, or a conversion, stands. */
export function Mark({ of, state }: { of: "rates" | "conversion"; state: string | undefined }) {
  const t = useTexts(texts);
  return <StateMark standing={STANDINGS[state ?? ""] ?? "closed"}>{t.maybe(`${of}.${state}`)}</StateMark>;
}

/** Takes a step that needs no word, once it was agreed to. */
export function useStep() {
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const refresh = useRefresh();
  return async (path: string, asked: { title: string; content: string; okText: string }, body?: object) => {
    if (!(await modal.confirm(asked))) return;
    try {
      await request("POST", path, { key: newKey(), ...(body ? { body } : {}) });
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
