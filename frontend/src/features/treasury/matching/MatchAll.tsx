import { App, Button } from "antd";
import { useState } from "react";
import { asProblem, type Matched, request } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { ACCOUNTS, useRefresh } from "../queries.ts";
import { texts } from "./texts.ts";

/** Settles what the open lines of an account pay beyond doubt, and says how many those were. */
export function MatchAll({ account }: { account: string }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const match = async () => {
    setBusy(true);
    try {
      const { settled } = await request<Matched>("POST", `${ACCOUNTS}/${account}/matching`);
      if (settled > 0) void message.success(t("match.done", { count: settled }));
      else void message.info(t("match.none"), 8);
    } catch (error) {
      void message.error(asProblem(error).message);
    } finally {
      setBusy(false);
    }
    await refresh();
  };
  return (
    <Button loading={busy} onClick={() => void match()}>
      {t("match")}
    </Button>
  );
}
