import type { AuditEvent } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { texts } from "./texts.ts";

/** Says what was done, and who did it, in the reader's words. */
export function useEventWords() {
  const t = useTexts(texts);
  const spoken = useSpoken();
  return {
    what: (name: string) => t.maybe(`event.${name}`, {}, name.replaceAll("_", " ").replace(".", ": ")),
    who: (event: Pick<AuditEvent, "user_name" | "work">) =>
      event.user_name
        ? spoken(event.user_name)
        : t.maybe(`work.${event.work}`, {}, event.work || t("system")),
  };
}
