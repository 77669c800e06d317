import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useMemo } from "react";
import { asProblem, newKey, Problem } from "@/shared/api";
import { Failure, Gone } from "@/shared/ui/States";

/** What a page shows that broke: what is safe, what to do, and a reference to quote. */
export function RouteFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const problem = useMemo(() => {
    const found = asProblem(error);
    if (found.status !== 0 || found.isOffline) return found;
    // A fault of the page itself is in nobody's log, so it gets a reference of its own, also in the console.
    const reference = newKey().slice(0, 8);
    reportFault(reference, error);
    return new Problem({ status: 500, code: "client", reference });
  }, [error]);
  return (
    <Failure
      level={1}
      error={problem}
      retry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}

function reportFault(reference: string, error: unknown): void {
  // biome-ignore lint/suspicious/noConsole: the one place where a fault of the page is written down
  console.error(`reference ${reference}`, error);
}

/** What an address shows that leads nowhere. */
export function NoSuchPage() {
  return <Gone level={1} />;
}
