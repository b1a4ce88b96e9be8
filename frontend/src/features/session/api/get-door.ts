import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, keepCsrf, unwrap } from "@/lib/api/client";
import type { Door } from "@/lib/api/types";

/** How one can sign in here, who is signed in, and a refusal in words. */
async function getDoor(refused: string | null, provider: string | null): Promise<Door> {
  const query = refused ? { refused: refused as never, ...(provider ? { provider } : {}) } : {};
  const door = await unwrap(api.GET("/api/v1/session", { params: { query } }));
  if (door.me) keepCsrf(door.me.csrf_token);
  return door;
}

export const useDoor = (refused: string | null = null, provider: string | null = null) =>
  useQuery(
    queryOptions({
      queryKey: ["door", refused, provider],
      queryFn: () => getDoor(refused, provider),
      staleTime: 0,
      gcTime: 0,
    }),
  );
