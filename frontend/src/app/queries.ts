import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "@/shared/api";

const RETRIES = 2;

/** Cached answers. Reading is tried again where the way broke or the server stumbled, never where it refused. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => {
        const problem = asProblem(error);
        return count < RETRIES && (problem.isOffline || problem.status >= 502);
      },
      refetchOnWindowFocus: false,
    },
    mutations: { retry: false },
  },
});
