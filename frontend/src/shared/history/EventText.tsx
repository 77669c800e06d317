import { useTexts } from "@/shared/i18n";
import { texts } from "./texts.ts";

/** What an event is called, in words. */
export function EventText({ kind }: { kind: string }) {
  const t = useTexts(texts);
  return t.maybe(`event.${kind}`, {}, kind);
}
