import { type RefObject, useEffect, useRef } from "react";

/**
 * Gives the focus to a page's title where what had it is gone, such as the button of a step that was taken: whoever
 * works by keyboard or hears the page goes on there, instead of at the top of the document.
 */
export function useKeptFocus(): RefObject<HTMLHeadingElement | null> {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    let last: Element | null = null;
    const note = (event: FocusEvent) => {
      last = event.target as Element;
    };
    // Whoever clicks beside everything wants nothing to have the focus.
    const forget = () => {
      last = null;
    };
    const watcher = new MutationObserver(() => {
      if (last === null || last.isConnected || document.activeElement !== document.body) return;
      last = null;
      title.current?.focus({ preventScroll: true });
    });
    document.addEventListener("focusin", note);
    document.addEventListener("pointerdown", forget);
    watcher.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener("focusin", note);
      document.removeEventListener("pointerdown", forget);
      watcher.disconnect();
    };
  }, []);
  return title;
}
