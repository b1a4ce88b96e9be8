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

/** So many lines are looked through at once. */
const BLOCK = 500;

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
  /** What search looks through, block by block: made once, when it is first asked for. */
  private readonly blocks = new Map<number, string>();

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
    for (let block = this.firstBlock; block * BLOCK < this.count; block += 1) {
      const text = this.searched(block);
      if (!text.includes(needle)) continue;
      const first = Math.max(block * BLOCK, this.dropped) + 1;
      for (const [i, line] of text.split("\n").entries()) if (line.includes(needle)) found.push(first + i);
    }
    return found;
  }

  /** Makes ready what search looks through as long as there is time; false when that was too short. */
  prepare(hasTime: () => boolean): boolean {
    for (let block = this.firstBlock; (block + 1) * BLOCK <= this.count; block += 1) {
      if (this.blocks.has(block)) continue;
      if (!hasTime()) return false;
      this.searched(block);
    }
    return true;
  }

  private get firstBlock(): number {
    return Math.floor(this.dropped / BLOCK);
  }

  private searched(block: number): string {
    const kept = this.blocks.get(block);
    if (kept !== undefined) return kept;
    const first = Math.max(block * BLOCK, this.dropped);
    const end = Math.min((block + 1) * BLOCK, this.count);
    const lines: string[] = [];
    for (let number = first + 1; number <= end; number += 1)
      lines.push(plainText(this.line(number)?.text ?? "").toLowerCase());
    const text = lines.join("\n");
    // the last line may still grow
    if (end - first === BLOCK && end <= this.dropped + this.lines.length) this.blocks.set(block, text);
    return text;
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
      for (const block of this.blocks.keys()) if (block * BLOCK < this.dropped) this.blocks.delete(block);
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
