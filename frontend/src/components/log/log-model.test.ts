import { describe, expect, it } from "vitest";
import { plainText } from "./ansi";
import { LogModel } from "./log-model";

const bytes = (text: string) => new TextEncoder().encode(text).length;
const chunk = (offset: number, data: string, eof = false) => ({ offset, data, next: offset + bytes(data), eof });
const lines = (model: LogModel) =>
  Array.from({ length: model.count - model.dropped }, (_, i) =>
    plainText(model.line(i + 1 + model.dropped)?.text ?? ""),
  );

describe("the log", () => {
  it("puts chunks together, wherever they were cut", () => {
    const model = new LogModel();
    model.feed(chunk(0, "one\ntw"));
    expect(lines(model)).toEqual(["one", "tw"]);
    model.feed(chunk(6, "o\nthree\n"));
    expect(lines(model)).toEqual(["one", "two", "three"]);
  });

  it("counts offsets in bytes, not in characters", () => {
    const model = new LogModel();
    model.feed(chunk(0, "grün\n"));
    expect(model.offset).toBe(6);
  });

  it("drops a chunk that it has, so that a replay repeats nothing", () => {
    const model = new LogModel();
    model.feed(chunk(0, "one\n"));
    expect(model.feed(chunk(0, "one\n"))).toBe("repeat");
    expect(lines(model)).toEqual(["one"]);
  });

  it("refuses a chunk after a gap, and one that overlaps", () => {
    const model = new LogModel();
    model.feed(chunk(0, "one\n"));
    expect(model.feed(chunk(9, "three\n"))).toBe("gap");
    expect(model.feed(chunk(2, "e\ntwo\n"))).toBe("gap");
    expect(model.feed(chunk(4, "two\n"))).toBe("added");
    expect(lines(model)).toEqual(["one", "two"]);
  });

  it("notices the end, which may come without text", () => {
    const model = new LogModel();
    model.feed(chunk(0, "one\n"));
    expect(model.feed(chunk(4, "", true))).toBe("added");
    expect(model.eof).toBe(true);
  });

  it("keeps only the last writing of a line that carriage returns overwrite", () => {
    const model = new LogModel();
    model.feed(chunk(0, "10%\r50%\r100%\nwindows\r\n5%\r7%"));
    expect(lines(model)).toEqual(["100%", "windows", "7%"]);
  });

  it("carries colours over lines, until they are reset", () => {
    const model = new LogModel();
    model.feed(chunk(0, "\u001b[31mred\nstill\u001b[0m not\nplain\n"));
    expect([1, 2, 3].map((n) => model.line(n)?.carried)).toEqual(["", "\u001b[31m", ""]);
  });

  it("keeps the colour that an overwritten part had set", () => {
    const model = new LogModel();
    model.feed(chunk(0, "\u001b[32m10%\r100%\n"));
    expect(model.line(1)).toEqual({ text: "100%", carried: "\u001b[32m" });
  });

  it("finds in all lines, whatever the case, through colours", () => {
    const model = new LogModel();
    model.feed(chunk(0, "Error\nfine\nan \u001b[31mer\u001b[0mror\nunfinished error"));
    expect(model.find("error")).toEqual([1, 3, 4]);
    expect(model.find("")).toEqual([]);
  });

  it("goes on finding as a log grows and lets its oldest lines go, whatever was looked through before", () => {
    const model = new LogModel(1200);
    let offset = 0;
    for (let n = 1; n <= 3000; n += 1) {
      const next = chunk(offset, `${n % 100 ? "fine" : "ERROR"} ${n}\n`);
      model.feed(next);
      offset = next.next;
      if (n % 250 === 0) {
        const all = Array.from({ length: n / 100 }, (_, i) => (i + 1) * 100);
        expect(model.find("error")).toEqual(all.filter((line) => line > model.dropped));
      }
    }
    expect(model.dropped).toBeGreaterThan(1000);
  });

  it("lets the oldest lines go beyond its limit and goes on counting", () => {
    const model = new LogModel(10);
    for (let i = 0, offset = 0; i < 30; i += 1) {
      const next = chunk(offset, `line ${i + 1}\n`);
      model.feed(next);
      offset = next.next;
    }
    expect(model.count).toBe(30);
    expect(model.dropped).toBeGreaterThanOrEqual(18);
    expect(model.line(30)?.text).toBe("line 30");
    expect(model.line(1)).toBeUndefined();
  });
});
