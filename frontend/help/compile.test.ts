import { describe, expect, it } from "vitest";
import { addressOf, anchorOf, compilePage, groupsOf, outlineOf } from "./compile";

const page = (markdown: string) => compilePage(markdown, () => null);

describe("compilePage", () => {
  it("makes data of what the docs use", () => {
    const { title, blocks } = page(
      [
        "# A *title*",
        "Text with `code`, **strong** and [a link](other.md#part).",
        "* one\n* two",
        "| a | b |\n|---|---|\n| `x\\|y` | 2 |",
        "```sh test\necho 1\n```",
      ].join("\n\n"),
    );
    expect(title).toBe("A title");
    expect(blocks.map((block) => block.is)).toEqual(["heading", "paragraph", "list", "table", "code"]);
    expect(blocks[1]).toEqual({
      is: "paragraph",
      of: [
        "Text with ",
        { is: "code", text: "code" },
        ", ",
        { is: "strong", of: ["strong"] },
        " and ",
        { is: "link", to: "/help/other#part", of: ["a link"] },
        ".",
      ],
    });
    expect(blocks[3]).toMatchObject({ rows: [[[{ is: "code", text: "x|y" }], ["2"]]] });
    expect(blocks[4]).toEqual({ is: "code", language: "sh", text: "echo 1" });
  });

  it("leaves addresses in the text as they are", () => {
    expect(page("# T\n\nNo connection to https://ci.example came about.").blocks[1]).toEqual({
      is: "paragraph",
      of: ["No connection to https://ci.example came about."],
    });
  });

  it("refuses raw HTML, and keeps what only looks like it as text", () => {
    expect(() => page("# T\n\n<script>alert(1)</script>")).toThrow(/may not hold html/);
    expect(() => page("# T\n\ntext <b>bold</b>")).toThrow(/may not hold html/);
    expect(page("# T\n\n<!-- a note -->\n\n`<b>`").blocks[1]).toEqual({
      is: "paragraph",
      of: [{ is: "code", text: "<b>" }],
    });
  });

  it("gives equal headings anchors of their own, as GitHub does", () => {
    const ids = page("# T\n\n## Look\n\n## Look\n\n## 1. Make it: `x.yml`").blocks.map((block) =>
      block.is === "heading" ? block.id : "",
    );
    expect(ids).toEqual(["t", "look", "look-1", "1-make-it-xyml"]);
  });

  it("leaves out pictures that the app does not have", () => {
    const blocks = compilePage("# T\n\n![Here](a.png) ![There](b.png)", (path) =>
      path === "a.png" ? { src: "/a", width: 2, height: 1 } : null,
    ).blocks;
    expect(blocks[1]).toEqual({
      is: "paragraph",
      of: [{ is: "image", src: "/a", alt: "Here", width: 2, height: 1 }, " "],
    });
  });
});

it("leads links to pages of the help, outside, or nowhere", () => {
  expect(addressOf("concepts.md")).toEqual({ to: "/help/concepts" });
  expect(addressOf("README.md#start")).toEqual({ to: "/help#start" });
  expect(addressOf("#here")).toEqual({ to: "#here" });
  expect(addressOf("https://a.example/b")).toEqual({ to: "https://a.example/b", out: true });
  expect(addressOf("javascript:alert(1)")).toBeNull();
  expect(addressOf("decisions/README.md")).toBeNull();
});

it("spells anchors", () => {
  expect(anchorOf("Who may do what?")).toBe("who-may-do-what");
});

it("makes groups and outlines of pages", () => {
  const index = page("# Index\n\n## Start\n\n* [A](a.md): text\n* [B](b.md) · [C](c.md)\n\n## Empty");
  expect(groupsOf(index)).toEqual([
    {
      title: "Start",
      pages: [
        { name: "a", text: "A" },
        { name: "b", text: "B" },
        { name: "c", text: "C" },
      ],
    },
  ]);
  expect(outlineOf("x", page("# X\n\n## One")).headings).toEqual([
    { level: 1, id: "", text: "X" },
    { level: 2, id: "one", text: "One" },
  ]);
});
