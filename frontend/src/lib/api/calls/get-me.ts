import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, keepCsrf, unwrap, wasSignedIn } from "../client";
import { ApiError } from "../problem";
import { ME_KEY } from "../query-client";
import { noteSessionEnded } from "../session-watch";
import type { Me } from "../types";

/**
 * Who is signed in; null for nobody. When the session of somebody who was signed in has ended this fails, so that what is known of
 * them stays, and the page with it.
 */
async function getMe(): Promise<Me | null> {
  // Nobody yet: asked in a way that is no refusal, so that a signed-out page has a clean console.
  if (!wasSignedIn()) return kept((await unwrap(api.GET("/api/v1/session"))).me);
  try {
    return kept(await unwrap(api.GET("/api/v1/me")));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) noteSessionEnded();
    throw error;
  }
}

function kept(me: Me | null): Me | null {
  if (me) keepCsrf(me.csrf_token);
  return me;
}

export const meQuery = () => queryOptions({ queryKey: ME_KEY, queryFn: getMe, staleTime: 60_000 });

/** `ask` false reads only what is known, for a page that is about to sign in. */
export const useMe = (ask = true) => useQuery({ ...meQuery(), enabled: ask });
