import { App } from "antd";
import { useTexts } from "@/shared/i18n";
import { texts } from "./texts.ts";

/** Returns what copies a text and says so; where the browser does not allow it, as without TLS, it says that. */
export function useCopy(): (text: string) => Promise<void> {
  const t = useTexts(texts);
  const { message } = App.useApp();
  return async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      void message.success(t("copied"));
    } catch {
      void message.warning(t("copy.failed"));
    }
  };
}
