import { App, Modal } from "antd";
import { api, type MemberInvoiceDetail, takeVersion } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { ActionForm, ReasonField } from "@/shared/ui";
import { useKeepingInvoice } from "./queries.ts";
import { texts } from "./texts/index.ts";

interface Props {
  invoice: MemberInvoiceDetail;
  etag: string;
  onClose: () => void;
}

/** Asks that a share is paid without a tax invoice, because no lawful one fits. */
export function AskWaiver({ invoice, etag, onClose }: Props) {
  const t = useTexts(texts);
  const keep = useKeepingInvoice(invoice);
  const { message } = App.useApp();
  return (
    <Modal open onCancel={onClose} title={t("invoice.ask_waiver")} footer={null} destroyOnHidden>
      <ActionForm<{ reason: string }>
        submit={t("invoice.ask_waiver")}
        onCancel={onClose}
        send={async ({ reason }) => {
          const answer = api.POST("/api/v1/member-invoices/{invoice_id}/waiver-request", {
            params: { path: { invoice_id: invoice.id }, header: { "If-Match": etag } },
            body: { reason },
          });
          keep(await takeVersion(answer));
        }}
        onDone={() => {
          void message.success(t("invoice.ask_waiver.done"));
          onClose();
        }}
      >
        <p>{t("invoice.ask_waiver.text")}</p>
        <ReasonField help={t("invoice.ask_waiver.help")} needed={t("invoice.waiver.needed")} autoFocus />
      </ActionForm>
    </Modal>
  );
}

/** Refuses to do without a tax invoice, or takes one's own request back: the share goes on waiting. */
export function RefuseWaiver({ invoice, etag, onClose }: Props) {
  const t = useTexts(texts);
  const keep = useKeepingInvoice(invoice);
  const { message } = App.useApp();
  const title = t(
    invoice.allowed_steps.includes("agree waiver") ? "invoice.refuse_waiver" : "invoice.withdraw_waiver",
  );
  return (
    <Modal open onCancel={onClose} title={title} footer={null} destroyOnHidden>
      <ActionForm<{ reason: string }>
        submit={title}
        onCancel={onClose}
        send={async ({ reason }) => {
          const answer = api.POST("/api/v1/member-invoices/{invoice_id}/waiver-refusal", {
            params: { path: { invoice_id: invoice.id }, header: { "If-Match": etag } },
            body: { reason },
          });
          keep(await takeVersion(answer));
        }}
        onDone={() => {
          void message.success(t("invoice.refuse_waiver.done"));
          onClose();
        }}
      >
        <ReasonField help={t("invoice.refuse_waiver.help")} needed={t("invoice.waiver.needed")} autoFocus />
      </ActionForm>
    </Modal>
  );
}
