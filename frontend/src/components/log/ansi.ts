/** Reads the escapes of a line: colours stay, links to the web stay, everything else is dropped or made visible. */
import Anser from "anser";

export interface Segment {
  text: string;
  /** Class names of the sixteen colours and of the decorations. */
  classes: string;
  /** "r, g, b" of the other colours, clamped where they are shown. */
  fg: string | null;
  bg: string | null;
  href: string | null;
}

const ESC = "\u001b";
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: control characters are what these are about
const SGR = /\u001b\[[0-9;:]*m/g;
/** Everything that begins with ESC, and the eight-bit forms: CSI with its parameters, OSC/DCS/APC/PM/SOS strings, two-byte escapes. */
const ESCAPES =
  /\u001b\[[0-?]*[ -/]*[@-~]|\u009b[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g;
const LINK = /^\u001b\]8;[^;]*;([^\u0007\u001b\u009c]*)/;
const ONE_SGR = /^\u001b\[[0-9;:]*m$/;
/** Control characters but tab, and the marks that turn the direction of text around. */
const UNSEEN = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: see above

/** What a line looks like without any escape, with what cannot be seen made visible. This is the text that search looks through. */
export function plainText(raw: string): string {
  return reveal(raw.includes(ESC) || /[\u0090-\u009f]/.test(raw) ? raw.replace(ESCAPES, "") : raw);
}

/** The colours in force after a line, as one SGR sequence to put before the next one. "" is none. */
export function carriedAfter(carried: string, raw: string): string {
  if (!raw.includes(ESC)) return carried;
  let now = carried;
  for (const [sequence] of raw.matchAll(SGR)) {
    const codes = sequence.slice(2, -1);
    if (/^[0;]*$/.test(codes)) now = "";
    else if (/^0?;/.test(codes)) now = sequence;
    else now = shorten(now + sequence);
  }
  return now;
}

/** A program that changes colours for ever must not make the prefix grow for ever. */
function shorten(sequences: string): string {
  const list = sequences.match(SGR) ?? [];
  return list.length > 8 ? list.slice(-8).join("") : sequences;
}

/** Only the colour sequences of a text, for what a carriage return has overwritten. */
export const coloursOf = (raw: string): string => (raw.includes(ESC) ? (raw.match(SGR) ?? []).join("") : "");

/** Cuts a line into runs of one look. The texts put together are `plainText(raw)`. */
export function segmentsOf(raw: string, carried = ""): Segment[] {
  if (!carried && !raw.includes(ESC)) return raw ? [plainSegment(plainText(raw))] : [];
  const segments: Segment[] = [];
  let colours = carried;
  for (const { text, href } of linksOf(raw)) {
    for (const run of Anser.ansiToJson(colours + text, { use_classes: true, json: true, remove_empty: true }))
      if (run.content) segments.push({ ...segmentOf(run), href });
    colours = carriedAfter(colours, text);
  }
  return segments;
}

const plainSegment = (text: string): Segment => ({ text, classes: "", fg: null, bg: null, href: null });

/** Splits at OSC 8 links and drops every other escape but colours. */
function linksOf(raw: string): { text: string; href: string | null }[] {
  const parts: { text: string; href: string | null }[] = [];
  let href: string | null = null;
  let text = "";
  let at = 0;
  for (const match of raw.matchAll(ESCAPES)) {
    text += raw.slice(at, match.index);
    at = match.index + match[0].length;
    const link = LINK.exec(match[0]);
    if (link) {
      parts.push({ text, href });
      text = "";
      href = safeLink(link[1] ?? "");
    } else if (ONE_SGR.test(match[0])) text += match[0];
  }
  parts.push({ text: text + raw.slice(at), href });
  return parts.filter((part) => part.text);
}

const safeLink = (address: string): string | null => (/^https?:\/\/[^\s]+$/i.test(address) ? address : null);

type Run = ReturnType<typeof Anser.ansiToJson>[number];

function segmentOf(run: Run): Omit<Segment, "href"> {
  const { name: fgName, rgb: fg } = colourOf(run.fg, run.fg_truecolor);
  const { name: bgName, rgb: bg } = colourOf(run.bg, run.bg_truecolor);
  const classes = [fgName && `fg-${fgName}`, bgName && `bg-${bgName}`, ...run.decorations];
  return { text: reveal(run.content), classes: classes.filter(Boolean).join(" "), fg, bg };
}

/** One of the sixteen by name, any other as red, green and blue. */
function colourOf(name: string | null | undefined, truecolor: string | null | undefined) {
  if (!name) return { name: null, rgb: null };
  if (name === "ansi-truecolor") return { name: null, rgb: truecolor ?? null };
  const palette = /^ansi-palette-(\d+)$/.exec(name);
  return palette
    ? { name: null, rgb: paletteColour(Number(palette[1])) }
    : { name: name.replace(/^ansi-/, ""), rgb: null };
}

/** The 6×6×6 cube and the grey ramp of the 256 colours. */
function paletteColour(index: number): string {
  if (index >= 232)
    return Array(3)
      .fill(8 + (index - 232) * 10)
      .join(", ");
  const n = Math.max(0, index - 16);
  return [Math.floor(n / 36), Math.floor(n / 6) % 6, n % 6].map((step) => (step ? 55 + step * 40 : 0)).join(", ");
}

/** Control characters and direction marks by their code point: nothing in a log hides or turns other text. */
function reveal(text: string): string {
  UNSEEN.lastIndex = 0;
  return UNSEEN.test(text) ? text.replace(UNSEEN, picture) : text;
}

const picture = (mark: string): string => `⟨U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
