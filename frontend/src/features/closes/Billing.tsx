import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useState } from "react";
import {
  asProblem,
  type CloseRunDetail,
  type InvoicePage,
  type InvoicesMade,
  keys,
  type Problem,
  request,
  useOnce,
  useRoles,
} from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { PATH } from "./queries.ts";
import { texts } from "./texts.ts";

const INVOICES = "/api/v1/invoices";

/** Bills a posted close, or leads to what was billed for it. */
export function Billing({
  run,
  onProblem,
}: {
  run: CloseRunDetail;
  onProblem: (problem: Problem | null) => void;
}) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const bills = useRoles().has("finance") && run.status === "posted";
  const [busy, setBusy] = useState(false);
  const found = useQuery({
    queryKey: keys.list(INVOICES, { run: run.id, limit: 1 }),
    queryFn: ({ signal }) =>
      request<InvoicePage>("GET", INVOICES, { query: { run: run.id, limit: 1 }, signal }),
    enabled: bills,
  });
  const bill = useOnce((_: string, key: string) =>
    request<InvoicesMade>("POST", `${PATH}/${run.id}/invoices`, { key }),
  );
  if (!bills || found.data === undefined) return null;
  if (found.data.items.length > 0) {
    return (
      <Link to="/invoices" search={{ run: run.id } as never}>
        <Button tabIndex={-1}>{t("billing.look")}</Button>
      </Link>
    );
  }
  const take = async () => {
    setBusy(true);
    onProblem(null);
    try {
      const made = await bill(run.id);
      void message.success(t("billing.done", { count: made.count }));
      await client.invalidateQueries({ queryKey: keys.lists(INVOICES) });
    } catch (error) {
      onProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button type="primary" loading={busy} onClick={() => void take()}>
      {t("billing.prepare")}
    </Button>
  );
}
