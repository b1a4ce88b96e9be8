import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

const WAITING_EVERY_MS = 3000;

const accountsQuery = () =>
  queryOptions({ queryKey: ["me-chat"], queryFn: () => unwrap(api.GET("/api/v1/me/chat-accounts")) });

/** One's chat accounts, and where the bot listens; `waiting` for one that is being linked in the chat. */
export const useChatAccounts = (waiting: boolean) =>
  useQuery({ ...accountsQuery(), refetchInterval: waiting ? WAITING_EVERY_MS : false });

/** Makes a one-time code; the answer is the only time that it is told. */
export const useMakeChatCode = () => useMutation({ mutationFn: () => unwrap(api.POST("/api/v1/me/chat-codes")) });

/** From then on the account there is a stranger's. */
export function useUnlinkChat() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (account: string) =>
      unwrap(api.DELETE("/api/v1/me/chat-accounts/{account}", { params: { path: { account } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: accountsQuery().queryKey }),
  });
}
