/** Markdown → the data of features/help/model.ts, at build time. Raw HTML fails the build: a page is text, and stays text. */
import { lexer, type Token, type Tokens } from "marked";
import {
  type Block,
  type Group,
  type HelpPage,
  type Inline,
  type PageOutline,
  plain,
} from "../src/features/help/model.ts";

/** A picture's address in the app and its size, by the path that stands in the page; null leaves the picture out. */
export type Pictures = (path: string) => { src: string; width: number; height: number } | null;

export const INDEX = "README";
const OUTSIDE = /^(https?:|mailto:)/;

export function compilePage(markdown: string, pictures: Pictures): HelpPage {
  const blocks = new Compiler(pictures).blocks(lexer(markdown));
  const first = blocks[0];
  if (first?.is !== "heading" || first.level !== 1) throw new Error("a page begins with its title");
  return { title: plain(first.of), blocks };
}

export function outlineOf(name: string, page: HelpPage): PageOutline {
  const headings = page.blocks.flatMap((block) =>
    block.is === "heading"
      ? [{ level: block.level, id: block.level === 1 ? "" : block.id, text: plain(block.of) }]
      : [],
  );
  return { name, title: page.title, headings };
}

/** The groups of the index: each of its headings with the pages that are linked under it. */
export function groupsOf(index: HelpPage): Group[] {
  const groups: Group[] = [];
  for (const block of index.blocks) {
    if (block.is === "heading" && block.level === 2) groups.push({ title: plain(block.of), pages: [] });
    if (block.is === "list") groups.at(-1)?.pages.push(...linksIn(block.items.flat()));
  }
  return groups.filter((group) => group.pages.length);
}

function linksIn(blocks: Block[]): Group["pages"] {
  const inline = blocks.flatMap((block) => (block.is === "paragraph" ? block.of : []));
  return inline.flatMap((part) =>
    typeof part !== "string" && part.is === "link" && part.to.startsWith("/help/")
      ? [{ name: part.to.slice("/help/".length), text: plain(part.of) }]
      : [],
  );
}

/** `Who may do what?` → `who-may-do-what`, as GitHub spells it. */
export function anchorOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** Where a link of a page leads to in the app; null where it leads to a file that the app does not have. */
export function addressOf(href: string): { to: string; out?: true } | null {
  if (OUTSIDE.test(href)) return { to: href, out: true };
  const [path = "", anchor] = href.split("#", 2);
  const hash = anchor ? `#${anchor}` : "";
  if (!path) return { to: hash };
  const name = /^([\w-]+)\.md$/.exec(path)?.[1];
  if (!name) return null;
  return { to: (name === INDEX ? "/help" : `/help/${name}`) + hash };
}

class Compiler {
  private readonly used = new Map<string, number>();
  private readonly pictures: Pictures;

  constructor(pictures: Pictures) {
    this.pictures = pictures;
  }

  blocks(tokens: Token[]): Block[] {
    return tokens.flatMap((token) => this.block(token));
  }

  private block(token: Token): Block[] {
    switch (token.type) {
      case "space":
      case "hr":
        return [];
      case "heading":
        return [this.heading(token as Tokens.Heading)];
      case "text":
      case "paragraph":
        return [{ is: "paragraph", of: this.inline(token) }];
      case "code":
        return [{ is: "code", language: (token.lang ?? "").split(" ")[0], text: token.text }];
      case "list":
        return [{ is: "list", ordered: token.ordered, items: token.items.map((one: Token) => this.item(one)) }];
      case "blockquote":
        return [{ is: "quote", of: this.blocks(token.tokens ?? []) }];
      case "table":
        return [this.table(token as Tokens.Table)];
      case "html":
        if (token.raw.trim().startsWith("<!--")) return [];
    }
    throw new Error(`a page may not hold ${token.type}: ${token.raw.slice(0, 60)}`);
  }

  private heading(token: Tokens.Heading): Block {
    const of = this.inline(token);
    const anchor = anchorOf(plain(of));
    const before = this.used.get(anchor) ?? 0;
    this.used.set(anchor, before + 1);
    return { is: "heading", level: token.depth, id: before ? `${anchor}-${before}` : anchor, of };
  }

  private item(token: Token): Block[] {
    return this.blocks("tokens" in token ? (token.tokens ?? []) : []);
  }

  private table(token: Tokens.Table): Block {
    return {
      is: "table",
      head: token.header.map((cell) => this.inline(cell)),
      rows: token.rows.map((row) => row.map((cell) => this.inline(cell))),
    };
  }

  private inline(token: { tokens?: Token[] }): Inline[] {
    const parts = (token.tokens ?? []).flatMap((one) => this.part(one));
    // marked cuts text at every mark that turns out to be none
    return parts.reduce<Inline[]>((all, part) => {
      const last = all.at(-1);
      if (typeof part === "string" && typeof last === "string") all[all.length - 1] = last + part;
      else all.push(part);
      return all;
    }, []);
  }

  private part(token: Token): Inline[] {
    switch (token.type) {
      case "text":
      case "escape":
        return "tokens" in token && token.tokens ? this.inline(token) : [token.text.replaceAll("\n", " ")];
      case "br":
        return [" "];
      case "codespan":
        return [{ is: "code", text: token.text }];
      case "strong":
      case "em":
        return [{ is: token.type, of: this.inline(token) }];
      case "link": {
        // an address that stands in the text by itself is mostly an example
        if (token.raw === token.href) return [token.text];
        const address = addressOf(token.href);
        return address ? [{ is: "link", ...address, of: this.inline(token) }] : this.inline(token);
      }
      case "image": {
        const found = this.pictures(token.href);
        return found ? [{ is: "image", ...found, alt: token.text }] : [];
      }
    }
    throw new Error(`a page may not hold ${token.type}: ${token.raw.slice(0, 60)}`);
  }
}
