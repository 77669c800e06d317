import { useSyncExternalStore } from "react";

const KEPT = "lianchi.seat";

/** The seat this tab acts in. Each tab has its own, so that two tabs may work in two seats at once. */
let current: string | null = read();
const listeners = new Set<() => void>();

function read(): string | null {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

export function currentSeat(): string | null {
  return current;
}

export function actInSeat(seat: string | null): void {
  if (seat === current) return;
  current = seat;
  try {
    if (seat === null) sessionStorage.removeItem(KEPT);
    else sessionStorage.setItem(KEPT, seat);
  } catch {
    // A browser that keeps nothing still works, in one seat for each load of the page.
  }
  for (const listener of listeners) listener();
}

export function useSeat(): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
