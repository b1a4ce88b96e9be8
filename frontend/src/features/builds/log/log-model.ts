/**
 * The lines of one step's log, fed by chunks that carry byte offsets. A chunk that was seen is dropped, one that comes too early
 * is refused, so that the lines have neither gap nor repeat however the connection behaves.
 */
import { carriedAfter, coloursOf, plainText } from "./ansi";

export interface Chunk {
  offset: number;
  /** The offset after this chunk, in bytes of the raw log. */
  next: number;
  data: string;
  eof?: boolean;
}

export interface Line {
  text: string;
  /** Colours that earlier lines left in force. */
  carried: string;
}

/** More lines than this are not kept: the oldest go, and the page says so. */
export const KEPT_LINES = 200_000;

export class LogModel {
  /** The offset up to which the log is known; a new connection asks from here. */
  offset = 0;
  eof = false;
  /** Lines that were let go at the top; line numbers count them. */
  dropped = 0;
  private lines: Line[] = [];
  private open = "";
  private carried = "";

  constructor(private readonly kept = KEPT_LINES) {}

  /** "gap" when the chunk does not follow on what is known: the reader must ask again from `offset`. */
  feed(chunk: Chunk): "added" | "repeat" | "gap" {
    if (chunk.offset > this.offset) return "gap";
    if (chunk.offset < this.offset && chunk.next > this.offset) return "gap";
    if (chunk.eof && chunk.next <= this.offset) this.eof = true;
    if (chunk.next <= this.offset) return chunk.next === this.offset && chunk.eof ? "added" : "repeat";
    this.offset = chunk.next;
    this.eof = chunk.eof ?? false;
    this.append(chunk.data);
    return "added";
  }

  /** Whether anything has come: before that nothing is known of its lines. */
  get known(): boolean {
    return this.offset > 0 || this.eof;
  }

  /** How many lines there are, those let go and an unfinished last one included. */
  get count(): number {
    return this.dropped + this.lines.length + (this.open ? 1 : 0);
  }

  /** The line of a number from 1; undefined when there is none or it was let go. */
  line(number: number): Line | undefined {
    const index = number - 1 - this.dropped;
    if (index === this.lines.length && this.open) return shown(this.open, this.carried);
    return this.lines[index];
  }

  /** The numbers of the lines that contain `wanted`, whatever the case. */
  find(wanted: string): number[] {
    const needle = wanted.toLowerCase();
    if (!needle) return [];
    const found: number[] = [];
    for (let number = this.dropped + 1; number <= this.count; number += 1) {
      const line = this.line(number);
      if (line && plainText(line.text).toLowerCase().includes(needle)) found.push(number);
    }
    return found;
  }

  private append(data: string): void {
    const parts = (this.open + data).split("\n");
    this.open = parts.pop() ?? "";
    for (const part of parts) {
      this.lines.push(shown(part, this.carried));
      this.carried = carriedAfter(this.carried, part);
    }
    const over = this.lines.length - this.kept;
    // Letting go in large steps keeps the cost per line small.
    if (over > this.kept / 10) {
      this.lines.splice(0, over);
      this.dropped += over;
    }
  }
}

/** A line as a terminal leaves it: after a carriage return only the last writing is seen, in the colours set until then. */
function shown(raw: string, carried: string): Line {
  const text = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
  const last = text.lastIndexOf("\r");
  return last === -1
    ? { text, carried }
    : { text: text.slice(last + 1), carried: carriedAfter(carried, coloursOf(text.slice(0, last))) };
}
