/** The one door to the API: typed by the OpenAPI document, errors as ApiError, the CSRF token on every write. */
import createClient, { type Middleware } from "openapi-fetch";
import { ApiError } from "./problem";
import type { paths } from "./schema";
import type { Problem } from "./types";

let csrfToken = "";

/** The token belongs to the session, so each answer that describes the session brings the one to use next. */
export function keepCsrf(token: string): void {
  csrfToken = token;
}

const csrf: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && csrfToken) request.headers.set("X-CSRF-Token", csrfToken);
    return request;
  },
};

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  credentials: "same-origin",
  // Looked up at each call, so that a test can stand in for the server.
  fetch: (request) => globalThis.fetch(request),
});
api.use(csrf);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The answer's data. Raises ApiError for every answer that is not a 2xx. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  const problem = typeof error === "object" && error !== null ? (error as Partial<Problem>) : {};
  throw new ApiError(problem, response.status, response.headers.get("X-Request-Id"));
}
