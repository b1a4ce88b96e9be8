import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, keepCsrf, unwrap } from "../client";
import { ApiError } from "../problem";
import { ME_KEY } from "../query-client";
import type { Me } from "../types";

/** Who is signed in; null for nobody. */
async function getMe(): Promise<Me | null> {
  try {
    const me = await unwrap(api.GET("/api/v1/me"));
    keepCsrf(me.csrf_token);
    return me;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export const meQuery = () => queryOptions({ queryKey: ME_KEY, queryFn: getMe, staleTime: 60_000 });

/** `ask` false reads only what is known, for a page that is about to sign in. */
export const useMe = (ask = true) => useQuery({ ...meQuery(), enabled: ask });
