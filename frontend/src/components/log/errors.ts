/** Which lines of a log tell of an error, and which of them comes next. */
import type { Step } from "@/lib/api/types";
import { asState, isBad } from "@/lib/states";
import { plainText } from "./ansi";
import type { Rows, Section } from "./log-rows";

const WORD = /\b(?:errors?|fatal|panic(?:ked)?|traceback|exceptions?|fail(?:ed|ure|ures|s)?)\b/i;
const CLASS = /\b[A-Z]\w*(?:Error|Exception|Failure)\b/;
/** "0 errors", "no failures", "errors: 0", "failed=0" tell that all is well. */
const NONE =
  /\b(?:0|no|without)\s+(?:errors?|fail(?:ed|ures?)|exceptions?)\b|\b(?:errors?|fail(?:ed|ures?))\s*[:=]\s*0\b/gi;

export function isErrorLine(raw: string): boolean {
  const text = plainText(raw.length > 4096 ? raw.slice(0, 4096) : raw);
  return CLASS.test(text) || (WORD.test(text) && WORD.test(text.replace(NONE, "")));
}

/** Where an error is told: a line, or (null) a step that failed and whose log is not here yet. */
export interface ErrorPlace {
  n: number;
  line: number | null;
}

/** The first error of a step's log; null when no line of it says so. */
export function firstError(section: Section): number | null {
  for (let line = section.first; line < section.first + section.lines; line += 1) if (tells(section, line)) return line;
  return null;
}

/** The next error after (or before) a place, round the end. Lines that follow each other are one error. */
export function nextError(rows: Rows, from: ErrorPlace | null, way: 1 | -1): ErrorPlace | null {
  const all = rows.sections.flatMap(placesOf);
  if (way === -1) all.reverse();
  const order = (place: ErrorPlace) => way * (place.n * 1e9 + (place.line ?? 0));
  return all.find((place) => from === null || order(place) > order(from)) ?? all[0] ?? null;
}

function placesOf(section: Section): ErrorPlace[] {
  const { step, open, first, lines } = section;
  if (!open) return failed(step) ? [{ n: step.n, line: null }] : [];
  const found: ErrorPlace[] = [];
  let before = false;
  for (let line = first; line < first + lines; line += 1) {
    const now = tells(section, line);
    if (now && !before) found.push({ n: step.n, line });
    before = now;
  }
  return found;
}

function tells(section: Section, line: number): boolean {
  const known = section.model?.line(line);
  return known !== undefined && isErrorLine(known.text);
}

const failed = (step: Step): boolean => isBad(asState(step.state));
