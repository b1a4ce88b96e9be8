/** Errors of the API (RFC 9457) as one exception that pages can show. */
import type { Problem } from "./types";

/** What came along with an answer that is a refusal. */
interface Answered {
  requestId?: string | null;
  /** The `Retry-After` header: seconds, or a date. */
  retryAfter?: string | null;
}

export class ApiError extends Error {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Messages by field of the form that was sent. */
  readonly fields: Record<string, string[]>;
  readonly cycle: string[] | null;
  /** Whether a project's consent is `needed` for what was asked, was `asked` for already, or was `refused`. */
  readonly consent: string | null;
  readonly requestId: string | null;
  /** From when on asking again can help, in milliseconds since the epoch. */
  readonly retryAt: number | null;

  constructor(problem: Partial<Problem>, status: number, { requestId, retryAfter }: Answered = {}) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    const { consent } = problem as { consent?: unknown };
    this.title = problem.title || "The request failed";
    this.status = status;
    this.detail = problem.detail || `The server answered ${status}.`;
    this.fields = (problem.errors ?? {}) as Record<string, string[]>;
    this.cycle = (problem.cycle as string[] | undefined) ?? null;
    this.consent = typeof consent === "string" ? consent : null;
    this.requestId = requestId ?? null;
    this.retryAt = momentOf(retryAfter);
  }

  /** Whether nobody answered who could know: the network, or what stands in front of the server, is in trouble. */
  get unreachable(): boolean {
    return UNREACHABLE.has(this.status);
  }
}

/** No answer at all has status 0; the others are what a proxy says for a server that is away or starting. */
const UNREACHABLE = new Set([0, 502, 503, 504]);

const OUT_OF_REACH = "DominoCI cannot be reached: either the network is lost, or the server is starting anew.";

/** Any failure as an ApiError; no answer at all has status 0, a fault of the page itself -1. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof TypeError && isOfNetwork(error))
    return new ApiError({ title: "No connection", detail: OUT_OF_REACH }, 0);
  return new ApiError({ title: "The page failed", detail: error instanceof Error ? error.message : String(error) }, -1);
}

/** How browsers call a request that came to nothing; any other TypeError is a fault of the page. */
const isOfNetwork = ({ message }: TypeError) => /fetch|network|load failed|dynamically imported/i.test(message);

/** Whether what was asked for does not exist, or may not be seen: both get the same answer. */
export const isNotFound = (error: unknown): error is ApiError => error instanceof ApiError && error.status === 404;

/** The message to show beside a field; nested names are joined by dots. */
export function fieldError(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const direct = error.fields[field];
  if (direct?.length) return direct.join(" ");
  const nested = Object.entries(error.fields).filter(([name]) => name.startsWith(`${field}.`));
  return nested.length ? nested.map(([name, texts]) => `${name}: ${[texts].flat().join(" ")}`).join(" ") : undefined;
}

function momentOf(header: string | null | undefined): number | null {
  if (!header) return null;
  if (/^\d{1,9}$/.test(header)) return Date.now() + Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : at;
}
