import { useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

/** Whether somebody is writing, so that a letter is a letter. */
function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches("input, textarea, select, [contenteditable], [role=combobox]")
  );
}

export const SEARCH_ID = "search";
const CHORD_MS = 800;

/** The keys that work on every page. */
export function useShortcuts(onHelp: () => void): void {
  const router = useRouter();
  const lastG = useRef(0);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      if (event.key === "/") {
        event.preventDefault();
        document.getElementById(SEARCH_ID)?.focus();
      } else if (event.key === "?") {
        onHelp();
      } else if (event.key === "g") {
        lastG.current = Date.now();
      } else if (event.key === "h" && Date.now() - lastG.current < CHORD_MS) {
        void router.navigate({ to: "/" });
      } else if (event.key === "j" || event.key === "k") {
        focusFirstRow(event);
      }
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [onHelp, router]);
}

/** From outside of a list, j and k lead into it; inside, the list itself walks on. */
function focusFirstRow(event: KeyboardEvent): void {
  if (event.defaultPrevented || document.querySelector(".ant-modal-mask, .ant-drawer-open")) return;
  const row = document.querySelector<HTMLElement>("[data-row-link]");
  if (row && !document.activeElement?.closest("tbody")) {
    event.preventDefault();
    row.focus();
  }
}
