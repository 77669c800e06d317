import { useQueryClient } from "@tanstack/react-query";
import { App, Drawer } from "antd";
import { useState } from "react";
import { asProblem, type Difference, keys, newKey, request } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import type { BulkAction } from "@/shared/table";
import { ActionForm, ReasonField } from "@/shared/ui";
import { texts } from "./texts.ts";

export const DIFFERENCES = "/api/v1/differences";
const PATENTS = "/api/v1/patents";

type Side = "own" | "office" | "docket";

function bodyOf(rows: readonly Difference[], side: Side, reason = "") {
  const decisions = rows.map(({ id, version }) => ({ difference_id: id, side, version }));
  return { decisions, ...(reason ? { reason } : {}) };
}

function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: keys.lists(DIFFERENCES) });
    await client.invalidateQueries({ queryKey: [...keys.everything(), "object", PATENTS] });
    await client.invalidateQueries({ queryKey: keys.lists(PATENTS) });
  };
}

/** What can be decided of chosen differences: another's word is taken over, or ours is kept for a reason. */
export function useDeciding(): { actions: BulkAction<Difference>[]; drawer: React.ReactNode } {
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const refresh = useRefresh();
  const [keeping, setKeeping] = useState<readonly Difference[]>([]);
  const take = (side: "office" | "docket"): BulkAction<Difference> => ({
    key: side,
    label: t(`take.${side}`),
    refusal: (row) => {
      if (row.state !== "open") return t("refuse.decided");
      if (row[side].length === 0) return t("refuse.nothing");
      return row.can_be_taken_over ? undefined : t("refuse.byhand");
    },
    run: async (rows) => {
      const agreed = await modal.confirm({
        title: t("take.title", { count: rows.length }),
        content: t("take.text"),
        okText: t("take.submit"),
      });
      if (!agreed) return;
      try {
        await request("POST", `${DIFFERENCES}/decisions`, { body: bodyOf(rows, side), key: newKey() });
        await refresh();
        void message.success(t("take.done", { count: rows.length }));
      } catch (error) {
        void message.error(asProblem(error).message);
      }
    },
  });
  const keep: BulkAction<Difference> = {
    key: "own",
    label: t("keep"),
    refusal: (row) => (row.state === "open" ? undefined : t("refuse.decided")),
    run: (rows) => setKeeping(rows),
  };
  const close = () => setKeeping([]);
  const drawer = (
    <Drawer
      open={keeping.length > 0}
      onClose={close}
      title={t("keep.title", { count: keeping.length })}
      size={480}
      destroyOnHidden
    >
      <p>{t("keep.text")}</p>
      <ActionForm<{ reason: string }>
        submit={t("keep.submit")}
        onCancel={close}
        send={async ({ reason }, key) => {
          await request("POST", `${DIFFERENCES}/decisions`, { body: bodyOf(keeping, "own", reason), key });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("keep.done", { count: keeping.length }));
          close();
        }}
      >
        <ReasonField help={t("reason.help")} needed={t("reason.needed")} autoFocus />
      </ActionForm>
    </Drawer>
  );
  return { actions: [take("office"), take("docket"), keep], drawer };
}
