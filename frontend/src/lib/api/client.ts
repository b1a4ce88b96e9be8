/** The one door to the API: typed by the OpenAPI document, errors as ApiError, the CSRF token on every write. */
import createClient, { type Middleware } from "openapi-fetch";
import { ApiError } from "./problem";
import type { paths } from "./schema";
import { noteSessionEnded, noteSignedIn } from "./session-watch";
import type { Problem } from "./types";

let csrfToken = "";

/** The token belongs to the session, so each answer that describes the session brings the one to use next; empty: signed out. */
export function keepCsrf(token: string): void {
  csrfToken = token;
  noteSignedIn();
}

/** Whether somebody has signed in since the page was loaded. */
export const wasSignedIn = (): boolean => csrfToken !== "";

const csrf: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && csrfToken) request.headers.set("X-CSRF-Token", csrfToken);
    return request;
  },
};

/** A 401 to somebody who is signed in: the session may have ended, or a password typed in a form was wrong. `/me` knows which. */
const expiry: Middleware = {
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && wasSignedIn() && !ASKS_WHO.test(schemaPath)) void askWhetherEnded();
  },
};
const ASKS_WHO = /^\/api\/v1\/(me$|session)/;

async function askWhetherEnded(): Promise<void> {
  const { response } = await api.GET("/api/v1/me");
  if (response.status === 401) noteSessionEnded();
}

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  credentials: "same-origin",
  // Looked up at each call, so that a test can stand in for the server.
  fetch: (request) => globalThis.fetch(request),
});
api.use(csrf, expiry);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The answer's data. Raises ApiError for every answer that is not a 2xx. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  const problem = typeof error === "object" && error !== null ? (error as Partial<Problem>) : {};
  const { headers } = response;
  throw new ApiError(problem, response.status, {
    requestId: headers.get("X-Request-Id"),
    retryAfter: headers.get("Retry-After"),
  });
}
