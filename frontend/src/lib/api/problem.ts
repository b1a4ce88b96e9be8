/** Errors of the API (RFC 9457) as one exception that pages can show. */
import type { Problem } from "./types";

export class ApiError extends Error {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Messages by field of the form that was sent. */
  readonly fields: Record<string, string[]>;
  readonly cycle: string[] | null;
  readonly requestId: string | null;

  constructor(problem: Partial<Problem>, status: number, requestId: string | null = null) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.title = problem.title || "The request failed";
    this.status = status;
    this.detail = problem.detail || `The server answered ${status}.`;
    this.fields = (problem.errors ?? {}) as Record<string, string[]>;
    this.cycle = (problem.cycle as string[] | undefined) ?? null;
    this.requestId = requestId;
  }
}

/** Any failure as an ApiError; no answer at all has status 0. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof TypeError)
    return new ApiError({ title: "No connection", detail: "The server cannot be reached." }, 0);
  return new ApiError({ title: "The page failed", detail: error instanceof Error ? error.message : String(error) }, 0);
}

/** The message to show beside a field; nested names are joined by dots. */
export function fieldError(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const direct = error.fields[field];
  if (direct?.length) return direct.join(" ");
  const nested = Object.entries(error.fields).filter(([name]) => name.startsWith(`${field}.`));
  return nested.length ? nested.map(([name, texts]) => `${name}: ${[texts].flat().join(" ")}`).join(" ") : undefined;
}
