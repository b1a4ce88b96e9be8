import { queryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import type { NotificationRuleChange, NotificationRuleNew } from "../types";

/** Whose rules: a project's, by name, or one's own. */
export type RulesOf = { project: string } | { own: true };

const WAITING_EVERY_MS = 3000;
const OF_PROJECT = "/api/v1/projects/{project}/notifications";
const OWN = "/api/v1/me/notifications";

const keyOf = (of: RulesOf) => ["notifications", "project" in of ? of.project : null] as const;

/** The channels that there are here, and of what they can tell. */
export const useChannels = () =>
  useQuery({ queryKey: ["notification-channels"], queryFn: () => unwrap(api.GET("/api/v1/notifications/channels")) });

const rulesQuery = (of: RulesOf) =>
  queryOptions({
    queryKey: [...keyOf(of), "list"],
    queryFn: () => ("project" in of ? unwrap(api.GET(OF_PROJECT, { params: { path: of } })) : unwrap(api.GET(OWN))),
  });

/** All rules of one holder; there are never more than a page. */
export const useRules = (of: RulesOf) => useQuery(rulesQuery(of));

/** What a rule told or waits to tell, newest first, page by page. */
export const useMessages = (of: RulesOf, notification: string) =>
  useInfiniteQuery({
    queryKey: [...keyOf(of), notification, "messages"],
    queryFn: ({ pageParam }) => {
      const query = { cursor: pageParam };
      return "project" in of
        ? unwrap(api.GET(`${OF_PROJECT}/{notification}/messages`, { params: { path: { ...of, notification }, query } }))
        : unwrap(api.GET(`${OWN}/{notification}/messages`, { params: { path: { notification }, query } }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: WAITING_EVERY_MS,
  });

/** Changes something of a holder's rules; afterwards all that is shown of them is asked anew. */
function useWrite<Body, Answer>(of: RulesOf, write: (body: Body) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSettled: () => queries.invalidateQueries({ queryKey: keyOf(of) }),
  });
}

export const useAddRule = (of: RulesOf) =>
  useWrite(of, (body: NotificationRuleNew) =>
    "project" in of ? unwrap(api.POST(OF_PROJECT, { params: { path: of }, body })) : unwrap(api.POST(OWN, { body })),
  );

export const useChangeRule = (of: RulesOf, notification: string) =>
  useWrite(of, (body: NotificationRuleChange) =>
    "project" in of
      ? unwrap(api.PATCH(`${OF_PROJECT}/{notification}`, { params: { path: { ...of, notification } }, body }))
      : unwrap(api.PATCH(`${OWN}/{notification}`, { params: { path: { notification } }, body })),
  );

/** Removes a rule with all that it sent. */
export const useRemoveRule = (of: RulesOf, notification: string) =>
  useWrite(of, () =>
    "project" in of
      ? unwrap(api.DELETE(`${OF_PROJECT}/{notification}`, { params: { path: { ...of, notification } } }))
      : unwrap(api.DELETE(`${OWN}/{notification}`, { params: { path: { notification } } })),
  );

/** Sends a message that is marked as a test, and waits for what comes of it. */
export const useTestRule = (of: RulesOf, notification: string) =>
  useWrite(of, () =>
    "project" in of
      ? unwrap(api.POST(`${OF_PROJECT}/{notification}/test`, { params: { path: { ...of, notification } } }))
      : unwrap(api.POST(`${OWN}/{notification}/test`, { params: { path: { notification } } })),
  );
