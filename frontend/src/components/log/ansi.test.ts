import { describe, expect, it } from "vitest";
import { carriedAfter, plainText, segmentsOf } from "./ansi";

const ESC = "\u001b";
const text = (raw: string) =>
  segmentsOf(raw)
    .map((segment) => segment.text)
    .join("");

describe("a line of a log", () => {
  it("shows the sixteen colours by name and others by value", () => {
    expect(segmentsOf(`${ESC}[31;1mred${ESC}[0m plain`)).toMatchObject([
      { text: "red", classes: "fg-red bold" },
      { text: " plain", classes: "" },
    ]);
    expect(segmentsOf(`${ESC}[38;5;196mx`)[0]).toMatchObject({ fg: "255, 0, 0" });
    expect(segmentsOf(`${ESC}[38;5;240mx`)[0]).toMatchObject({ fg: "88, 88, 88" });
    expect(segmentsOf(`${ESC}[48;2;1;2;3mx`)[0]).toMatchObject({ bg: "1, 2, 3" });
  });

  it.each([
    ["cursor moves", `a${ESC}[2Kb${ESC}[1;1Hc`, "abc"],
    ["a window title", `${ESC}]0;owned\u0007ok`, "ok"],
    ["a title without end", `ok${ESC}]0;owned`, "ok"],
    ["device control strings", `${ESC}P1;2|x${ESC}\\ok`, "ok"],
    ["eight-bit escapes", "\u009b31mok\u009d0;x\u009cok", "okok"],
    ["a lone escape at the end", `ok${ESC}`, "ok"],
    ["private modes", `${ESC}[?25lok${ESC}[?25h`, "ok"],
  ])("drops %s", (_, raw, expected) => {
    expect(plainText(raw)).toBe(expected);
    expect(text(raw)).toBe(expected);
  });

  it("keeps markup as text", () => {
    expect(text("<script>alert(1)</script>")).toBe("<script>alert(1)</script>");
  });

  it("links to the web only", () => {
    const link = (address: string) => segmentsOf(`${ESC}]8;;${address}\u0007here${ESC}]8;;\u0007 after`);
    expect(link("https://example.org/a")).toMatchObject([
      { text: "here", href: "https://example.org/a" },
      { text: " after", href: null },
    ]);
    expect(link("javascript:alert(1)")[0]?.href).toBeNull();
    expect(link("file:///etc/passwd")[0]?.href).toBeNull();
  });

  it("makes visible what hides or turns text", () => {
    expect(plainText("a\u202eb\u0000c\u200b")).toBe("a⟨U+202E⟩b⟨U+0000⟩c⟨U+200B⟩");
    expect(plainText("tab\tstays")).toBe("tab\tstays");
  });

  it("has segments that put together are the plain text, also with carried colours", () => {
    const raw = `x${ESC}[1m${ESC}]8;;https://a.b\u0007y${ESC}]8;;\u0007${ESC}[Kz\u0000`;
    expect(
      segmentsOf(raw, `${ESC}[32m`)
        .map((segment) => segment.text)
        .join(""),
    ).toBe(plainText(raw));
    expect(segmentsOf("go", `${ESC}[32m`)).toMatchObject([{ text: "go", classes: "fg-green" }]);
  });

  it("does not let a program that changes colours for ever grow the carried prefix", () => {
    let carried = "";
    for (let i = 0; i < 1000; i += 1) carried = carriedAfter(carried, `${ESC}[3${i % 8}mx`);
    expect(carried.length).toBeLessThan(100);
  });
});
