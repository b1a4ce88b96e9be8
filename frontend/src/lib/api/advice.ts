/** What a person is told of a refusal: a heading, a sentence, and what can be done about it. */
import type { ApiError } from "./problem";

export interface Advice {
  title: string;
  text: string;
  /** What to do now, where the server's own sentence does not say it. */
  next: string | null;
  /** Whether asking again can help at all. */
  again: boolean;
}

type Words = Partial<Advice>;

const BY_STATUS: Record<number, Words> = {
  400: { again: false },
  401: { title: "Your session has ended", next: "Sign in again; this page stays as it is.", again: true },
  403: { title: "You may not do this", next: "Ask an owner of the project, or an admin.", again: false },
  404: { title: "Does not exist, or you may not see it", again: false },
  409: { title: "Something stands against it", next: "Look at how it stands now, then try again." },
  410: { title: "Used up or expired", again: false },
  413: { title: "Too large", next: "Send less of it.", again: false },
  415: { title: "The server does not read this", again: false },
  422: { title: "Some of it cannot be used", again: false },
  429: { title: "Too many requests" },
  500: { title: "The server failed", next: "Nothing was changed that is not shown. The request id leads to its log." },
};

const LOST: Words = { title: "No connection", next: "It is tried again every few seconds." };

/** The words for an error; the server's sentence is always among them. */
export function adviceOf(error: ApiError): Advice {
  const words = error.unreachable ? LOST : BY_STATUS[error.status];
  return { title: error.title, text: error.detail, next: null, again: true, ...words };
}

/** The messages by field, for where there are no fields to put them beside. */
export function fieldTexts(error: ApiError): string[] {
  return Object.entries(error.fields).map(([name, said]) => `${name}: ${[said].flat().join(" ")}`);
}
