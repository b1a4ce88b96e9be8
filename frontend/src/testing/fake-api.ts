/** Answers the page's requests from a table of path to JSON; an unknown path is a 404 problem. */
import { vi } from "vitest";

export interface Asked {
  method: string;
  path: string;
  body: unknown;
}

type Reply = unknown | (() => Response);

export function fakeApi(replies: Record<string, Reply>): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (input: Request) => {
    const { pathname, search } = new URL(input.url);
    const body =
      input.method === "GET"
        ? null
        : await input
            .clone()
            .json()
            .catch(() => null);
    asked.push({ method: input.method, path: pathname + search, body });
    const reply = replies[`${input.method} ${pathname}`] ?? replies[pathname];
    if (reply === undefined) return problem(404, { title: "Not found", detail: "There is no such thing." });
    return typeof reply === "function" ? (reply as () => Response)() : Response.json(reply);
  });
  return asked;
}

export function problem(status: number, body: Record<string, unknown>): Response {
  const text = JSON.stringify({ type: "about:blank", status, ...body });
  return new Response(text, { status, headers: { "Content-Type": "application/problem+json" } });
}
