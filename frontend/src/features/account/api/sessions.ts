import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

const sessionsQuery = () =>
  queryOptions({ queryKey: ["me-sessions"], queryFn: () => unwrap(api.GET("/api/v1/me/sessions")) });

/** The browsers in which one is signed in. */
export const useSessions = () => useQuery(sessionsQuery());

/** Signs one other browser out; without an id all others. */
export function useEndSessions() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (session?: string) => {
      if (session === undefined) await unwrap(api.DELETE("/api/v1/me/sessions"));
      else await unwrap(api.DELETE("/api/v1/me/sessions/{session}", { params: { path: { session } } }));
    },
    // also when it had ended already: the list is then out of date
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsQuery().queryKey }),
  });
}
