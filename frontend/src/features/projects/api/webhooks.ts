import {
  infiniteQueryOptions,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { WebhookCreate, WebhookUpdate } from "@/lib/api/types";
import { projectKey } from "./get-project";

const webhooksKey = (project: string) => [...projectKey(project), "webhooks"] as const;

const webhooksQuery = (project: string) =>
  queryOptions({
    queryKey: [...webhooksKey(project), "list"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project}/webhooks", { params: { path: { project } } })),
  });

/** Who is told what happens in the project. */
export const useWebhooks = (project: string) => useQuery(webhooksQuery(project));

const WAITING_EVERY_MS = 3000;

const deliveriesQuery = (project: string, webhook: string) =>
  infiniteQueryOptions({
    queryKey: [...webhooksKey(project), webhook, "deliveries"],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/projects/{project}/webhooks/{webhook}/deliveries", {
          params: { path: { project, webhook }, query: { cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: WAITING_EVERY_MS,
  });

/** What was sent to a webhook or waits to be sent, newest first. */
export const useWebhookDeliveries = (project: string, webhook: string) =>
  useInfiniteQuery(deliveriesQuery(project, webhook));

/** What was sent to it last, or waits to be. */
export const useLastWebhookDelivery = (project: string, webhook: string) =>
  useQuery({
    queryKey: [...webhooksKey(project), webhook, "last"],
    queryFn: async () => {
      const params = { path: { project, webhook }, query: { limit: 1 } };
      const page = await unwrap(api.GET("/api/v1/projects/{project}/webhooks/{webhook}/deliveries", { params }));
      return page.items[0] ?? null;
    },
  });

/** Changes something of the project's webhooks; afterwards all that is shown of them is asked anew. */
function useWrite<Body, Answer>(project: string, write: (body: Body) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSettled: () => queries.invalidateQueries({ queryKey: webhooksKey(project) }),
  });
}

/** Adds one; the answer is the only time that its secret is told. */
export const useAddWebhook = (project: string) =>
  useWrite(project, (body: WebhookCreate) =>
    unwrap(api.POST("/api/v1/projects/{project}/webhooks", { params: { path: { project } }, body })),
  );

export const useChangeWebhook = (project: string, webhook: string) =>
  useWrite(project, (body: WebhookUpdate) =>
    unwrap(
      api.PATCH("/api/v1/projects/{project}/webhooks/{webhook}", { params: { path: { project, webhook } }, body }),
    ),
  );

export const useRemoveWebhook = (project: string, webhook: string) =>
  useWrite(project, () =>
    unwrap(api.DELETE("/api/v1/projects/{project}/webhooks/{webhook}", { params: { path: { project, webhook } } })),
  );

/** A new secret; for a day the one before signs along. */
export const useRotateWebhook = (project: string, webhook: string) =>
  useWrite(project, () =>
    unwrap(
      api.POST("/api/v1/projects/{project}/webhooks/{webhook}/rotate", { params: { path: { project, webhook } } }),
    ),
  );

/** Sends a message that is marked as a test, and waits for what comes of it. */
export const useTestWebhook = (project: string, webhook: string) =>
  useWrite(project, () =>
    unwrap(api.POST("/api/v1/projects/{project}/webhooks/{webhook}/test", { params: { path: { project, webhook } } })),
  );

export const useRedeliverMessage = (project: string, webhook: string) =>
  useWrite(project, (delivery: string) =>
    unwrap(
      api.POST("/api/v1/projects/{project}/webhooks/{webhook}/deliveries/{delivery}/redeliver", {
        params: { path: { project, webhook, delivery } },
      }),
    ),
  );
