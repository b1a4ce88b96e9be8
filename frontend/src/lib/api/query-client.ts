/** What is fetched once is kept; a 401 anywhere means the session is over, and the shell then shows the sign-in page. */
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./problem";

export const ME_KEY = ["me"] as const;

export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError(error, query) {
        if (error instanceof ApiError && error.status === 401 && query.queryKey[0] !== ME_KEY[0])
          client.setQueryData(ME_KEY, null);
      },
    }),
    defaultOptions: {
      queries: { staleTime: 10_000, retry: retryUseful, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
  return client;
}

/** Asking again can help when there was no answer or the server is in trouble, never when it said no. */
function retryUseful(failures: number, error: unknown): boolean {
  const status = error instanceof ApiError ? error.status : 0;
  return failures < 2 && (status === 0 || status >= 502);
}
