import { useEffect, useSyncExternalStore } from "react";

export const CHOICES = ["auto", "light", "dark"] as const;
export type ThemeChoice = (typeof CHOICES)[number];

const COOKIE = "theme";
const darkWish = matchMedia("(prefers-color-scheme: dark)");
const stillWish = matchMedia("(prefers-reduced-motion: reduce)");
const listeners = new Set<() => void>();

let choice: ThemeChoice = read();

function read(): ThemeChoice {
  const kept = /(?:^|; )theme=(light|dark)/.exec(document.cookie)?.[1];
  return kept === "light" || kept === "dark" ? kept : "auto";
}

/** Remembers the choice in a cookie, so that the server can draw the first moment in it too. */
export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  const age = next === "auto" ? 0 : 31_536_000;
  // biome-ignore lint/suspicious/noDocumentCookie: the server reads it, and the Cookie Store API is not everywhere.
  document.cookie = `${COOKIE}=${next}; path=/; max-age=${age}; samesite=lax`;
  for (const listener of listeners) listener();
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => choice);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  darkWish.addEventListener("change", listener);
  stillWish.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    darkWish.removeEventListener("change", listener);
    stillWish.removeEventListener("change", listener);
  };
}

/** Whether it is dark now, and whether things should keep still. */
export function useTheme(): { isDark: boolean; isStill: boolean } {
  const isDark = useSyncExternalStore(subscribe, () =>
    choice === "auto" ? darkWish.matches : choice === "dark",
  );
  const isStill = useSyncExternalStore(subscribe, () => stillWish.matches);
  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
  }, [isDark]);
  return { isDark, isStill };
}
