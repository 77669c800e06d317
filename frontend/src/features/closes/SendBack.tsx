import { useQueryClient } from "@tanstack/react-query";
import { App, Modal } from "antd";
import { api, type CloseRunDetail, keys, takeVersion } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { ActionForm, ReasonField } from "@/shared/ui";
import { PATH } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  run: Pick<CloseRunDetail, "id" | "calculated_by">;
  etag: string;
  open: boolean;
  onClose: () => void;
  /** What follows where the close is not shown any more once it is sent back. */
  onSent?: () => void;
}

/** Gives a calculated close back to whoever calculates it, with what is to be put right. */
export function SendBack({ run, etag, open, onClose, onSent }: Props) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const client = useQueryClient();
  const { message } = App.useApp();
  const send = async ({ reason }: { reason: string }) => {
    const now = await takeVersion(
      api.POST("/api/v1/close-runs/{run_id}/return", {
        params: { path: { run_id: run.id }, header: { "If-Match": etag } },
        body: { reason },
      }),
    );
    if (onSent === undefined) client.setQueryData(keys.object(PATH, run.id), now);
    void client.invalidateQueries({ queryKey: keys.lists(PATH) });
  };
  return (
    <Modal open={open} onCancel={onClose} title={t("step.send back")} footer={null} destroyOnHidden>
      <ActionForm<{ reason: string }>
        send={send}
        submit={t("step.send back")}
        onCancel={onClose}
        onDone={() => {
          void message.success(t("done.send back"));
          onClose();
          onSent?.();
        }}
      >
        <ReasonField
          label={t("send_back.reason")}
          help={t("send_back.help", { name: spoken(run.calculated_by?.name ?? "–") })}
          needed={t("send_back.needed")}
          autoFocus
        />
      </ActionForm>
    </Modal>
  );
}
