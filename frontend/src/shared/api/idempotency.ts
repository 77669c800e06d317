import { useCallback, useRef } from "react";

/**
 * Keeps one key for one intention: sending the same contents again repeats the key, so that a request whose answer was
 * lost happens once; other contents, or a new intention after success, get a new one.
 */
export class Intention {
  #key: string | null = null;
  #contents = "";

  keyFor(contents: unknown): string {
    const text = JSON.stringify(contents) ?? "";
    if (this.#key === null || text !== this.#contents) {
      this.#key = newKey();
      this.#contents = text;
    }
    return this.#key;
  }

  done(): void {
    this.#key = null;
  }
}

export function newKey(): string {
  return crypto.randomUUID();
}

export function useIntention(): Intention {
  const kept = useRef<Intention | null>(null);
  kept.current ??= new Intention();
  return kept.current;
}

/** Wraps a sending function so that it keeps its key over retries and gets a new one after success. */
export function useOnce<Contents, Answer>(
  send: (contents: Contents, key: string) => Promise<Answer>,
): (contents: Contents) => Promise<Answer> {
  const intention = useIntention();
  return useCallback(
    async (contents: Contents) => {
      const answer = await send(contents, intention.keyFor(contents));
      intention.done();
      return answer;
    },
    [send, intention],
  );
}
