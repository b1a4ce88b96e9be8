/** What is fetched once is kept. Without a connection nothing waits in silence: it fails, says so, and is asked for again. */
import { QueryClient } from "@tanstack/react-query";
import { ApiError, asApiError } from "./problem";

export const ME_KEY = ["me"] as const;

/** How often is asked again for what could not be reached. */
export const AGAIN_MS = 5000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: retryUseful,
        refetchOnWindowFocus: true,
        // the default would hold requests back while the browser says that it is offline, and tell nobody
        networkMode: "always",
        refetchOnReconnect: true,
        refetchInterval: ({ state: { error } }) => (error && asApiError(error).unreachable ? AGAIN_MS : false),
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

/** Asking again at once can help when there was no answer or the server is in trouble, never when it said no. */
function retryUseful(failures: number, error: unknown): boolean {
  return failures < 2 && (!(error instanceof ApiError) || error.unreachable) && navigator.onLine;
}
