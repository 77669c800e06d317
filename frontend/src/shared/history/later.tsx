import { lazy, Suspense } from "react";

const EventText = lazy(() => import("./EventText.tsx").then((found) => ({ default: found.EventText })));

/** What an event is called; its words are fetched when they are needed, since there are many of them. */
export function LaterEventText({ kind }: { kind: string }) {
  return (
    <Suspense fallback="…">
      <EventText kind={kind} />
    </Suspense>
  );
}
