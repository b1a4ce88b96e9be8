import { expect, it, vi } from "vitest";
import { adviceOf } from "./advice";
import { ApiError, asApiError } from "./problem";

it("reads when asking again can help, as seconds or as a date", () => {
  vi.setSystemTime("2026-11-21T10:00:00.000Z");
  const at = (retryAfter: string) => new ApiError({}, 429, { retryAfter }).retryAt;
  expect(at("5")).toBe(Date.parse("2026-11-21T10:00:05.000Z"));
  expect(at("Sat, 21 Nov 2026 10:00:07 GMT")).toBe(Date.parse("2026-11-21T10:00:07.000Z"));
  expect(at("soon")).toBeNull();
  vi.useRealTimers();
});

it("takes a lost network for what it is, and a fault of the page for another thing", () => {
  for (const said of ["Failed to fetch", "NetworkError when attempting to fetch resource.", "Load failed"])
    expect(asApiError(new TypeError(said)).unreachable).toBe(true);
  const fault = asApiError(new TypeError("Cannot read properties of undefined (reading 'items')"));
  expect(fault.unreachable).toBe(false);
  expect(adviceOf(fault).title).toBe("The page failed");
});

it("has an answer of its own for each kind of refusal, with the server's sentence in it", () => {
  const of = (status: number) => adviceOf(new ApiError({ title: "t", detail: "said" }, status));
  const statuses = [0, 401, 403, 404, 409, 410, 413, 422, 429, 500];
  expect(new Set(statuses.map((status) => of(status).title)).size).toBe(statuses.length);
  expect(statuses.every((status) => of(status).text === "said")).toBe(true);
  expect([403, 404, 413, 422].some((status) => of(status).again)).toBe(false);
  expect([0, 409, 429, 500, 503].every((status) => of(status).again)).toBe(true);
  expect(of(418).title).toBe("t");
});
